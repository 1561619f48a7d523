# A package set of some 200 derivations, of which two things can be changed: a hash deep in the graph,
# and a variable of a derivation in the middle.
{
  deep ? "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
  middle ? "-O2",
}:
let
  make =
    name: attrs:
    derivation (
      {
        inherit name;
        system = "x86_64-linux";
        builder = "/bin/sh";
        args = [
          "-e"
          (builtins.toFile "builder.sh" "source $stdenv/setup; make; make install\n")
        ];
      }
      // attrs
    );
  fetch =
    name: hash:
    make name {
      outputHash = hash;
      url = "mirror://${name}";
    };
  bootstrap = make "bootstrap-tools" {
    tarball = fetch "bootstrap.tar.xz" deep;
    outputs = [
      "out"
      "lib"
    ];
  };
  stage =
    number: previous:
    make "stdenv-stage${toString number}" {
      inherit previous;
      lib = bootstrap.lib;
      initialPath = "${bootstrap}/bin:${previous}/bin";
    };
  stdenv = builtins.foldl' (previous: number: stage number previous) bootstrap (
    builtins.genList (number: number) 5
  );
  # Eight rows of 22 packages: each uses two of the row below.
  row =
    number: below:
    builtins.genList (
      at:
      make "package-${toString number}-${toString at}-1.${toString at}" {
        inherit stdenv;
        src = fetch "package-${toString number}-${toString at}.tar.gz" (
          builtins.convertHash {
            hash = builtins.hashString "sha256" "${toString number} ${toString at}";
            hashAlgo = "sha256";
            toHashFormat = "sri";
          }
        );
        buildInputs = [
          (builtins.elemAt below at)
          (builtins.elemAt below ((at + 1) - (if at == 10 then 11 else 0)))
        ];
        flags = if number == 4 && at == 3 then middle else "-O2";
        PATH = "${stdenv}/bin:${builtins.elemAt below at}/bin:\${out}";
      }
    ) 11;
  base = builtins.genList (_: stdenv) 11;
  top = builtins.foldl' (below: number: row number below) base (builtins.genList (number: number) 9);
in
make "everything" { paths = top; }
