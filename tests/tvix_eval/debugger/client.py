"""A client of the Debug Adapter Protocol, as an editor has one."""

from __future__ import annotations

import json
import socket
import subprocess
from collections import deque
from pathlib import Path
from typing import IO, Any

from ..running import PROGRAM, environment


class Client:
    """Talks to ``tvix-eval dap`` in `folder`, by its input and output or by a port."""

    def __init__(self, folder: Path, *flags: str, by_port: bool = False) -> None:
        words = [*PROGRAM, "dap", *flags, *(["--port", "0"] if by_port else [])]
        self.process = subprocess.Popen(
            words,
            cwd=folder,
            env=environment(folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self.process.stdin is not None and self.process.stdout is not None
        self.writer: IO[bytes] = self.process.stdin
        self.reader: IO[bytes] = self.process.stdout
        self.socket: socket.socket | None
        if by_port:
            assert self.process.stderr is not None
            line = self.process.stderr.readline().decode()
            assert line.startswith("listening on 127.0.0.1:")
            self.socket = socket.create_connection(("127.0.0.1", int(line.rpartition(":")[2])), 20)
            self.reader = self.socket.makefile("rb")
            self.writer = self.socket.makefile("wb")
        else:
            self.socket = None
        self.number = 0
        self.events: deque[dict[str, Any]] = deque()

    def send(self, command: str, **arguments: Any) -> int:
        self.number += 1
        message = {"seq": self.number, "type": "request", "command": command, "arguments": arguments}
        body = json.dumps(message).encode()
        self.writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.writer.flush()
        return self.number

    def message(self) -> dict[str, Any]:
        length = 0
        while (line := self.reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            assert name == b"Content-Length"
            length = int(value)
        assert line, "the adapter has gone"
        found = json.loads(self.reader.read(length))
        assert isinstance(found, dict)
        return found

    def response(self, number: int) -> dict[str, Any]:
        while True:
            message = self.message()
            if message["type"] == "response" and message["request_seq"] == number:
                return message
            assert message["type"] == "event", message
            self.events.append(message)

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """The body of a response that says it went well."""
        answer = self.response(self.send(command, **arguments))
        assert answer["success"], answer
        body = answer["body"]
        assert isinstance(body, dict)
        return body

    def refused(self, command: str, **arguments: Any) -> str:
        answer = self.response(self.send(command, **arguments))
        assert not answer["success"], answer
        return str(answer["message"])

    def wait(self, name: str) -> dict[str, Any]:
        """The body of the next event of a kind; others before it are dropped, but output is kept."""
        kept: list[dict[str, Any]] = []
        while True:
            message = self.events.popleft() if self.events else self.message()
            if message["type"] == "event" and message["event"] == name:
                self.events.extendleft(reversed(kept))
                body = message["body"]
                assert isinstance(body, dict)
                return body
            if message["type"] == "event" and message["event"] == "output":
                kept.append(message)

    def launch(self, stops: dict[Path, list[int]] | None = None, **arguments: Any) -> list[dict[str, Any]]:
        """From the beginning to where the evaluation runs. The breakpoints, as they were set."""
        self.ask("initialize", adapterID="tvix", linesStartAt1=True, columnsStartAt1=True)
        self.ask("launch", **arguments)
        self.wait("initialized")
        found: list[dict[str, Any]] = []
        for path, lines in (stops or {}).items():
            body = self.ask(
                "setBreakpoints", source={"path": str(path)}, breakpoints=[{"line": line} for line in lines]
            )
            found += body["breakpoints"]
        self.ask("configurationDone")
        return found

    def stopped(self) -> dict[str, Any]:
        return self.wait("stopped")

    def frames(self) -> list[tuple[str, int]]:
        body = self.ask("stackTrace", threadId=1)
        return [(frame["name"], frame["line"]) for frame in body["stackFrames"]]

    def locals(self, frame: int = 1) -> dict[str, dict[str, Any]]:
        scopes = self.ask("scopes", frameId=frame)["scopes"]
        return self.unfold(scopes[0]["variablesReference"])

    def unfold(self, reference: int, **part: int) -> dict[str, dict[str, Any]]:
        found = self.ask("variables", variablesReference=reference, **part)["variables"]
        return {each["name"]: each for each in found}

    def output(self, category: str) -> str:
        """What has been said so far."""
        events = [each["body"] for each in self.events if each["event"] == "output"]
        return "".join(each["output"] for each in events if each["category"] == category)

    def end(self) -> int:
        """Wait for the evaluation, and leave. What it said is in `events`."""
        code = int(self.wait("exited")["exitCode"])
        self.wait("terminated")
        self.ask("disconnect")
        assert self.left() == code
        return code

    def left(self) -> int:
        """Wait for the adapter to end; its exit code."""
        code = self.process.wait(20)
        self.close()
        return code

    def close(self) -> None:
        for stream in (
            self.writer,
            self.reader,
            self.process.stdin,
            self.process.stdout,
            self.process.stderr,
        ):
            if stream is not None:
                stream.close()
        if self.socket is not None:
            self.socket.close()
