# needs: files
[ (import ../files/fixtures/two.nix) (import ../files/fixtures/undefined.nix) ]
