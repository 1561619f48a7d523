# A graph walk: builtins.genericClosure over 30,000 nodes.
builtins.length (
  builtins.genericClosure {
    startSet = [ { key = 1; } ];
    operator = item: if item.key < 15000 then [ { key = item.key * 2; } { key = item.key * 2 + 1; } ] else [ ];
  }
)
