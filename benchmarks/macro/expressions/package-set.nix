# The .drv files of all derivations at the top of a package set, by attribute.
#   null: not a derivation    "throws": an error that tryEval catches
# `skip` names what fails otherwise: mostly attributes that ask for others which the set does not have.
{ packages, skip }:
let
  drvPath =
    name: value:
    let
      result = builtins.tryEval (
        if builtins.isAttrs value && (value.type or null) == "derivation" then value.drvPath else null
      );
    in
    if result.success then result.value else "throws";
in
builtins.mapAttrs drvPath (builtins.removeAttrs packages skip)
