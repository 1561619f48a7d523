# Sets of `count` attributes each, 300,000 attributes in all: made, changed, looked up and kept. Time per
# attribute should not depend on `count`.
{ count }:
let
  names = builtins.genList (number: "attribute-${toString number}") count;
  make =
    seed:
    let
      first = builtins.listToAttrs (
        map (name: {
          inherit name;
          value = {
            inherit name;
            number = seed;
          };
        }) names
      );
      second = first // builtins.mapAttrs (name: value: value // { tag = "${name}-${toString value.number}"; }) first;
    in
    builtins.intersectAttrs first second;
  measure =
    set: builtins.foldl' (sum: name: sum + builtins.stringLength set.${name}.tag) 0 (builtins.attrNames set);
  sets = builtins.genList make (300000 / count);
in
builtins.foldl' (sum: set: sum + measure set) 0 sets
