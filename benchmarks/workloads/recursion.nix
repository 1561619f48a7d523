# Calls with several arguments and tail recursion over a list.
let
  sum = list: at: acc: if at == builtins.length list then acc else sum list (at + 1) (acc + builtins.elemAt list at);
  numbers = builtins.genList (i: i) 5000;
in
builtins.foldl' (acc: i: acc + sum numbers 0 0) 0 (builtins.genList (i: i) 60)
