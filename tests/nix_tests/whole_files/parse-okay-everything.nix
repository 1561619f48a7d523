# A file with every construct of the language.
{ pkgs ? import <nixpkgs> { }, lib, ... }@args:
with lib;
let
  inherit (pkgs) stdenv;
  inherit lib;
  path = ./relative + "/${lib.version}" ;
  float = 1.5e3; negative = -1;
  text = ''
    indented ${path}
      more ''${escaped}
  '';
in
assert float > 0 -> negative < 0 && !(path == null) || true;
rec {
  a.b.c = args.x or "none";
  ${"dynamic" + text} = if a ? b."c d".${text} then [ 1 (f 2) a.b ] else { } // { or = 1; };
  f = x: y: { z, ... }: x * y / z - 1 ++ [ http://example.org ];
  "quoted name" = let { body = 1; };
}
