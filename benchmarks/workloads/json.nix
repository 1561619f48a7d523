# To JSON and back.
let
  value = builtins.genList (i: { id = i; name = "item ${toString i}"; tags = [ "a" "b" (toString i) ]; nested = { ok = true; x = 1.5; }; }) 8000;
  text = builtins.toJSON value;
  back = builtins.fromJSON text;
in
builtins.stringLength text + builtins.length (builtins.filter (item: item.nested.ok) back)
