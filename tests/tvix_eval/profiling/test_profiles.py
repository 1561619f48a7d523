"""Profiles: which calls they show, and that each format is what its readers want."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ..running import Outcome, run

FIB = """\
let
  fib = n: if n < 2 then n else fib (n - 1) + fib (n - 2);
in
map (n: fib n) [ 14 15 ]
"""


def profile(folder: Path, name: str, *flags: str, text: str = FIB) -> str:
    (folder / "fib.nix").write_text(text)
    made = run(folder, "--strict", "--profile", name, *flags, "fib.nix")
    assert (made.code, made.err) == (0, "")
    return (folder / name).read_text()


def test_an_exact_profile_counts_every_call(tmp_path: Path) -> None:
    document = json.loads(profile(tmp_path, "out.json", "--profile-mode", "exact"))
    times, calls = document["profiles"]
    frames = document["shared"]["frames"]
    counts: dict[str, int] = {}
    for stack, count in zip(calls["samples"], calls["weights"], strict=True):
        if stack:
            name = frames[stack[-1]]["name"]
            counts[name] = counts.get(name, 0) + count
    assert counts["fib"] == 1219 + 1973
    assert counts["primop map"] == 1
    assert (times["unit"], calls["unit"]) == ("nanoseconds", "none")


@pytest.mark.parametrize("mode", ["sampled", "exact"])
def test_speedscope_takes_it(tmp_path: Path, mode: str) -> None:
    """What its schema demands of sampled profiles."""
    document = json.loads(
        profile(tmp_path, "out.speedscope.json", "--profile-mode", mode)
        if mode == "exact"
        else profile(tmp_path, "out.speedscope.json", "--profile-interval", "0.01")
    )
    assert document["$schema"] == "https://www.speedscope.app/file-format-schema.json"
    frames = document["shared"]["frames"]
    assert all(frame["name"] for frame in frames)
    assert all(set(frame) <= {"name", "file", "line", "col"} for frame in frames)
    for each in document["profiles"]:
        assert each["type"] == "sampled"
        assert len(each["samples"]) == len(each["weights"]) > 0
        assert each["endValue"] - each["startValue"] == sum(each["weights"])
        assert all(0 <= number < len(frames) for stack in each["samples"] for number in stack)


@pytest.mark.parametrize("mode", ["sampled", "exact"])
def test_collapsed_stacks_are_those_of_nix(tmp_path: Path, mode: str) -> None:
    flags = ["--profile-interval", "0.01"] if mode == "sampled" else ["--profile-mode", "exact"]
    lines = profile(tmp_path, "out.folded", *flags).splitlines()
    assert any(re.fullmatch(r".*/fib\.nix:4:9:fib;.*/fib\.nix:2:33:fib(;.*)? \d+", line) for line in lines)
    assert all(re.fullmatch(r"[^;]+(;[^;]+)* [1-9]\d*", line) for line in lines)


def test_a_page_has_all_it_needs(tmp_path: Path) -> None:
    page = profile(tmp_path, "out.html", "--profile-mode", "exact")
    found = re.search(r'<script id="data" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    data = json.loads(found[1])
    whole, rows = data["tree"]
    assert data["exact"] and data["title"] == "out.html"
    assert any(frame[0] == "fib" for frame in data["frames"])
    assert all(parent < number for number, (parent, *_) in enumerate(rows))
    assert all(own <= total <= whole for _, _, total, own, _ in rows)
    assert "http" not in page.replace("</html>", "")


def test_names_cannot_break_out_of_a_page(tmp_path: Path) -> None:
    evil = tmp_path / "<script>&"
    evil.mkdir()
    page = profile(evil, "out.html", "--profile-mode", "exact")
    assert "<script>&" not in page


def test_a_program_that_fails_has_a_profile(tmp_path: Path) -> None:
    made = run(tmp_path, "--profile", "out.folded", "--profile-mode", "exact", "-E", "(x: throw x) ''no''")
    assert made.code == 1
    assert "no" in made.err
    assert "primop throw" in (tmp_path / "out.folded").read_text()


def test_after_a_caught_error_calls_are_where_they_were(tmp_path: Path) -> None:
    text = """\
    let
      deep = n: if n == 0 then throw "up" else 1 + deep (n - 1);
      after = n: if n == 0 then 0 else 1 + after (n - 1);
    in
    (builtins.tryEval (deep 50)).success || after 2000 > 0
    """
    lines = profile(tmp_path, "out.folded", "--profile-interval", "0.001", text=text).splitlines()
    assert any(":after" in line for line in lines)
    assert not any(":deep" in line and ":after" in line for line in lines)


def test_what_is_not_possible(tmp_path: Path) -> None:
    def refused(*flags: str) -> Outcome:
        made = run(tmp_path, *flags, "-E", "1")
        assert (made.code, made.out) == (1, "")
        return made

    assert "wants sampled or exact, not 'x'" in refused("--profile", "a", "--profile-mode", "x").err
    assert "wants milliseconds, not 'x'" in refused("--profile", "a", "--profile-interval", "x").err
    assert "wants milliseconds, not '-1'" in refused("--profile", "a", "--profile-interval", "-1").err
    assert "are for '--profile'" in refused("--profile-mode", "exact").err
    assert "want a run of their own" in refused("--profile", "a", "--coverage", "b").err
    assert refused("--profile", "no/such").err == 'error: opening file "no/such": No such file or directory\n'
