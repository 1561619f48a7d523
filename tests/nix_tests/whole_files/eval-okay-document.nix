# What the XML of a set of packages looks like.
{
  name = "document";
  values = [ 1 (-2) 1.5 "text & <more>" true null /a/path ];
  function = x: x;
  formals = args@{ b, a ? 1, ... }: a;
  package = {
    type = "derivation";
    name = "package";
    drvPath = "/nix/store/x.drv";
    outPath = "/nix/store/x";
  };
  again = { type = "derivation"; drvPath = "/nix/store/x.drv"; outPath = "/nix/store/x"; };
  nothing = { };
  empty = [ ];
  builtin = builtins.add;
}
