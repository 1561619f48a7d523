# What `import` makes of a derivation's file: the same set as `derivation`, as far as the file tells.
drv@{
  drvPath,
  name,
  outputs,
  ...
}:
let
  common =
    builtins.listToAttrs all
    // {
      all = map (each: each.value) all;
      type = "derivation";
      inherit drvPath name;
    };
  all = map (outputName: {
    name = outputName;
    value = common // {
      outPath = drv.${outputName};
      inherit outputName;
    };
  }) outputs;
in
(builtins.head all).value
