# needs: pure
let
  lib = {
    mapValues = f: builtins.mapAttrs (name: value: f value);
    check = description: predicate: value:
      if predicate value then value
      else throw "value ${builtins.toJSON value} is not ${description}";
    positive = lib.check "positive" (n: n > 0);
  };
  config = {
    ports.http = 80;
    ports.metrics = -1;
  };
in
lib.mapValues lib.positive config.ports
