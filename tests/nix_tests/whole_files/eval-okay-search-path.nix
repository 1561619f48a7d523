# needs: files
[ <found/lib.nix> (import <found/lib.nix>) (builtins.map (entry: entry.prefix) builtins.nixPath) ]
