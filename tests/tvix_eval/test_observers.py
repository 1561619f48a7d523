"""What is told of an evaluation while it runs: traces of calls, counters, profiles. The figures are Nix's."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from .test_instantiate import instantiate

# Where calls begin (+) and end (-), in their order. 0 is no position.
TRACES = [
    ("let f = a: b: a + b; in f 1 2 + (f 3) 4", "+1:25 -1:25 +1:34 -1:34"),
    ("map (x: x + 1) [ 1 2 ]", "+1:1 -1:1 +1:6 -1:6 +1:6 -1:6"),
    ("map toString [ 1 2 ]", "+1:1 -1:1 +0 -0 +0 -0"),
    ("builtins.foldl' builtins.add 0 [ 1 2 ]", "+1:1 +0 -0 +0 -0 -1:1"),
    ("({ __functor = self: x: x + 1; } 2)", "+1:2 +1:4 -1:4 -1:2"),
    ("1 - 2 * 3", "+1:3 +1:7 -1:7 -1:3"),
    ('let f = x: throw "a"; in builtins.tryEval (f 1)', "+1:26 +1:44 +1:12 -1:12 -1:44 -1:26"),
    ("builtins.sort builtins.lessThan [ 3 2 1 ]", "+1:1 -1:1"),
    (
        "builtins.sort (a: b: a < b) [ 3 2 1 ]",
        "+1:1 +0 +1:24 -1:24 -0 +0 +1:24 -1:24 -0 +0 +1:24 -1:24 -0 -1:1",
    ),
    ("builtins.mapAttrs (n: v: v) { a = 1; b = 2; }", "+1:1 -1:1 +0 +0 -0 -0 +1:20 +1:20 -1:20 -1:20"),
    (
        "builtins.zipAttrsWith (n: v: v) [ { a = 1; } { a = 3; b = 2; } ]",
        "+1:1 -1:1 +1:24 +1:24 -1:24 -1:24 +1:24 +1:24 -1:24 -1:24",
    ),
    (
        "let f = x: if x == 0 then 0 else f (x - 1); in f 2",
        "+1:48 +1:34 +1:39 -1:39 +1:34 +1:39 -1:39 -1:34 -1:34 -1:48",
    ),
    ("builtins.genericClosure { startSet = [ { key = 1; } ]; operator = x: [ ]; }", "+1:1 +0 -0 -1:1"),
    (
        "let f = { a, b ? g 1, ... }@z: a + b + z.c or 0; g = x: x * 2; in f { a = g 3; c = g 4; }",
        "+1:67 +1:75 +1:59 -1:59 -1:75 +1:18 +1:59 -1:59 -1:18 +1:84 +1:59 -1:59 -1:84 -1:67",
    ),
    ('"${{ __toString = self: "a" + self.b; b = "c"; }}"', "+1:2 -1:2"),
    ("let x = builtins.add 1; in map x [ 1 2 ]", "+1:28 +1:9 -1:9 -1:28 +0 -0 +0 -0"),
    (
        "let f = builtins.foldl'; g = f (a: b: a - b); in (g 10) [ 1 2 3 ]",
        "+1:30 -1:30 +1:51 +0 +1:41 -1:41 -0 +0 +1:41 -1:41 -0 +0 +1:41 -1:41 -0 -1:51",
    ),
    ("let o = { a.b = x: x + 1; }; in o.a.b 3", "+1:33 -1:33"),
    (
        "map (f: f 1 2) [ (a: b: a) builtins.sub (a: builtins.mul a) ]",
        "+1:1 -1:1 +1:6 +1:9 -1:9 -1:6 +1:6 +1:9 -1:9 -1:6 +1:6 +1:9 +1:45 -1:45 -1:9 -1:6",
    ),
    ("(__functor: { inherit __functor; } 5) (self: x: x)", "+1:1 +1:13 +1:23 -1:23 -1:13 -1:1"),
]

# Calls of functions and builtins, lookups, updates, avoided thunks, elements of lists, concatenations;
# calls of each builtin; name, line, column and calls of each function.
FIGURES = [
    (
        "let f = a: b: a + b; in f 1 2 + (f 3) 4 + { x = 1; }.x",
        [4, 0, 1, 0, 5, 0, 0],
        {},
        [("f", 1, 9, 2), ("f", 1, 12, 2)],
    ),
    (
        "builtins.foldl' (a: b: a // b // { c = 1; }) { } [ { a = 1; } { b = 2; } ]",
        [4, 1, 1, 6, 4, 2, 0],
        {"foldl'": 1},
        [("", 1, 18, 2), ("", 1, 21, 2)],
    ),
    (
        "map (x: x.a.b or 1) [ { a.b = 1; } { a = 2; } { } ]",
        [3, 1, 5, 0, 2, 6, 0],
        {"map": 1},
        [("", 1, 6, 3)],
    ),
    (
        "let fib = n: if n < 2 then n else fib (n - 1) + fib (n - 2); in fib 12",
        [465, 929, 0, 0, 1859, 0, 0],
        {"lessThan": 465, "sub": 464},
        [("fib", 1, 11, 465)],
    ),
    (
        "builtins.sort builtins.lessThan [ 3 1 2 ] ++ [ 1 ] ++ [ ] ++ (map (x: -x) [ 2 ])",
        [1, 3, 2, 0, 7, 16, 3],
        {"map": 1, "sort": 1, "sub": 1},
        [("", 1, 68, 1)],
    ),
    (
        "let s = self: { a = self.b + 1; b = 2; }; fix = f: let x = f x; in x; in (fix s).a",
        [2, 0, 2, 0, 3, 0, 0],
        {},
        [("fix", 1, 49, 1), ("s", 1, 9, 1)],
    ),
    (
        'let x = { a = throw "x"; }; in builtins.tryEval x.a',
        [0, 2, 2, 0, 1, 0, 0],
        {"throw": 1, "tryEval": 1},
        [],
    ),
]


@pytest.mark.parametrize(("expression", "expected"), TRACES)
def test_trace_of_calls(tmp_path: Path, expression: str, expected: str) -> None:
    made = instantiate(tmp_path, "--eval", "--strict", "--trace-function-calls", "-E", expression)
    lines = re.findall(r"^function-trace (entered|exited) «\w+»:([0-9:]+) at [0-9]{19}$", made.err, re.M)
    assert (made.code, len(lines)) == (0, made.err.count("\n"))
    assert " ".join(("+" if what == "entered" else "-") + place for what, place in lines) == expected


def test_a_position_is_computed_by_calls(tmp_path: Path) -> None:
    (tmp_path / "a.nix").write_text("__curPos")
    made = instantiate(tmp_path, "--eval", "--strict", "--trace-function-calls", "-E", "import ./a.nix")
    places = re.findall(r"^function-trace entered (\S+) at", made.err, re.M)
    assert places == ["«string»:1:1", "«none»:0", "«none»:0"]


def test_trace_of_calls_is_quiet_when_asked(tmp_path: Path) -> None:
    made = instantiate(
        tmp_path, "--eval", "--quiet", "--option", "trace-function-calls", "true", "-E", "0 - 1"
    )
    assert (made.code, made.out, made.err) == (0, "-1\n", "")


def test_an_error_leaves_the_calls(tmp_path: Path) -> None:
    made = instantiate(tmp_path, "--eval", "--trace-function-calls", "-E", "(x: throw x) 1 2")
    assert [line.split()[1] for line in made.err.splitlines() if line.startswith("function-trace")] == [
        *("entered", "entered", "exited", "exited"),
    ]


@pytest.mark.parametrize(("expression", "numbers", "builtins", "functions"), FIGURES)
def test_figures(
    tmp_path: Path,
    expression: str,
    numbers: list[int],
    builtins: dict[str, int],
    functions: list[tuple[str, int, int, int]],
) -> None:
    made = instantiate(
        tmp_path, "--eval", "--strict", "-E", expression, NIX_SHOW_STATS="1", NIX_COUNT_CALLS="1"
    )
    tree = json.loads(made.err)
    names = ["nrFunctionCalls", "nrPrimOpCalls", "nrLookups", "nrOpUpdates", "nrAvoided"]
    assert [tree[name] for name in names] + [tree["list"]["elements"], tree["list"]["concats"]] == numbers
    assert tree["primops"] == builtins
    assert (
        sorted((f["name"] or "", f["line"], f["column"], f["count"]) for f in tree["functions"]) == functions
    )
    assert tree["attributes"] is None


def test_figures_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.nix").write_text("x: { a }@y: a")
    made = instantiate(
        tmp_path, "--eval", "-E", "import ./a.nix 1 { a = 2; }", NIX_SHOW_STATS="1", NIX_COUNT_CALLS="1"
    )
    file = str(tmp_path / "a.nix")
    assert sorted(json.loads(made.err)["functions"], key=lambda each: int(each["column"])) == [
        {"column": 1, "count": 1, "file": file, "line": 1, "name": None},
        {"column": 4, "count": 1, "file": file, "line": 1, "name": None},
    ]


def test_symbols(tmp_path: Path) -> None:
    words = ["--eval", "-E", "{ qq = 1; }.qq"]
    made = instantiate(tmp_path, *words, NIX_SHOW_STATS="1", NIX_SHOW_SYMBOLS="1")
    names = json.loads(made.err)["symbols"]
    assert names[0] == "outPath" and names[-1] == "qq"


def profile(folder: Path, expression: str) -> list[str]:
    words = ["--eval-profiler", "flamegraph", "--eval-profiler-frequency", "0"]
    instantiate(folder, "--eval", "--strict", *words, "-E", expression)
    return sorted((folder / "nix.profile").read_text().splitlines())


@pytest.mark.parametrize(
    ("expression", "stacks"),
    [
        ("let f = a: b: a + b; in f 1 2 + (f 3) 4", ["1:25:f 1", "1:34:f 1"]),
        ("map (x: x + 1) [ 1 2 ]", ["1:1:primop map 1", "1:6 2"]),
        (
            "builtins.foldl' builtins.add 0 [ 1 2 ]",
            ["1:1:primop foldl' 1", "1:1:primop foldl';primop add 2"],
        ),
        (
            "map (builtins.sub 3) [ 1 (throw 2) ]",
            [
                *("1:1:primop map 1", "1:1:primop map;1:6:primop sub 1", "primop sub 2"),
                "primop sub;1:27:primop throw 1",
            ],
        ),
        ("({ __functor = self: x: x; } 2)", ["1:2:functor 1", "1:2:functor;1:4 1"]),
    ],
)
def test_profile(tmp_path: Path, expression: str, stacks: list[str]) -> None:
    lines = [re.sub("«(none|string)»:", "", line) for line in profile(tmp_path, expression)]
    assert sorted(lines) == sorted(stacks)


def test_profile_of_what_fails(tmp_path: Path) -> None:
    assert profile(tmp_path, "(x: throw x) 1") == [
        "«string»:1:1 1",
        "«string»:1:1;«string»:1:5:primop throw 1",
    ]


def test_profile_that_cannot_be_written(tmp_path: Path) -> None:
    words = ["--eval-profiler", "flamegraph", "--eval-profile-file", "none/x"]
    made = instantiate(tmp_path, "--eval", *words, "-E", "1")
    assert (made.code, made.out) == (1, "")
    assert made.err == 'error: opening file "none/x": No such file or directory\n'


def test_deep_calls_are_counted_as_ever(tmp_path: Path) -> None:
    made = instantiate(
        tmp_path,
        "--eval",
        "-E",
        "let f = n: if n == 0 then 0 else 1 + f (n - 1); in f 9000",
        NIX_SHOW_STATS="1",
    )
    assert (made.code, made.out) == (0, "9000\n")
    made = instantiate(tmp_path, "--eval", "-E", "let f = n: f (n + 1); in f 0", NIX_SHOW_STATS="1")
    assert made.code == 1 and "max-call-depth exceeded" in made.err
