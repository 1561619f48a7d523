# The same without --show-trace.
let
  walk = depth: node:
    if node ? children
    then map (walk (depth + 1)) node.children
    else throw "a leaf at depth ${toString depth}";
in
walk 0 { children = [ { children = [ { children = [ { } ]; } ]; } ]; }
