# A double of the real wrapper: the set of a derivation, with an attribute for each output.
drvAttrs@{
  outputs ? [ "out" ],
  ...
}:
let
  strict = derivationStrict drvAttrs;
  common =
    drvAttrs
    // builtins.listToAttrs outputsList
    // {
      all = map (each: each.value) outputsList;
      inherit drvAttrs;
    };
  outputsList = map (outputName: {
    name = outputName;
    value = common // {
      outPath = builtins.getAttr outputName strict;
      drvPath = strict.drvPath;
      type = "derivation";
      inherit outputName;
    };
  }) outputs;
in
(builtins.head outputsList).value
