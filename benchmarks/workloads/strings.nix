# Building long strings: concatenation, replacement, interpolation, substrings.
let
  words = builtins.genList (i: "word${toString i}") 20000;
  text = builtins.concatStringsSep " " words;
  replaced = builtins.replaceStrings [ "word1" "word2" ] [ "first" "second" ] text;
  grown = builtins.foldl' (text: word: "${text}${word},") "" words;
  cut = builtins.genList (i: builtins.substring (i * 5) 7 text) 20000;
in
builtins.stringLength replaced + builtins.stringLength grown + builtins.length (builtins.filter (piece: piece != "") cut)
