# Derivations of every kind, several hundred: tools/verify_lang_tests --derivations holds what we
# make of them against a real Nix, path by path and byte by byte.
# Needs the experimental features ca-derivations, dynamic-derivations, git-hashing, impure-derivations.
let
  inherit (builtins)
    concatLists
    concatStringsSep
    elemAt
    foldl'
    genList
    hashString
    length
    listToAttrs
    map
    ;

  make =
    name: attrs:
    derivation (
      {
        inherit name;
        system = "x86_64-linux";
        builder = "/bin/sh";
        args = [
          "-c"
          "echo \"$name\" > \$out\n"
        ];
      }
      // attrs
    );

  # A list as a set: number and list of derivations to names.
  numbered =
    kind: derivations:
    genList (at: {
      name = "${kind}-${toString at}";
      value = elemAt derivations at;
    }) (length derivations);

  times = number: f: genList f number;

  # Each uses those before it: a deep graph with much that is shared.
  chain = foldl' (
    made: at:
    made
    ++ [
      (make "chain-${toString at}" {
        number = at;
        previous = if made == [ ] then null else elemAt made (at - 1);
        half = if made == [ ] then "" else "${elemAt made (at / 2)}/share";
        all = map (each: each.outPath) made;
      })
    ]
  ) [ ] (genList (at: at) 40);

  values = [
    ""
    "plain"
    "quote \" backslash \\ dollar \$ tab \t return \r line \n end"
    "é ü 漢字"
    (-7)
    9223372036854775807
    1.5
    1.0e-7
    true
    false
    null
    [ ]
    [
      "a"
      [
        1
        [ true ]
      ]
      null
      ""
      "b"
    ]
    ./sources/one.txt
    ./sources/folder
    "${./sources/folder}/two.sh"
    (builtins.toFile "text" "contents")
    {
      __toString = self: "made of ${self.from}";
      from = "a set";
    }
    { outPath = "/not/in/the/store"; }
  ];

  environments = map (value: make "environment" { inherit value; }) values;

  structured = map (
    value:
    make "structured" {
      __structuredAttrs = true;
      inherit value;
      outputs = [
        "out"
        "dev"
      ];
      outputChecks.out = {
        maxSize = 1000;
        disallowedReferences = [ (elemAt chain 3) ];
      };
      unsafeDiscardReferences.out = true;
      nested = {
        list = [
          1
          "two"
          (elemAt chain 2)
          { three = 3.25; }
        ];
        "odd name" = null;
      };
      "é \"quoted\" \n" = "ü \\ \t";
    }
  ) values;

  hashes = {
    md5 = hashString "md5" "";
    sha1 = hashString "sha1" "";
    sha256 = hashString "sha256" "";
    sha512 = hashString "sha512" "";
  };
  fixed =
    concatLists (
      map (
        algorithm:
        map
          (
            mode:
            make "fixed-${algorithm}" {
              outputHashAlgo = algorithm;
              outputHash = hashes.${algorithm};
              outputHashMode = mode;
              urls = [ "https://example.org/${algorithm}" ];
            }
          )
          [
            "flat"
            "recursive"
            "nar"
          ]
      ) (builtins.attrNames hashes)
    )
    ++
      map
        (
          toHashFormat:
          make "fixed-written" {
            outputHash = builtins.convertHash {
              hash = "sha256:" + hashes.sha256;
              inherit toHashFormat;
            };
            outputHashAlgo = "sha256";
          }
        )
        [
          "base16"
          "nix32"
          "base64"
          "sri"
        ]
    ++ [
      (make "fixed-git" {
        outputHashMode = "git";
        outputHashAlgo = "sha1";
        outputHash = hashes.sha1;
      })
      (make "fixed-text" {
        outputHashMode = "text";
        outputHashAlgo = "sha256";
        outputHash = hashes.sha256;
      })
      (make "fixed-structured" {
        __structuredAttrs = true;
        outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        outputHashMode = "recursive";
      })
    ];

  onFixed = map (
    each:
    make "on-fixed" {
      src = each;
      again = "${each}:${elemAt chain 5}";
    }
  ) fixed;

  outputs = times 24 (
    at:
    make "outputs-${toString at}" {
      outputs = genList (output: "o${toString output}") (at + 1);
      uses = if at == 0 then "" else (elemAt outputs (at - 1))."o${toString (at - 1)}";
      first = if at == 0 then "" else "${elemAt outputs (at - 1)}";
      everything = if at == 0 then [ ] else (elemAt outputs (at - 1)).all;
      self = placeholder "o0";
    }
  );

  nulls = times 6 (
    at:
    make "nulls-${toString at}" {
      __ignoreNulls = at / 2 * 2 == at;
      a = if at < 3 then null else at;
      b = null;
    }
  );

  files = times 12 (
    at:
    make "files-${toString at}" {
      passAsFile = [
        "text"
        "other"
      ];
      text = builtins.toFile "file-${toString at}" (
        concatStringsSep "\n" (genList (line: "${./sources/one.txt} ${toString line}") at)
      );
      other = "x";
      builder = builtins.toFile "builder.sh" "echo ${toString at} ${builtins.toFile "inner" (toString at)}";
    }
  );

  sources = map (src: make "sources" { inherit src; }) [
    (builtins.path {
      path = ./sources;
      name = "all";
    })
    (builtins.path {
      path = ./sources;
      filter = path: type: type != "symlink";
    })
    (builtins.path {
      path = ./sources/one.txt;
      recursive = false;
    })
    (builtins.path {
      path = ./sources/folder/link;
      name = "followed";
    })
    (builtins.path {
      path = ./sources/one.txt;
      sha256 = hashString "sha256" "one\n";
      recursive = false;
      name = "expected";
    })
    (builtins.filterSource (path: type: baseNameOf path != "deeper") ./sources/folder)
    (builtins.filterSource (path: type: false) ./sources)
    ./sources/folder/deeper/../two.sh
    ./sources/folder/link
  ];

  contexts = map (value: make "contexts" { inherit value; }) [
    (elemAt chain 4).drvPath
    (builtins.unsafeDiscardOutputDependency (elemAt chain 4).drvPath)
    (builtins.unsafeDiscardStringContext (elemAt chain 4).outPath)
    (builtins.addDrvOutputDependencies (
      builtins.unsafeDiscardOutputDependency (elemAt chain 6).drvPath
    ))
    (builtins.appendContext "text" (builtins.getContext "${elemAt chain 7} ${elemAt outputs 3}"))
    (builtins.substring 0 0 "${elemAt chain 8}")
    (builtins.replaceStrings [ "x" ] [ "${elemAt chain 9}" ] "axb")
    (builtins.toJSON {
      a = elemAt chain 10;
      b = ./sources/one.txt;
    })
    (builtins.toXML { a = elemAt chain 11; })
    (concatStringsSep (elemAt chain 12).outPath [
      "a"
      "b"
    ])
    (baseNameOf "${elemAt chain 13}/x")
    (toString [
      (elemAt chain 14)
      ./sources/one.txt
    ])
    "${elemAt outputs 5}${(elemAt outputs 5).o1}${(elemAt outputs 6).o2}"
  ];

  exported = times 4 (
    at:
    make "exported-${toString at}" {
      exportReferencesGraph = [
        "graph"
        (elemAt chain at)
        "deep"
        (elemAt chain (at + 10)).drvPath
      ];
    }
  );

  floating =
    times 12 (
      at:
      make "floating-${toString at}" (
        {
          __contentAddressed = true;
          previous = if at == 0 then "" else "${elemAt floating (at - 1)}";
          self = placeholder "out";
        }
        // (if at / 2 * 2 == at then { outputHashMode = "flat"; } else { })
        // (if at / 3 * 3 == at then { outputHashAlgo = "sha512"; } else { })
        // (if at > 8 then { outputs = [ "out" "lib" ]; } else { })
      )
    )
    ++ times 6 (at: make "deferred-${toString at}" { on = elemAt floating at; })
    ++ times 3 (
      at:
      make "deferred-twice-${toString at}" {
        on = make "deferred-inner" { on = elemAt floating at; };
        outputs = [
          "out"
          "doc"
        ];
      }
    );

  impure = times 6 (
    at:
    make "impure-${toString at}" {
      __impure = true;
      outputs = if at > 3 then [ "out" "more" ] else [ "out" ];
      on = if at == 0 then "" else "${elemAt impure (at - 1)}";
    }
  );

  produced = times 6 (
    at:
    make "produced-${toString at}.drv" {
      __contentAddressed = true;
      outputHashMode = "text";
      outputHashAlgo = "sha256";
      number = at;
    }
  );
  dynamic =
    map (
      each:
      make "dynamic" {
        on = builtins.outputOf each.outPath "out";
        twice = builtins.outputOf (builtins.outputOf each.outPath "out") "lib";
      }
    ) produced
    ++ [ (make "dynamic-static" { on = builtins.outputOf (builtins.unsafeDiscardOutputDependency (elemAt chain 3).drvPath) "out"; }) ];

  names =
    map (name: make name { })
      [
        "a"
        "_"
        "+-.?=1"
        ".hidden"
        "with=everything+else?.x_y-z"
      ]
    ++ [
      (derivation {
        name = "bare";
        system = "any";
        builder = "builtin:fetchurl";
        url = "https://example.org/";
        preferLocalBuild = true;
      })
      (derivation {
        name = "arguments";
        system = "x86_64-linux";
        builder = ./sources/folder/two.sh;
        args = [
          1
          true
          null
          ./sources/one.txt
          (elemAt chain 1)
          [
            "a"
            "b"
          ]
          "\"\\\n\t\r"
        ];
      })
    ];

  json = make "json" {
    __json = ''{"z": [1, 2.50, {"b": null, "a": "é"}], "a": true}'';
  };
in
listToAttrs (
  concatLists [
    (numbered "chain" chain)
    (numbered "environment" environments)
    (numbered "structured" structured)
    (numbered "fixed" fixed)
    (numbered "on-fixed" onFixed)
    (numbered "outputs" outputs)
    (numbered "nulls" nulls)
    (numbered "files" files)
    (numbered "sources" sources)
    (numbered "contexts" contexts)
    (numbered "exported" exported)
    (numbered "floating" floating)
    (numbered "impure" impure)
    (numbered "produced" produced)
    (numbered "dynamic" dynamic)
    (numbered "names" names)
    (numbered "json" [ json ])
    (numbered "many" (
      times 100 (
        at:
        make "many-${toString at}" {
          inherit at;
          text = hashString "sha256" (toString at);
          inputs = genList (each: elemAt chain (at + each * 7 - (at + each * 7) / 40 * 40)) 5;
        }
      )
    ))
  ]
)
