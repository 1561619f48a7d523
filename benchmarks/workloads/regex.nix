# Matching and splitting: versions, names, lines.
let
  lines = builtins.genList (i: "pkg-${toString i}-${toString (i * 7)}.${toString (i * 3)}-rc${toString i}_x86_64") 4000;
  parse = line: builtins.match "([a-z]+)-([0-9]+)-([0-9.]+)-(.*)" line;
  pieces = line: builtins.length (builtins.split "[-._]" line);
in
builtins.foldl' (sum: line: sum + pieces line + builtins.length (parse line)) 0 lines
