# What an attribute path leads to: { drvPath } of a derivation, { attrs } of a set to look into,
# { } of anything else.
root: path:
let
  value = builtins.foldl' (set: name: set.${name}) root path;
  is = builtins.isAttrs value;
in
if is && (value.type or null) == "derivation" then
  { inherit (value) drvPath; }
else if is && (path == [ ] || (value.recurseForDerivations or false) == true) then
  { attrs = builtins.attrNames value; }
else
  { }
