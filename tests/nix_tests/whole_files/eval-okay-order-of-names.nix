# Names that Nix knows before it reads a program come first, in an order of its own.
let
  names = builtins.filter (name: builtins.match "[a-z].*" name != null && name != "derivation") (
    builtins.attrNames builtins
  );
  others = [ "zz" "x" "strict" "drvAttrs" "outputName" "overrides" "name" "value" "outPath" "type" "right" "path" ];
  quiet = builtins.listToAttrs (
    map (name: { inherit name; value = builtins.trace name 1; }) (names ++ others ++ map (name: "__" + name) names)
  );
in
builtins.deepSeq quiet (builtins.length names)
