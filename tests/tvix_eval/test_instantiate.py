"""``tvix-instantiate`` as the ``nix-instantiate`` it stands for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tvix_eval.configuration import Configuration
from tvix_eval.errors import NixError, UsageError
from tvix_eval.instantiate_options import CommandLine
from tvix_eval.program import Program

from .running import Outcome, environment

START = (
    "import sys; sys.argv[0] = 'nix-instantiate'; from tvix_eval.__main__ import instantiate; instantiate()"
)
ADVICE = "Try 'nix-instantiate --help' for more information.\n"


def instantiate(folder: Path, *words: str, stdin: str = "", **variables: str) -> Outcome:
    """Run it in `folder`, with no configuration but what `variables` say."""
    surroundings = {"NIX_CONF_DIR": str(folder / "etc"), "XDG_CONFIG_DIRS": str(folder / "xdg"), **variables}
    return Outcome(
        subprocess.run(
            [sys.executable, "-c", START, *words],
            cwd=folder,
            env=environment(folder, **surroundings),
            input=stdin.encode(),
            capture_output=True,
            timeout=60,
        )
    )


def evaluated(folder: Path, expression: str, *words: str, **variables: str) -> str:
    made = instantiate(folder, "--eval", "--strict", *words, "-E", expression, **variables)
    assert (made.code, made.err) == (0, ""), made
    return made.out.rstrip("\n")


def warned(folder: Path, *words: str, **variables: str) -> str:
    made = instantiate(folder, "--eval", *words, "-E", "1", **variables)
    assert (made.code, made.out) == (0, "1\n"), made
    return made.err


def misused(folder: Path, *words: str, **variables: str) -> str:
    """What is said about words that are not understood, but for the advice."""
    made = instantiate(folder, *words, **variables)
    assert (made.code, made.out) == (1, "") and made.err.endswith(ADVICE), made
    return made.err.removeprefix("error: ").removesuffix("\n" + ADVICE)


class TestEvaluating:
    def test_the_forms(self, tmp_path: Path) -> None:
        expression = '{ a = [ 1 "x" ]; }'
        assert evaluated(tmp_path, expression) == '{ a = [ 1 "x" ]; }'
        assert evaluated(tmp_path, expression, "--json") == '{"a":[1,"x"]}'
        assert evaluated(tmp_path, '"x"', "--raw") == "x"
        assert '<attr name="a">' in evaluated(tmp_path, expression, "--xml", "--no-location")
        assert instantiate(tmp_path, "--eval", "-E", expression).out == "{ a = <CODE>; }\n"

    def test_files(self, tmp_path: Path) -> None:
        (tmp_path / "default.nix").write_text("{ n ? 1 }: n")
        assert instantiate(tmp_path, "--eval").out == "<LAMBDA>\n"
        assert instantiate(tmp_path, "--eval", ".", "--arg", "n", "2", "-A", "").out == "2\n"
        assert instantiate(tmp_path, "--eval", "<n>", "-I", "n=.").out == "<LAMBDA>\n"
        assert instantiate(tmp_path, "--eval", "-", stdin="import ./. { }").out == "1\n"
        made = instantiate(tmp_path, "--eval", "missing")
        assert (made.code, made.err) == (1, f"error: path '{tmp_path}/missing' does not exist\n")

    def test_what_was_printed_before_an_error_stays(self, tmp_path: Path) -> None:
        made = instantiate(tmp_path, "--eval", "-E", "[ 1 2 ]", "-A", "1", "-A", "2")
        assert (made.code, made.out) == (1, "2\n")
        made = instantiate(tmp_path, "--eval", "--strict", "--xml", "-E", '{ a = 1; b = throw "x"; }')
        assert made.code == 1 and '<int value="1" />' in made.out and made.out.endswith("</expr>\n")
        half = '[ "a" (builtins.substring 0 1 "é") ]'
        made = instantiate(tmp_path, "--eval", "--strict", "--json", "-E", half)
        assert (made.code, made.out) == (1, '["a","')

    def test_arguments(self, tmp_path: Path) -> None:
        (tmp_path / "text").write_text("from a file")
        function = "{ a, b, c, d }: [ a b c d ]"
        words = ["--arg", "a", "1 + 1", "--argstr", "b", "1 + 1", "--arg-from-file", "c", "text"]
        made = instantiate(
            tmp_path, "--eval", "--strict", *words, "--arg-from-stdin", "d", "-E", function, stdin="read"
        )
        assert made.out == '[ 2 "1 + 1" "from a file" "read" ]\n'

    def test_arguments_are_evaluated_when_needed_but_parsed_at_once(self, tmp_path: Path) -> None:
        assert evaluated(tmp_path, "{ a }: 1", "--arg", "a", 'throw "x"') == "1"
        made = instantiate(tmp_path, "--eval", "--arg", "a", "1 +", "-E", "1")
        assert made.code == 1 and "syntax error" in made.err

    def test_parsing_only(self, tmp_path: Path) -> None:
        assert instantiate(tmp_path, "--parse", "-E", "x: ./y").out == f"(x: {tmp_path}/y)\n"

    def test_finding_files(self, tmp_path: Path) -> None:
        (tmp_path / "x").write_text("")
        assert instantiate(tmp_path, "--find-file", "x", "a", "-I", ".", "-I", "a=x").out == (
            f"{tmp_path}/x\n{tmp_path}/x\n"
        )
        made = instantiate(tmp_path, "--find-file", "nix/fetchurl.nix")
        assert (made.code, made.err) == (1, "error: '<nix/fetchurl.nix>' has no physical path\n")

    def test_version(self, tmp_path: Path) -> None:
        assert instantiate(tmp_path, "--version", "--nonsense").out == "nix-instantiate (Nix) 2.34.8\n"

    def test_how_much_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "x.nix").write_text("1")
        program = 'builtins.warn "w" (builtins.trace "t" (import ./x.nix))'
        said = {
            quiet: instantiate(tmp_path, "--eval", *["--quiet"] * quiet, "-E", program).err
            for quiet in (2, 3)
        }
        assert said == {2: "evaluation warning: w\ntrace: t\n", 3: "trace: t\n"}
        files = instantiate(tmp_path, "-v", "--eval", "-E", "import ./x.nix").err.splitlines()
        assert files[1:] == [f"evaluating file '{tmp_path}/x.nix'"]

    def test_statistics(self, tmp_path: Path) -> None:
        path = tmp_path / "figures"
        made = instantiate(
            tmp_path,
            "--eval",
            "-E",
            "1",
            NIX_SHOW_STATS="1",
            NIX_SHOW_STATS_PATH=str(path),
            NIX_COUNT_CALLS="1",
        )
        figures = json.loads(path.read_text())
        assert (made.out, made.err) == ("1\n", "")
        assert figures["symbols"]["number"] > 0 and figures["cpuTime"] > 0
        assert {"envs", "gc", "nrThunks", "primops", "values"} < set(figures)


class TestInstantiating:
    def test_what_is_no_derivation(self, tmp_path: Path) -> None:
        for expression in ("1", "[ 1 ]", "x: x"):
            made = instantiate(tmp_path, "-E", expression)
            assert (made.code, made.err) == (
                1,
                "error: expression does not evaluate to a derivation (or a set or list of those)\n",
            )
        assert instantiate(tmp_path, "-E", "{ a = 1; }").out == ""

    def test_derivations(self, tmp_path: Path) -> None:
        path = "/nix/store/" + "0" * 32 + "-x.drv"
        make = f'o: {{ type = "derivation"; name = "x"; drvPath = "{path}"; outputName = o; }}'
        program = f'let d = {make}; in [ (d "out") {{ a = d "dev"; b = {{ c = throw "not entered"; }}; }} ]'
        made = instantiate(tmp_path, "-E", program)
        assert made.out == f"{path}\n{path}!dev\n"
        assert made.err.startswith("warning: you did not specify '--add-root'") and made.err.count("\n") == 1
        assert instantiate(tmp_path, "--no-gc-warning", "-E", program).err == ""

    def test_a_derivation_needs_a_store(self, tmp_path: Path) -> None:
        made = instantiate(tmp_path, "-E", 'derivation { name = "x"; builder = "b"; system = "s"; }')
        assert made.code == 1 and "needs a store" in made.err


class TestFlags:
    def read(self, *words: str) -> CommandLine:
        line = CommandLine(list(words), Configuration(lambda text: None), Program("x", {}))
        line.read()
        return line

    def test_joined(self) -> None:
        line = self.read("-vEj3", "1", "-I.", "-Ix")
        assert line.request.are_expressions and line.configuration.text("max-jobs") == "3"
        assert (line.request.includes, line.request.files) == ([".", "-x"], ["1"])

    def test_settings(self) -> None:
        line = self.read(
            *("--show-trace", "--no-eval-cache", "--max-call-depth", "5", "--allowed-uris", "a b"),
            *("--extra-allowed-uris", "c", "--option", "eval-system", "s"),
        )
        configuration = line.configuration
        assert configuration.is_true("show-trace") and not configuration.is_true("eval-cache")
        assert configuration.number("max-call-depth", 1) == 5
        assert configuration.words("allowed-uris") == ["a", "b", "c"]
        assert configuration.text("eval-system") == "s"

    def test_impure_and_pure(self) -> None:
        assert not self.read("--pure-eval", "--impure").configuration.is_true("pure-eval")
        assert self.read("--impure", "--pure-eval").configuration.is_true("pure-eval")

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (["--nonsense"], "unrecognised flag '--nonsense'"),
            (["--no-max-call-depth"], "unrecognised flag '--no-max-call-depth'"),
            (["--pure-eval=true"], "unrecognised flag '--pure-eval=true'"),
            (["--", "--nonsense"], "unexpected argument '--nonsense'"),
            (["-A"], "'-A' requires an argument"),
            (["--arg", "x"], "flag '--arg' requires 2 argument(s), but only 1 were given"),
            (["-I"], "flag '-I' requires 1 argument(s), but only 0 were given"),
            (["--max-call-depth", "x"], "setting 'max-call-depth' has invalid value 'x'"),
            (["--max-call-depth", "4294967296"], "setting 'max-call-depth' has invalid value '4294967296'"),
            (["-jx"], "configuration setting 'max-jobs' should be 'auto' or an integer"),
            (
                ["--lint-url-literals", "x"],
                "option 'lint-url-literals' has invalid value 'x' (expected 'ignore', 'warn', or 'fatal')",
            ),
        ],
    )
    def test_misuse(self, words: list[str], message: str) -> None:
        with pytest.raises(UsageError) as misuse:
            self.read(*words)
        assert str(misuse.value) == message

    def test_misuse_is_shown_with_advice(self, tmp_path: Path) -> None:
        assert misused(tmp_path, "--nonsense") == "unrecognised flag '--nonsense'"

    def test_an_option_that_makes_no_sense_is_only_warned_about(self, tmp_path: Path) -> None:
        assert warned(tmp_path, "--option", "pure-eval", "x", "--option", "nonsense", "x") == (
            "warning: Boolean setting 'pure-eval' has invalid value 'x'\n"
            "warning: unknown setting 'nonsense'\n"
        )

    def test_flags_of_features(self, tmp_path: Path) -> None:
        made = instantiate(tmp_path, "--accept-flake-config", "--eval", "-E", "1")
        assert (made.code, made.err) == (
            1,
            "error: experimental Nix feature 'flakes' is disabled;"
            " add '--extra-experimental-features flakes' to enable it\n",
        )


class TestConfiguration:
    def system(self, folder: Path, **variables: str) -> str:
        """The system according to the configuration."""
        return evaluated(folder, "builtins.currentSystem", "--raw", **variables)

    def test_files(self, tmp_path: Path) -> None:
        """Of several the last to be read counts: the machine's, the user's, the environment."""

        def configure(path: str, system: str) -> str:
            (tmp_path / path).mkdir(parents=True)
            (tmp_path / path / "nix.conf").write_text(f"# a comment\neval-system = {system} # another\n")
            return str(tmp_path / path / "nix.conf")

        configure("etc", "machine")
        assert self.system(tmp_path) == "machine"
        configure("xdg/nix", "everybody")
        assert self.system(tmp_path) == "everybody"
        configure(".config/nix", "user")
        assert self.system(tmp_path) == "user"
        named = configure("named", "named")
        assert self.system(tmp_path, NIX_USER_CONF_FILES=f"{tmp_path}/none:{named}") == "named"
        assert self.system(tmp_path, NIX_CONFIG="eval-system = environment") == "environment"
        assert self.system(tmp_path, NIX_USER_CONF_FILES="") == "machine"

    def test_including(self, tmp_path: Path) -> None:
        (tmp_path / "etc").mkdir()
        main = tmp_path / "etc" / "nix.conf"
        (tmp_path / "etc" / "other.conf").write_text("eval-system = other")
        main.write_text("include other.conf\n!include missing.conf\n")
        assert self.system(tmp_path) == "other"
        main.write_text("include missing.conf")
        made = instantiate(tmp_path, "--eval", "-E", "1")
        assert made.err == f'error: file "{tmp_path}/etc/missing.conf" included from "{main}" not found\n'
        main.write_text("include nix.conf")
        assert instantiate(tmp_path, "--eval", "-E", "1").code == 1

    @pytest.mark.parametrize("line", ["word", "two words", "a=b"])
    def test_syntax(self, tmp_path: Path, line: str) -> None:
        message = misused(tmp_path, NIX_CONFIG=line)
        assert message == f"syntax error in configuration line '{line}' in \"NIX_CONFIG\""

    def test_values(self, tmp_path: Path) -> None:
        assert (
            misused(tmp_path, NIX_CONFIG="pure-eval = x")
            == "Boolean setting 'pure-eval' has invalid value 'x'"
        )
        assert warned(tmp_path, NIX_CONFIG="b = 1\na = 2\nextra-pure-eval = true") == (
            "warning: unknown setting 'a'\nwarning: unknown setting 'b'\n"
            "warning: unknown setting 'extra-pure-eval'\n"
        )

    def test_features(self, tmp_path: Path) -> None:
        pipe = "1 |> (x: x)"
        assert evaluated(tmp_path, pipe, NIX_CONFIG="experimental-features = pipe-operators") == "1"
        assert evaluated(tmp_path, pipe, "--extra-experimental-features", "pipe-operators") == "1"
        assert warned(tmp_path, NIX_CONFIG="experimental-features = nonsense") == (
            "warning: unknown experimental feature 'nonsense'\n"
        )

    def test_the_lookup_path(self, tmp_path: Path) -> None:
        shown = 'map (e: e.prefix + "=" + e.path) __nixPath'
        words = ["-I", "a=/a"]
        configured = "nix-path = b=/b /c"
        assert evaluated(tmp_path, shown, *words, NIX_CONFIG=configured) == '[ "a=/a" "b=/b" "=/c" ]'
        assert evaluated(tmp_path, shown, *words, NIX_CONFIG=configured, NIX_PATH="d=/d:/e") == (
            '[ "a=/a" "d=/d" "=/e" ]'
        )
        assert evaluated(tmp_path, shown, NIX_PATH="", NIX_CONFIG=configured) == "[ ]"
        (tmp_path / ".nix-defexpr" / "channels").mkdir(parents=True)
        assert evaluated(tmp_path, shown) == f'[ "={tmp_path}/.nix-defexpr/channels" ]'
        assert evaluated(tmp_path, shown, "--restrict-eval", "-I", "a=.") == '[ "a=." ]'
        assert evaluated(tmp_path, shown, "--pure-eval", *words) == "[ ]"

    def test_numbers(self) -> None:
        configuration = Configuration(lambda text: None)
        for text, number in (("5", 5), ("+5", 5), ("2K", 2048), ("1m", 1 << 20)):
            configuration.assign("max-call-depth", text)
            assert configuration.number("max-call-depth", 0) == number
        for text in ("", "-1", "x", "1X", "K", "\xb2", "9" * 5000):
            with pytest.raises(UsageError):
                configuration.assign("max-call-depth", text)

    def test_what_belongs_to_a_feature(self) -> None:
        said: list[str] = []
        configuration = Configuration(said.append)
        configuration.assign("accept-flake-config", "true")
        assert said == [
            "Ignoring setting 'accept-flake-config' because experimental feature 'flakes' is not enabled"
        ]
        configuration.assign("experimental-features", "flakes")
        assert configuration.has_feature("fetch-tree")

    def test_aliases(self) -> None:
        configuration = Configuration(lambda text: None)
        configuration.assign("binary-caches", "a")
        assert configuration.words("substituters") == ["a"]


class TestWhatMayBeSeen:
    FORBIDDEN = "is forbidden in restricted mode\n"
    FORBIDDEN_PURE = "is forbidden in pure evaluation mode (use '--impure' to override)\n"

    def test_restricted(self, tmp_path: Path) -> None:
        (tmp_path / "x.nix").write_text("1")
        path = f"access to absolute path '{tmp_path}/x.nix' "
        for words in (
            ["x.nix"],
            ["-E", "import ./x.nix"],
            ["-E", '"${./x.nix}"'],
            ["-E", "__readFile ./x.nix"],
        ):
            made = instantiate(tmp_path, "--eval", "--restrict-eval", *words)
            assert made.code == 1 and made.err.endswith(path + self.FORBIDDEN), made
            made = instantiate(tmp_path, "--eval", "--pure-eval", *words)
            assert made.code == 1 and made.err.endswith(path + self.FORBIDDEN_PURE), made
        assert instantiate(tmp_path, "--eval", "--restrict-eval", "-I", ".", "x.nix").out == "1\n"

    def test_the_lookup_path_is_looked_at_first(self, tmp_path: Path) -> None:
        assert warned(tmp_path, "--restrict-eval", "-I", "x=missing") == (
            "warning: Nix search path entry 'missing' does not exist, ignoring\n"
        )
        (tmp_path / "link").symlink_to("/etc")
        assert "'link' does not exist" in warned(tmp_path, "--restrict-eval", "-I", "x=link")

    def test_pure(self, tmp_path: Path) -> None:
        expression = '[ (builtins ? currentTime) (builtins ? currentSystem) (__getEnv "HOME") __nixPath ]'
        assert evaluated(tmp_path, expression, "--pure-eval") == '[ false false "" [ ] ]'
        assert evaluated(tmp_path, expression, "--restrict-eval") == '[ true true "" [ ] ]'
        made = instantiate(tmp_path, "--eval", "--pure-eval", "-E", "~/x")
        assert made.err == "error: the path '~/x' can not be resolved in pure mode\n"


def test_log_formats(tmp_path: Path) -> None:
    program = 'builtins.trace "t" (builtins.warn "w" (1 +\n 9223372036854775807))'
    made = instantiate(tmp_path, "--log-format", "internal-json", "--eval", "-E", program)
    records = [json.loads(line.removeprefix("@nix ")) for line in made.err.splitlines()]
    assert records[0] == {"action": "msg", "level": 0, "msg": "trace: t"}
    assert records[1] == {
        **{"action": "msg", "level": 1, "column": 0, "line": 0, "file": "«none»:0"},
        **{"msg": "\x1b[35;1mevaluation warning:\x1b[0m w", "raw_msg": "w"},
    }
    assert (records[2]["level"], records[2]["line"], records[2]["raw_msg"]) == (
        0,
        2,
        "integer overflow in adding \x1b[35;1m1\x1b[0m + \x1b[35;1m9223372036854775807\x1b[0m",
    )
    assert warned(tmp_path, "--log-format", "bar") == ""
    with pytest.raises(NixError, match="option 'log-format' has an invalid value 'x'"):
        CommandLine(["--log-format", "x"], Configuration(lambda text: None), Program("x", {})).read()
