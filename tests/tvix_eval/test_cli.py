"""The command line as a user meets it."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tvix_eval.deep import COMPILED

from .running import PROGRAM, environment, run, start


def test_an_expression(tmp_path: Path) -> None:
    made = run(tmp_path, "-E", "1 + 2")
    assert (made.code, made.out, made.err) == (0, "3\n", "")


def test_several_expressions(tmp_path: Path) -> None:
    assert run(tmp_path, "--expr", "1", '"two"').out == '1\n"two"\n'


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "five.nix").write_text("2 + 3")
    assert run(tmp_path, "five.nix").out == "5\n"
    assert run(tmp_path, str(tmp_path / "five.nix"), "./five.nix").out == "5\n5\n"


def test_the_default_file(tmp_path: Path) -> None:
    (tmp_path / "default.nix").write_text('"default"')
    assert run(tmp_path).out == '"default"\n'
    assert run(tmp_path, ".").out == '"default"\n'


def test_standard_input(tmp_path: Path) -> None:
    (tmp_path / "five.nix").write_text("5")
    assert run(tmp_path, "-", stdin="import ./five.nix + 1").out == "6\n"


def test_a_missing_file(tmp_path: Path) -> None:
    made = run(tmp_path, "missing.nix")
    assert (made.code, made.out) == (1, "")
    assert made.err == f"error: path '{tmp_path}/missing.nix' does not exist\n"


def test_attributes(tmp_path: Path) -> None:
    (tmp_path / "set.nix").write_text("{ a.b = [ 1 { c = 2; } ]; d = 3; }")
    assert run(tmp_path, "set.nix", "-A", "d", "--attr", "a.b.1.c").out == "3\n2\n"
    assert run(tmp_path, "set.nix", "--attr=d").out == "3\n"
    assert run(tmp_path, "set.nix", "-Ad").out == "3\n"
    made = run(tmp_path, "set.nix", "-A", "a.x")
    assert made.code == 1
    assert "attribute 'x' in selection path 'a.x' not found" in made.err


def test_arguments_of_functions(tmp_path: Path) -> None:
    (tmp_path / "f.nix").write_text('{ n, s ? "none" }: { inherit n s; }')
    made = run(tmp_path, "f.nix", "--strict", "--arg", "n", "1 + 1", "--argstr", "s", "1 + 1")
    assert made.out == '{ n = 2; s = "1 + 1"; }\n'
    assert run(tmp_path, "f.nix", "--arg", "n", "3", "-A", "n").out == "3\n"
    assert run(tmp_path, "f.nix").out == "<LAMBDA>\n"


def test_lookup_path(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "default.nix").write_text("7")
    assert run(tmp_path, "-I", str(tmp_path), "-E", "import <lib>").out == "7\n"
    assert run(tmp_path, f"-Il={tmp_path}/lib", "-E", "import <l>").out == "7\n"
    assert run(tmp_path, "<lib>", NIX_PATH=str(tmp_path)).out == f"{tmp_path}/lib\n"
    assert run(tmp_path, "-E", "<lib>").code == 1


@pytest.mark.parametrize(
    ("flags", "printed"),
    [
        ([], "{ a = <CODE>; b = <CODE>; }\n"),
        (["--strict"], "{ a = 2; b = [ 3 ]; }\n"),
        (["--json", "--strict"], '{"a":2,"b":[3]}\n'),
        (
            ["--xml", "--strict", "--no-location"],
            "<?xml version='1.0' encoding='utf-8'?>\n<expr>\n  <attrs>\n"
            '    <attr name="a">\n      <int value="2" />\n    </attr>\n'
            '    <attr name="b">\n      <list>\n        <int value="3" />\n      </list>\n    </attr>\n'
            "  </attrs>\n</expr>\n",
        ),
    ],
)
def test_forms_of_output(tmp_path: Path, flags: list[str], printed: str) -> None:
    made = run(tmp_path, *flags, "-E", "{ a = 1 + 1; b = [ (1 + 2) ]; }")
    assert (made.code, made.out, made.err) == (0, printed, "")


def test_raw_output(tmp_path: Path) -> None:
    assert run(tmp_path, "--raw", "-E", '"a\\n" + "ü"').out == "a\nü"
    assert run(tmp_path, "--raw", "-E", "1").code == 1


def test_locations_in_xml(tmp_path: Path) -> None:
    (tmp_path / "set.nix").write_text("{ a = 1; }")
    made = run(tmp_path, "--xml", "--strict", "set.nix")
    assert f'<attr column="3" line="1" name="a" path="{tmp_path}/set.nix">' in made.out


def test_syntax_tree(tmp_path: Path) -> None:
    (tmp_path / "f.nix").write_text("x: x + 1")
    assert run(tmp_path, "--parse", "f.nix").out == "(x: (x + 1))\n"
    assert run(tmp_path, "--parse", "-E", "./f.nix").out == f"{tmp_path}/f.nix\n"
    assert "undefined variable 'y'" in run(tmp_path, "--parse", "-E", "x: y").err


def test_bytecode(tmp_path: Path) -> None:
    (tmp_path / "f.nix").write_text("x: x + 1")
    listing = run(tmp_path, "--dump-bytecode", "f.nix").out
    assert [word for word in ("LAMBDA", "LOCAL", "INT", "ADD", "END") if word not in listing] == []
    assert run(tmp_path, "--dump-bytecode", "-", stdin="x: x + 1").out == listing


def test_compile_only(tmp_path: Path) -> None:
    (tmp_path / "f.nix").write_text("throw 1")
    made = run(tmp_path, "--compile-only", "f.nix")
    assert (made.code, made.out, made.err) == (0, "", "")
    assert run(tmp_path, "--compile-only", "-E", "x: y").code == 1


def test_errors_and_traces(tmp_path: Path) -> None:
    expression = 'let f = x: throw "no"; in { a = f 1; }.a'
    made = run(tmp_path, "-E", expression)
    assert (made.code, made.out) == (1, "")
    assert made.err.startswith("error: no\n --> \xabstring\xbb:1:12\n")
    assert "while calling 'f'" in made.err
    nix = ("--error-format", "nix")
    made = run(tmp_path, *nix, "-E", expression)
    assert made.err.startswith("error:\n") and made.err.endswith("\n       error: no\n")
    longer = run(tmp_path, *nix, "--show-trace", "-E", expression).err
    assert "while calling 'f'" in longer and len(longer) > len(made.err)


def test_errors_for_editors(tmp_path: Path) -> None:
    (tmp_path / "a.nix").write_text("{ a = 1 + x; }")
    made = run(tmp_path, "--error-format", "json", "a.nix")
    (found,) = [json.loads(line) for line in made.err.splitlines()]
    assert found["code"] == "UndefinedVarError" and found["spans"][0]["file"] == f"{tmp_path}/a.nix"
    expression = 'builtins.trace "here" (builtins.warn "there" http://a.b)'
    made = run(tmp_path, "--error-format=json", "--lint-url-literals", "warn", "-E", expression)
    lines = [json.loads(line) for line in made.err.splitlines()]
    assert [(line["severity"], line["code"], line["message"][:12]) for line in lines] == [
        ("warning", "", "URL literals"),
        ("info", "trace", "here"),
        ("warning", "evaluation-warning", "there"),
    ]
    assert lines[0]["spans"][0]["column"] == 46
    made = run(tmp_path, "--error-format", "json", "--arg", "n")  # the format is not known yet
    assert made.code == 1 and made.err.startswith("error: ")
    made = run(tmp_path, "--error-format", "json", "none.nix")
    assert "does not exist" in json.loads(made.err)["message"]
    assert "wants pretty, nix or json" in run(tmp_path, "--error-format", "x", "-E", "1").err


def test_errors_in_a_file_say_where_it_is_from_here(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/a.nix").write_text("{ a = 1 +\n  { }; }")
    made = run(tmp_path, "--strict", "sub/a.nix")
    assert made.err.startswith(
        "error: cannot add a set to an integer\n --> sub/a.nix:2:3\n  |\n2 |   { }; }\n  |   ^^^\n"
    )


def test_what_programs_say(tmp_path: Path) -> None:
    made = run(tmp_path, "-E", 'builtins.trace "here" (builtins.warn "there" 1)')
    assert (made.code, made.out) == (0, "1\n")
    assert made.err == "trace: here\nevaluation warning: there\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--strct"], "error: unrecognised flag '--strct'\n  = hint: did you mean `--strict`?\n"),
        (["-q"], "error: unrecognised flag '-q'\n"),
        (["--arg", "n"], "error: flag '--arg' requires 2 argument(s), but only 1 were given\n"),
        (["--strict=1"], "error: flag '--strict' takes no argument\n"),
        (["--completion", "csh"], "error: there is no completion for 'csh': use bash, zsh or fish\n"),
        (["--max-call-depth", "x", "-E", "1"], "error: '--max-call-depth' wants a number, not 'x'\n"),
    ],
)
def test_misuse(tmp_path: Path, arguments: list[str], message: str) -> None:
    made = run(tmp_path, *arguments)
    assert (made.code, made.out) == (1, "")
    assert made.err.startswith(message)
    assert made.err.endswith("Try 'tvix-eval --help' for more information.\n")


def test_help(tmp_path: Path) -> None:
    made = run(tmp_path, "--help")
    assert made.code == 0 and made.out.startswith("Usage: tvix-eval ")
    assert made.out == run(tmp_path, "-h", LC_ALL="C").out
    kind = "compiled" if COMPILED else "pure"
    assert re.fullmatch(rf"tvix-eval [0-9.]+ \({kind}\)\n", run(tmp_path, "--version").out)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(tmp_path: Path, shell: str) -> None:
    script = run(tmp_path, "--completion", shell).out
    assert "show-trace" in script
    if shutil.which(shell):
        subprocess.run([shell, "-n", "-c", script], check=True)


def test_bash_completes(tmp_path: Path) -> None:
    if not shutil.which("bash"):
        pytest.skip("no bash")
    script = run(tmp_path, "--completion", "bash").out
    script += 'COMP_WORDS=(tvix-eval --show); COMP_CWORD=1; _tvix_eval; echo "${COMPREPLY[@]}"\n'
    made = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
    assert made.stdout == "--show-trace\n"


def test_closed_output(tmp_path: Path) -> None:
    command = " ".join(PROGRAM) + " -E 1 >&-"
    made = subprocess.run(["sh", "-c", command], env=environment(tmp_path), cwd=tmp_path, capture_output=True)
    assert made.returncode == 1
    assert made.stderr == b"error: Bad file descriptor\n"


def test_full_disk(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    command = " ".join(PROGRAM) + " -E 1 >/dev/full"
    made = subprocess.run(["sh", "-c", command], env=environment(tmp_path), cwd=tmp_path, capture_output=True)
    assert made.returncode == 1
    assert made.stderr == b"error: No space left on device\n"


def test_a_pipe_that_closes_early(tmp_path: Path) -> None:
    command = " ".join(PROGRAM) + " --strict -E 'builtins.genList (x: x) 200000' | head -c 10"
    made = subprocess.run(["sh", "-c", command], env=environment(tmp_path), cwd=tmp_path, capture_output=True)
    assert (made.returncode, made.stdout, made.stderr) == (0, b"[ 0 1 2 3 ", b"")


REPEAT = "let repeat = f: n: if n == 0 then 0 else builtins.seq (f n) (repeat f (n - 1)); in "


@pytest.mark.parametrize(
    "expression",
    [
        # calls, builtins that loop, one builtin after the other, and caught errors
        "builtins.foldl' (a: i: repeat (x: x) 1000) 0 (builtins.genList (i: i) 1000000)",
        "repeat (i: builtins.foldl' (a: b: a) 0 (builtins.genList (i: i) 1000000)) 5000",
        "builtins.genericClosure { startSet = [ { key = 0; } ]; operator = x: [ { key = x.key + 1; } ]; }",
        "builtins.foldl' (a: i: repeat (x: builtins.tryEval (throw i)) 1000) 0 (builtins.genList toString 1000000)",
    ],
)
def test_interrupt(tmp_path: Path, expression: str) -> None:
    with start(tmp_path, "-E", REPEAT + expression) as process:
        time.sleep(1.5)
        assert process.poll() is None, process.communicate()
        process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=20)
            assert (process.returncode, out, err) == (1, b"", b"error: interrupted by the user\n")
        finally:
            process.kill()


@pytest.mark.parametrize("delay", [0.02, 0.04, 0.08, 0.12, 0.16])
def test_interrupt_while_starting(tmp_path: Path, delay: float) -> None:
    """However early it comes, it ends the program, and there is no traceback of ours."""
    with start(tmp_path, "-") as process:
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        try:
            _, err = process.communicate(timeout=20)
            assert b"tvix_eval" not in err
        finally:
            process.kill()


def test_interrupt_while_reading(tmp_path: Path) -> None:
    with start(tmp_path, "-") as process:
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(timeout=5) == 1
            assert process.stderr is not None
            assert process.stderr.read() == b"error: interrupted by the user\n"
        finally:
            process.kill()


class TestCodeCache:
    """Compiled files are kept in the user's cache."""

    def entries(self, folder: Path) -> list[Path]:
        return sorted(path for path in (folder / ".cache/tvix/code").rglob("*") if path.is_file())

    def test_is_used(self, tmp_path: Path) -> None:
        (tmp_path / "five.nix").write_text("2 + 3")
        assert run(tmp_path, "five.nix").out == "5\n"
        (entry,) = self.entries(tmp_path)
        written = entry.stat()
        assert run(tmp_path, "five.nix").out == "5\n"
        assert self.entries(tmp_path) == [entry]
        again = entry.stat()
        assert (again.st_ino, again.st_mtime_ns) == (written.st_ino, written.st_mtime_ns)

    def test_is_keyed_by_the_text(self, tmp_path: Path) -> None:
        (tmp_path / "a.nix").write_text("[ __curPos.file 1 ]")
        (tmp_path / "b.nix").write_text("[ __curPos.file 1 ]")
        assert run(tmp_path, "--strict", "a.nix", "b.nix").out.count(str(tmp_path)) == 2
        assert len(self.entries(tmp_path)) == 1
        (tmp_path / "a.nix").write_text("2")
        assert run(tmp_path, "a.nix").out == "2\n"
        assert len(self.entries(tmp_path)) == 2

    def test_can_be_elsewhere_or_off(self, tmp_path: Path) -> None:
        (tmp_path / "five.nix").write_text("5")
        assert run(tmp_path, "--no-code-cache", "five.nix").out == "5\n"
        assert run(tmp_path, "--code-cache", str(tmp_path / "here"), "five.nix").out == "5\n"
        assert run(tmp_path, "five.nix", XDG_CACHE_HOME=str(tmp_path / "there")).out == "5\n"
        assert self.entries(tmp_path) == []
        assert [path for path in (tmp_path / "here").rglob("*") if path.is_file()]
        assert [path for path in (tmp_path / "there/tvix/code").rglob("*") if path.is_file()]

    @pytest.mark.parametrize("damage", ["cut", "empty", "flipped", "noise"])
    def test_damage_is_repaired(self, tmp_path: Path, damage: str) -> None:
        (tmp_path / "five.nix").write_text("2 + 3")
        run(tmp_path, "five.nix")
        (entry,) = self.entries(tmp_path)
        whole = entry.read_bytes()
        entry.write_bytes(
            {
                "cut": whole[:-1],
                "empty": b"",
                "flipped": whole[:40] + bytes([whole[40] ^ 1]) + whole[41:],
                "noise": b"\xff" * len(whole),
            }[damage]
        )
        made = run(tmp_path, "five.nix")
        assert (made.code, made.out, made.err) == (0, "5\n", "")
        assert entry.read_bytes() == whole

    def test_writers_do_not_disturb_each_other(self, tmp_path: Path) -> None:
        body = "\n".join(f"  a{i} = {i} + {i};" for i in range(2000))
        (tmp_path / "big.nix").write_text("{\n" + body + "\n}")
        processes = [
            subprocess.Popen(
                [*PROGRAM, "big.nix", "-A", "a1999"],
                env=environment(tmp_path),
                cwd=tmp_path,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            for _ in range(6)
        ]
        assert [process.communicate(timeout=60) for process in processes] == [(b"3998\n", b"")] * 6
        assert len(self.entries(tmp_path)) == 1

    def test_a_folder_that_cannot_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "five.nix").write_text("5")
        (tmp_path / ".cache").write_text("not a folder")
        made = run(tmp_path, "five.nix")
        assert (made.code, made.out, made.err) == (0, "5\n", "")
        made = run(tmp_path, "--code-cache", "/proc/nowhere", "five.nix")
        assert (made.code, made.out, made.err) == (0, "5\n", "")

    def test_an_entry_that_is_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "five.nix").write_text("5")
        run(tmp_path, "five.nix")
        (entry,) = self.entries(tmp_path)
        entry.unlink()
        entry.mkdir()
        made = run(tmp_path, "five.nix")
        assert (made.code, made.out, made.err) == (0, "5\n", "")

    def test_settings_that_change_the_code(self, tmp_path: Path) -> None:
        (tmp_path / "pipe.nix").write_text("1 |> (x: x + 1)")
        features = ["--extra-experimental-features", "pipe-operators"]
        assert run(tmp_path, *features, "pipe.nix").out == "2\n"
        assert run(tmp_path, "pipe.nix").code == 1
        assert run(tmp_path, *features, "pipe.nix").out == "2\n"


