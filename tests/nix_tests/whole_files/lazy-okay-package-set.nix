# A lazily printed set shows what is evaluated, and nothing of what would fail.
let
  config = { debug = false; jobs = 4; };
  set = rec {
    inherit config;
    inherit (config) jobs;
    name = "set";
    version = "1.${toString jobs}";
    broken = throw "never shown";
    function = { a, b ? 2 }: a + b;
    list = [ name version (throw "neither") ];
  };
in
builtins.seq set.version set
