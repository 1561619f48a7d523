let
  lib = import <nixpkgs-lib/lib>;
  inherit (lib) fix extends composeManyExtensions foldl' genList mapAttrs;
  mkOverlay = k: final: prev: builtins.listToAttrs (genList (j: {
    name = "p${toString (j * 3 + k)}";
    value = {
      name = "p${toString j}-${toString k}";
      version = (prev."p${toString (j * 3 + k)}".version or 0) + 1;
      deps = [ final.base (final."p${toString j}" or final.base) ];
      override = f: f final.base;
    };
  }) 40) // { base = (prev.base or { version = 0; }) // { version = prev.base.version or 0 + k; "by${toString k}" = final.count; }; };
  run = n: let
    pkgs = fix (extends (composeManyExtensions (genList mkOverlay 40)) (self: { count = n; base = { version = n; }; }));
  in foldl' (a: v: a + (v.version or 0)) 0 (builtins.attrValues (mapAttrs (_: v: if builtins.isAttrs v then v else { version = 1; }) pkgs));
in foldl' (a: i: a + run i) 0 (genList (i: i) 40)
