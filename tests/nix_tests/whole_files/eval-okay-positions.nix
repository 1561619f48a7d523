# Positions of attributes: where their names stand in the file, in bytes.
let
  position = name: set: builtins.unsafeGetAttrPos name set;
  line = name: set: let found = position name set; in if found == null then null else "${toString found.line}:${toString found.column}";
  set = {
    plain = 1;
    a.b = 2; nested.deep.er = 3;
    inherit (other) inherited;
    "quoted" = 4;
    ${"dyn" + "amic"} = 5;
  };
  other = {
    inherited = 1;
  };
  more = { plain = 2; };
  merged = { m = { p = 1; }; m.q = 2; };
in
{
  curPos = __curPos;
  plain = position "plain" set;
  a = line "a" set;
  b = line "b" set.a;
  er = line "er" set.nested.deep;
  inherited = line "inherited" set;
  quoted = line "quoted" set;
  dynamic = line "dynamic" set;
  missing = line "nothing" set;
  updated = line "plain" (set // more);
  kept = line "quoted" (set // more);
  mapped = line "plain" (builtins.mapAttrs (name: value: value) set);
  removed = line "plain" (removeAttrs set [ "quoted" ]);
  intersected = line "plain" (builtins.intersectAttrs set more);
  listed = line "x" (builtins.listToAttrs [ { name = "x"; value = 1; } ]);
  arguments = line "b" (builtins.functionArgs ({ a, b ? 1 }: a));
  "é" = "é" + toString __curPos.column;
  parsed = line "x" (builtins.fromJSON ''{"x":1}'');
  recursive = line "y" (rec { x = y; y = 1; });
  merged = [ (line "p" merged.m) (line "q" merged.m) ];
  functions = (f: line "z" (f 1)) (x: { z = x; });
} // { unicode = line "ü" { "ü" = 1; }; }
