let
  lib = import <nixpkgs-lib/lib>;
  inherit (lib) mkOption mkIf mkMerge mkDefault mkForce types evalModules;
  mod = i: { config, ... }: {
    options.services."s${toString i}" = {
      enable = mkOption { type = types.bool; default = false; description = "x"; };
      port = mkOption { type = types.port; default = 8000 + i; };
      settings = mkOption { type = types.attrsOf (types.either types.int types.str); default = { }; };
      users = mkOption { type = types.listOf types.str; default = [ ]; };
      sub = mkOption { type = types.attrsOf (types.submodule ({ name, ... }: { options = { name = mkOption { type = types.str; default = name; }; size = mkOption { type = types.int; default = 3; }; }; })); default = { }; };
    };
    config = mkMerge [
      { services."s${toString i}" = { enable = mkDefault true; settings.a = i; settings.b = "v${toString i}"; sub.one.size = i; sub.two = { }; }; }
      (mkIf config.services."s${toString i}".enable { services."s${toString i}".users = [ "u${toString i}" ]; })
      (mkIf (i > 0) { services."s${toString i}".port = mkForce (config.services."s${toString (i - 1)}".port + 1); })
    ];
  };
  r = evalModules { modules = builtins.genList mod 40; };
in builtins.deepSeq r.config (builtins.attrNames r.config.services)
