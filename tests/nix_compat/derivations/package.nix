# Derivations of every kind. The files beside this one are what Nix 2.34.8 makes of them:
#   nix-instantiate package.nix; nix derivation show --recursive -f package.nix >show.json
# with the experimental features ca-derivations dynamic-derivations impure-derivations git-hashing.
let
  make =
    name: attrs:
    derivation (
      {
        inherit name;
        system = "x86_64-linux";
        builder = "/bin/sh";
        args = [
          "-c"
          "echo \"hi\"\n\t$out \\ \r"
        ];
      }
      // attrs
    );
  sha1 = "0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33";
  empty = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  fixed = make "fixed" { outputHash = empty; };
  fixed-nar = make "fixed-nar" {
    outputHashMode = "recursive";
    outputHashAlgo = "sha1";
    outputHash = sha1;
  };
  fixed-git = make "fixed-git" {
    outputHashMode = "git";
    outputHashAlgo = "sha1";
    outputHash = sha1;
  };
  fixed-text = make "fixed-text" {
    outputHashMode = "text";
    outputHash = empty;
  };
  several = make "several" {
    outputs = [
      "out"
      "dev"
      "bin"
    ];
    src = builtins.toFile "source" "a source";
    inherit fixed fixed-nar;
    accented = "é";
    nothing = "";
  };
  floating = make "floating" {
    __contentAddressed = true;
    outputs = [
      "out"
      "lib"
    ];
    inherit several;
  };
  deferred = make "deferred" {
    inherit floating;
    dev = several.dev;
  };
  impure = make "impure" {
    __impure = true;
    inherit floating;
  };
  structured = make "structured" {
    __structuredAttrs = true;
    outputs = [
      "out"
      "doc"
    ];
    set.list = [
      true
      null
      "é\n"
      1.0e15
      1.0e20
      0.1
      (-7)
    ];
    set.empty = { };
    inherit several;
  };
  producer = make "produced.drv" {
    __contentAddressed = true;
    outputHashMode = "text";
    outputHashAlgo = "sha256";
  };
  produced = builtins.outputOf producer.outPath "out";
  dynamic = make "dynamic" {
    inherit several produced;
    lib = builtins.outputOf produced "lib";
  };
in
{
  inherit
    fixed
    fixed-nar
    fixed-git
    fixed-text
    several
    floating
    deferred
    impure
    structured
    producer
    dynamic
    ;
  top = make "top" {
    inherit
      fixed-nar
      fixed-git
      fixed-text
      structured
      deferred
      impure
      several
      ;
    dev = several.dev;
  };
}
