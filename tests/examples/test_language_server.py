"""The language server in examples/, driven as an editor does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..importing import ROOT
from ..tvix_eval.running import environment

PROGRAM = str(ROOT / "examples" / "language_server.py")
TEXT = """\
{ lib, x }:
let
  # 𝄞
  /** How many. */
  count = 2; s = "𝄞"; set = { inner.deep = count; };
in
lib.twice (count + set.inner.deep)
"""


class Client:
    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, PROGRAM, "lib={ twice = n: n + n; }"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder,
            env=environment(folder),
        )
        self.uri = (folder / "a.nix").as_uri()
        self.requests = 0

    def send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        header = self.process.stdout.readline()
        self.process.stdout.readline()
        message: dict[str, Any] = json.loads(self.process.stdout.read(int(header.split(b":")[1])))
        return message

    def request(self, method: str, parameters: dict[str, Any]) -> Any:
        self.requests += 1
        self.send({"id": self.requests, "method": method, "params": parameters})
        answer = self.receive()
        assert answer["id"] == self.requests
        return answer.get("result", answer.get("error"))

    def at(self, method: str, part: str, after: int = 0) -> Any:
        """Ask about the last place of a part of the text."""
        before = self.text[: self.text.rindex(part) + after]
        line = before.count("\n")
        column = len(before[before.rfind("\n") + 1 :].encode("utf-16-le")) // 2
        position = {"line": line, "character": column}
        return self.request(
            f"textDocument/{method}", {"textDocument": {"uri": self.uri}, "position": position}
        )

    def open(self, text: str) -> list[dict[str, Any]]:
        """Returns the diagnostics."""
        self.text = text
        self.send(
            {"method": "textDocument/didOpen", "params": {"textDocument": {"uri": self.uri, "text": text}}}
        )
        diagnostics: list[dict[str, Any]] = self.receive()["params"]["diagnostics"]
        return diagnostics


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    made = Client(tmp_path)
    assert made.request("initialize", {})["capabilities"]["definitionProvider"] is True
    yield made
    assert made.request("shutdown", {}) is None
    made.send({"method": "exit"})
    assert made.process.wait(10) == 0
    for stream in (made.process.stdin, made.process.stdout):
        assert stream is not None
        stream.close()


def test_a_session(client: Client, tmp_path: Path) -> None:
    assert client.open(TEXT) == []
    definition = client.at("definition", "count + set")
    assert definition["range"]["start"] == {"line": 4, "character": 2}
    assert definition["range"]["end"] == {"line": 4, "character": 7}
    lines = {each["range"]["start"]["line"] for each in client.at("references", "count + set")}
    assert lines == {4, 6}
    assert client.at("definition", "deep)")["range"]["start"] == {"line": 4, "character": 31}
    assert "How many." in client.at("hover", "count + set")["contents"]["value"]
    assert "`2`" in client.at("hover", "count + set")["contents"]["value"]
    assert "`2`" in client.at("hover", "deep)")["contents"]["value"]
    labels = [each["label"] for each in client.at("completion", "twice", 1)]
    assert labels == ["twice"]


def test_a_text_that_is_not_right(client: Client) -> None:
    (found,) = client.open("let s = { ab = 1; }; in /* 𝄞 */ s.")
    assert found["message"].startswith("syntax error, unexpected end of file")
    (completion,) = client.at("completion", "s.", 2)
    assert completion["label"] == "ab"
    assert [each["message"] for each in client.open("a + 1")] == ["undefined variable 'a'"]


def test_other_files(client: Client, tmp_path: Path) -> None:
    (tmp_path / "other file.nix").write_text('{\n  "é" = 1; target = 2;\n}')
    client.open('let p = import (./. + "/other file.nix"); in p.target')
    found = client.at("definition", "target")
    assert found["uri"] == (tmp_path / "other file.nix").as_uri()
    assert found["range"]["start"] == {"line": 1, "character": 11}


def test_what_is_unknown(client: Client) -> None:
    client.open("x: x.y")
    assert client.at("definition", "y") is None
    assert client.at("completion", "y", 1) == []
    assert client.request("textDocument/rename", {})["code"] == -32601


def test_wrong_messages(client: Client) -> None:
    assert client.request("textDocument/hover", {})["code"] == -32602
    client.send({"method": "textDocument/didOpen", "params": {}})
    client.send({"method": "$/whatever"})
    assert client.request("textDocument/hover", {"textDocument": {"uri": "file:///x"}})["code"] == -32602
