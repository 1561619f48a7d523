{
  one = 1;
  two = 2;
  "three words here" = 3;
}
