# A small program in the style of a library: fixed points, overlays, folds.
let
  fix = f: let x = f x; in x;
  extend = f: overlay: self: let super = f self; in super // overlay self super;
  base = self: { name = "base"; greeting = "hello, ${self.name}"; count = builtins.length self.items; items = [ ]; };
  overlays = [
    (self: super: { name = "first"; })
    (self: super: { items = super.items ++ [ self.name ]; })
    (self: super: { items = super.items ++ [ "last" ]; greeting = super.greeting + "!"; })
  ];
  flip = f: a: b: f b a;
  range = from: to: builtins.genList (i: from + i) (to - from + 1);
  primes = n: builtins.filter (p: builtins.all (d: p - (p / d) * d != 0) (range 2 (p - 1))) (range 2 n);
  splitOn = separator: text: builtins.filter builtins.isString (builtins.split separator text);
  toTable = rows: builtins.concatStringsSep "\n" (map (row: builtins.concatStringsSep " | " (map toString row)) rows);
in
{
  overlaid = fix (builtins.foldl' extend base overlays);
  primes = primes 30;
  words = splitOn " +" "the quick  brown   fox";
  table = toTable [ [ 1 2.5 "x" ] [ null true [ "y" "z" ] ] ];
  flipped = flip builtins.sub 1 10;
  fibonacci = let f = a: b: n: if n == 0 then a else f b (a + b) (n - 1); in map (f 0 1) (range 0 15);
  collatz = map (start: builtins.length (builtins.genericClosure {
    startSet = [ { key = start; } ];
    operator = { key }: if key == 1 then [ ] else [ { key = if builtins.bitAnd key 1 == 0 then key / 2 else 3 * key + 1; } ];
  })) [ 1 7 27 ];
}
