import <nixpkgs-lib/lib/tests/misc.nix>
