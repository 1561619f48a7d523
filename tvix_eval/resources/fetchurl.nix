# Fetches one file by the builder that every Nix has built in. What `<nix/fetchurl.nix>` is.
{
  url,
  name ? baseNameOf (toString url),
  hash ? "", # SRI; the others are older ways to say it
  sha512 ? "",
  sha256 ? "",
  sha1 ? "",
  md5 ? "",
  outputHashAlgo ?
    if hash != "" then
      ""
    else if sha512 != "" then
      "sha512"
    else if sha1 != "" then
      "sha1"
    else if md5 != "" then
      "md5"
    else
      "sha256",
  outputHash ? builtins.head (builtins.filter (given: given != "") [ hash sha512 sha1 md5 ] ++ [ sha256 ]),
  executable ? false,
  unpack ? false,
  impure ? false,
  system ? "", # means nothing now
}:

let
  content = if impure then { __impure = true; } else { inherit outputHash outputHashAlgo; };
  fetch = {
    inherit name url executable unpack;
    builder = "builtin:fetchurl";
    system = "builtin";
    outputHashMode = if executable || unpack then "recursive" else "flat";
    preferLocalBuild = true;
    urls = [ url ];
    impureEnvVars = map (protocol: protocol + "_proxy") [
      "http"
      "https"
      "ftp"
      "all"
      "no"
    ];
  };
in
derivation (fetch // content)
