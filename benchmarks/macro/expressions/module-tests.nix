# Evaluations of the module system: for each test, an option of a configuration as JSON.
#   lib: a checkout of nixpkgs.lib    tests: [ { path = [ NAME or NUMBER… ]; modules = [ … ]; } … ]
{ lib, tests }:
let
  evaluate = import (lib + "/lib/tests/modules/default.nix");
  step =
    value: component:
    if builtins.isList value then
      builtins.elemAt value (builtins.fromJSON component)
    else
      value.${component};
  outcome =
    test:
    let
      option = builtins.foldl' step (evaluate { inherit (test) modules; }) test.path;
      result = builtins.tryEval (builtins.toJSON option);
    in
    if result.success then result.value else "throws";
in
map outcome tests
