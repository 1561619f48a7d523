{ x ? 5 }: {
  y = x;
  broken = throw "broken on purpose";
}