def test_json_is_json(tmp_path: Path) -> None:
    made = run(tmp_path, "--json", "--strict", "-E", '{ "a\\"b" = [ 1.5 null true "ü\\n" ]; }')
    assert json.loads(made.out) == {'a"b': [1.5, None, True, "ü\n"]}


def test_pure_evaluation_sees_no_files(tmp_path: Path) -> None:
    (tmp_path / "a.nix").write_text("1")
    made = run(tmp_path, "--pure-eval", "-E", 'builtins.getEnv "HOME" + "x"')
    assert (made.code, made.out) == (0, '"x"\n')
    for words in (["a.nix"], ["-E", "import ./a.nix"], ["-I", f"a={tmp_path}/a.nix", "-E", "import ./a.nix"]):
        made = run(tmp_path, "--pure-eval", *words)
        assert (made.code, made.out) == (1, "")
        assert f"access to absolute path '{tmp_path}" in made.err
        assert "is forbidden in pure evaluation mode (use '--impure' to override)" in made.err


def test_restricted_evaluation_sees_the_lookup_path(tmp_path: Path) -> None:
    (tmp_path / "a.nix").write_text("1")
    (tmp_path / "b.nix").write_text("2")
    made = run(tmp_path, "--restrict-eval", "-I", f"a={tmp_path}/a.nix", "-E", "import <a> + import ./a.nix")
    assert (made.code, made.out) == (0, "2\n")
    made = run(tmp_path, "--restrict-eval", "-E", "import <a>", NIX_PATH=f"a={tmp_path}/a.nix")
    assert (made.code, made.out) == (0, "1\n")
    made = run(tmp_path, "--restrict-eval", "-I", f"a={tmp_path}/a.nix", "-E", "import ./b.nix")
    assert (made.code, made.out) == (1, "")
    assert f"access to absolute path '{tmp_path}/b.nix' is forbidden in restricted mode" in made.err


@pytest.mark.parametrize("size", [10**12, 2**63 - 1])
def test_a_list_that_memory_cannot_hold_is_refused_at_once(size: int, tmp_path: Path) -> None:
    result = run(tmp_path, "-E", f"builtins.length (builtins.genList (x: x) {size})")
    assert (result.code, result.out) == (1, "")
    assert "out of memory" in result.err
