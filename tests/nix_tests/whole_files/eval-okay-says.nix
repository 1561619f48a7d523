# What a program says while it runs is on stderr, in order.
let
  step = name: value: builtins.trace "step ${name}" value;
in
builtins.warn "this program warns\nin two lines"
  (builtins.foldl' (sum: n: step (toString n) (sum + n)) 0 [ 1 2 3 ])
