# Sets of `count` packages of a kind, 100,000 in all: built, changed by an overlay, looked up by each
# other and kept. Time per attribute should not depend on `count`.
{ count }:
let
  # Names of one length, in no order.
  scattered = number: number * 77777 - number * 77777 / 100000 * 100000;
  nameOf = number: "package-${toString (100000 + scattered number)}";
  build =
    {
      name,
      version ? "1.0",
      inputs ? [ ],
      meta ? { },
    }@arguments:
    {
      inherit name version inputs;
      fullName = "${name}-${version}";
      meta = meta // {
        description = "The package ${name}";
        broken = false;
      };
      override = changes: build (arguments // changes);
    };
  base =
    self:
    builtins.listToAttrs (
      builtins.genList (number: {
        name = nameOf number;
        value = build {
          name = nameOf number;
          inputs = if number == 0 then [ ] else [ self.${nameOf (number - 1)} ];
          meta.number = number;
        };
      }) count
    );
  overlay =
    self: super:
    builtins.mapAttrs (
      name: package:
      package.override { version = "2.0"; }
      // {
        closure = map (input: input.fullName) package.inputs ++ [ package.meta.description ];
      }
    ) super;
  make =
    seed:
    let
      super = base self;
      self = super // overlay self super // { seed = build { name = "seed-${toString seed}"; }; };
    in
    self;
  measure =
    set:
    builtins.foldl' (
      sum: name:
      sum
      + builtins.stringLength set.${name}.fullName
      + builtins.stringLength (builtins.concatStringsSep " " (set.${name}.closure or [ ]))
    ) 0 (builtins.attrNames set);
  sets = builtins.genList make (100000 / count);
in
builtins.foldl' (sum: set: sum + measure set) 0 sets
