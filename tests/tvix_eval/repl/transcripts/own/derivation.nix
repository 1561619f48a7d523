derivation {
  name = "foo";
  system = "x86_64-linux";
  builder = "/bin/sh";
}
