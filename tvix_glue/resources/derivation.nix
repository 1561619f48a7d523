# What `derivation` is: a wrapper around `derivationStrict`, which does the work.
#
# Traces show positions in this file, and Nix has a file of the same name: what can be seen
# in a trace stands where it stands there.

/**
  Describe something to build.

  # Argument

  A set with at least

    * `name`: what the paths in the store will be called,
    * `system`: the platform to build on, such as `"x86_64-linux"`,
    * `builder`: the program that builds.

  `args` are the arguments of the builder, `outputs` the names of what it makes. All other
  attributes become variables of its environment: numbers, Booleans, lists, paths and other
  derivations as strings.

  # Result

  The set, with an attribute for each output. `outPath` is the path of an output in the
  store and `drvPath` that of the derivation. Where a string is wanted, the result stands
  for its `outPath`. Nothing is built before something needs it.

  `nix-build` builds the output that the set stands for; so does whatever reads it while
  evaluating, such as `import`.
*/
drvAttrs@{
  outputs ? [ "out" ],
  ...
}:

let

  strict = derivationStrict drvAttrs;

  commonAttrs =
    drvAttrs
    // (builtins.listToAttrs outputsList)
    // {
      all = map (x: x.value) outputsList;
      inherit drvAttrs;
    };

  outputToAttrListElement = outputName: {
    name = outputName;
    value = commonAttrs // {
      outPath = builtins.getAttr outputName strict;
      drvPath = strict.drvPath;
      type = "derivation";
      inherit outputName;
    };
  };

  outputsList = map outputToAttrListElement outputs;

in
(builtins.head outputsList).value
