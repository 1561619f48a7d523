"""The debug adapter, driven as an editor drives it."""

from __future__ import annotations

from pathlib import Path

import pytest

from .client import Client

PROGRAM = """\
let
  double = x: x * 2;
  make = { a, b ? throw "never", ... }@all:
    let
      doubled = double a;
      list = [ a doubled (throw "lazy") ];
      set = { inherit a; deep.er = 1; };
    in
    doubled
      + builtins.length list + set.a;
in
make { a = 4; } + make { a = 1; }
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.nix"
    path.write_text(PROGRAM)
    return path


@pytest.mark.parametrize("by_port", [False, True])
def test_a_session(program: Path, by_port: bool) -> None:
    client = Client(program.parent, by_port=by_port)
    set_ = client.launch({program: [10, 11]}, program=str(program))
    assert set_ == [{"verified": True, "line": 10}, {"verified": True, "line": 12}]

    assert client.stopped()["reason"] == "breakpoint"  # line 12
    assert client.frames() == [("program.nix", 12)]
    client.ask("continue", threadId=1)
    assert client.stopped()["reason"] == "breakpoint"
    assert client.ask("threads") == {"threads": [{"id": 1, "name": "evaluation"}]}
    assert client.frames() == [("make", 10), ("program.nix", 12)]

    scopes = client.ask("scopes", frameId=1)["scopes"]
    assert [scope["name"] for scope in scopes] == ["Locals", "Enclosing", "Enclosing", "Builtins"]
    variables = client.unfold(scopes[0]["variablesReference"])
    assert list(variables) == ["doubled", "list", "set"]
    assert all(each["value"] == "«thunk»" for each in variables.values())
    assert all(each["presentationHint"] == {"lazy": True} for each in variables.values())
    arguments = client.unfold(scopes[1]["variablesReference"])
    assert arguments["a"]["value"] == "4" and arguments["a"]["type"] == "an integer"
    assert arguments["b"]["value"] == "«thunk»"

    # Unfolding what is lazy evaluates it, and nothing inside of it.
    (made,) = client.unfold(variables["list"]["variablesReference"]).values()
    assert (made["type"], made["indexedVariables"]) == ("a list", 3)
    items = client.unfold(made["variablesReference"])
    assert [items[name]["value"] for name in ("0", "1", "2")] == ["4", "«thunk»", "«thunk»"]
    part = client.unfold(made["variablesReference"], start=1, count=1)
    assert list(part) == ["1"]
    assert "lazy" in client.refused("variables", variablesReference=items["2"]["variablesReference"])

    assert client.ask("evaluate", expression="a + 1", frameId=1)["result"] == "5"
    assert client.ask("evaluate", expression="doubled", frameId=1, context="hover")["result"] == "«thunk»"
    assert client.ask("evaluate", expression="doubled", frameId=1, context="watch")["result"] == "8"
    assert client.locals()["doubled"]["value"] == "8"
    assert "undefined variable 'nope'" in client.refused("evaluate", expression="nope", frameId=1)
    assert "undefined variable 'a'" in client.refused("evaluate", expression="a", frameId=2)

    client.ask("continue", threadId=1)
    assert client.stopped()["reason"] == "breakpoint"
    assert client.ask("evaluate", expression="a", frameId=1)["result"] == "1"
    client.ask("continue", threadId=1)
    assert client.end() == 0
    assert client.output("stdout") == "21\n"


def test_steps(tmp_path: Path) -> None:
    path = tmp_path / "a.nix"
    path.write_text("let\n  f = x:\n    g (x + 1);\n  g = y:\n    y * 2;\nin\nf 1\n  + f 2\n")
    client = Client(tmp_path)
    client.launch(program="a.nix", stopOnEntry=True)
    assert client.stopped()["reason"] == "entry"
    assert client.frames() == [("a.nix", 8)]  # the sum: where its operator is

    def go(how: str) -> list[tuple[str, int]]:
        client.ask(how, threadId=1)
        assert client.stopped()["reason"] == "step"
        return client.frames()

    assert go("stepIn") == [("a.nix", 7)]
    assert go("stepIn") == [("f", 3), ("a.nix", 7)]
    assert go("stepIn") == [("f", 3), ("a.nix", 7)]  # x + 1, which g wants first of all
    assert go("stepIn") == [("g", 5), ("f", 3), ("a.nix", 7)]
    assert go("stepOut") == [("a.nix", 8)]
    assert go("stepIn") == [("f", 3), ("a.nix", 8)]
    assert go("next") == [("f", 3), ("a.nix", 8)]
    client.ask("next", threadId=1)
    assert client.end() == 0
    assert client.output("stdout") == "10\n"


def test_next_does_not_enter_calls(tmp_path: Path) -> None:
    path = tmp_path / "a.nix"
    path.write_text("let\n  f = x:\n    x + 1;\nin\n[\n  (f 1)\n  (f 2)\n]\n")
    client = Client(tmp_path)
    client.launch({path: [6]}, program=str(path), strict=True)
    assert client.stopped()["reason"] == "breakpoint"
    client.ask("next", threadId=1)
    client.stopped()
    assert client.frames() == [("a.nix", 7)]
    client.ask("continue", threadId=1)
    assert client.end() == 0


def test_errors(tmp_path: Path) -> None:
    path = tmp_path / "a.nix"
    path.write_text(
        "let\n  check = n: throw ''no ${n}'';\nin\n(builtins.tryEval (check ''a'')).success || check ''b''\n"
    )
    client = Client(tmp_path)
    client.launch(program=str(path))
    stop = client.stopped()
    assert (stop["reason"], stop["text"]) == ("exception", "no b")
    info = client.ask("exceptionInfo", threadId=1)
    assert (info["description"], info["breakMode"]) == ("no b", "unhandled")
    assert client.frames() == [("check", 2), ("a.nix", 4)]
    assert client.locals()["n"]["value"] == '"b"'
    client.ask("continue", threadId=1)
    assert client.end() == 1
    assert "error: no b" in client.output("stderr")


def test_errors_that_are_caught(tmp_path: Path) -> None:
    client = Client(tmp_path)
    client.ask("initialize", adapterID="tvix")
    client.ask("launch", expression="(builtins.tryEval (throw ''x'')).success")
    client.ask("setExceptionBreakpoints", filters=["caught"])
    client.ask("configurationDone")
    assert client.stopped()["text"] == "x"
    client.ask("continue", threadId=1)
    assert client.end() == 0
    assert client.output("stdout") == "false\n"


def test_break_and_what_a_program_says(tmp_path: Path) -> None:
    client = Client(tmp_path)
    client.launch(expression="builtins.trace ''hi'' (f: builtins.break (f 3)) (x: x)", json=True)
    stop = client.stopped()
    assert (stop["reason"], stop["description"]) == ("breakpoint", "Paused on builtins.break")
    client.ask("continue", threadId=1)
    assert client.end() == 0
    assert client.output("stderr") == "trace: hi\n"
    assert client.output("stdout") == "3\n"


def test_arguments_and_attributes(tmp_path: Path) -> None:
    (tmp_path / "a.nix").write_text("{ n, name }: { x.y = name + toString (n + 1); }")
    client = Client(tmp_path)
    client.launch(program="a.nix", args={"n": "41"}, argstr={"name": "n"}, attr="x.y")
    assert client.end() == 0
    assert client.output("stdout") == '"n42"\n'


def test_pause_and_new_breakpoints_while_it_runs(tmp_path: Path) -> None:
    path = tmp_path / "a.nix"
    path.write_text(
        "let\n  loop = n:\n    if n == 0\n    then 0\n    else loop (n - 1);\nin\nmap (n: loop 1000) (builtins.genList (n: n) 100000)\n"
    )
    client = Client(tmp_path)
    client.launch(program=str(path), strict=True)
    client.ask("pause", threadId=1)
    assert client.stopped()["reason"] == "pause"
    client.ask("continue", threadId=1)
    found = client.ask("setBreakpoints", source={"path": str(path)}, breakpoints=[{"line": 3}])
    assert found == {"breakpoints": [{"verified": True, "line": 3}]}
    assert client.stopped()["reason"] == "breakpoint"
    assert client.frames()[0] == ("loop", 3)
    client.ask("setBreakpoints", source={"path": str(path)}, breakpoints=[])
    client.ask("continue", threadId=1)
    client.ask("terminate")
    assert client.end() == 1


def test_leaving_in_the_middle(tmp_path: Path) -> None:
    client = Client(tmp_path)
    client.launch(expression="builtins.break 1")
    client.stopped()
    client.ask("disconnect")
    assert client.left() == 1
    gone = Client(tmp_path)
    gone.launch(expression="builtins.break 1")
    gone.stopped()
    gone.writer.close()
    assert gone.left() == 1


def test_what_is_wrong_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.nix").write_text("1 +")
    client = Client(tmp_path)
    client.ask("initialize", adapterID="tvix")
    assert "'nope' is not supported" in client.refused("nope")
    assert "not stopped" in client.refused("continue", threadId=1)
    assert "not stopped" in client.refused("stackTrace", threadId=1)
    assert "nothing was launched yet" in client.refused("setBreakpoints", source={"path": "x"})
    client.ask("launch", program="bad.nix")
    assert "was launched before" in client.refused("launch", program="bad.nix")
    assert "wrong arguments" in client.refused("setBreakpoints", nothing=1)
    path = str(tmp_path / "bad.nix")
    (found,) = client.ask("setBreakpoints", source={"path": path}, breakpoints=[{"line": 1}])["breakpoints"]
    assert not found["verified"] and "syntax error" in found["message"]
    client.ask("configurationDone")
    assert client.end() == 1
    assert "syntax error" in client.output("stderr")


def test_what_is_no_message_ends_it(tmp_path: Path) -> None:
    client = Client(tmp_path)
    client.writer.write(b"Content-Length: 3\r\n\r\nfoo")
    client.writer.flush()
    assert "not JSON" in client.wait("output")["output"]
    assert client.left() == 0


def test_an_editor_that_counts_from_nothing(program: Path) -> None:
    client = Client(program.parent)
    client.ask("initialize", adapterID="tvix", linesStartAt1=False, columnsStartAt1=False)
    client.ask("launch", program=str(program))
    found = client.ask("setBreakpoints", source={"path": str(program)}, breakpoints=[{"line": 9}])
    assert found == {"breakpoints": [{"verified": True, "line": 9}]}
    client.ask("configurationDone")
    client.stopped()
    frame = client.ask("stackTrace", threadId=1, startFrame=0, levels=1)["stackFrames"][0]
    assert (frame["name"], frame["line"], frame["column"]) == ("make", 9, 6)
    client.ask("disconnect")
    assert client.left() == 1


def test_what_is_asked_wrongly_where_it_has_stopped(tmp_path: Path) -> None:
    client = Client(tmp_path)
    client.launch(expression="builtins.break { a = 1; }")
    client.stopped()
    for command, arguments in (
        ("variables", {"variablesReference": 99}),
        ("scopes", {"frameId": 99}),
        ("evaluate", {}),
        ("evaluate", {"expression": "1 +"}),
        ("evaluate", {"expression": "throw ''x''"}),
        ("evaluate", {"expression": "let f = n: f (n + 1); in f 0"}),
        ("exceptionInfo", {}),
    ):
        assert "internal error" not in client.refused(command, **arguments)
    assert client.ask("evaluate", expression="{ b = 2; }")["result"] == "{ b = 2; }"
    client.ask("continue", threadId=1)
    assert client.end() == 0
    assert client.output("stdout") == "{ a = 1; }\n"
