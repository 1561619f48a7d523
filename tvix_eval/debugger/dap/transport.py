"""Messages of the Debug Adapter Protocol: JSON with a header that says how long it is."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST: Final = 1 << 26  # bytes of a message
BLOCK: Final = 1 << 16


class ProtocolError(Exception):
    """The other side does not speak the protocol."""


class Transport:
    """Reads from one thread, writes from any.

    `receive(n)` waits for some bytes, at most n, and has none at the end; `send` takes all it is given. There
    is no file between: one whose reader waits can't be closed.
    """

    def __init__(self, receive: Callable[[int], bytes], send: Callable[[bytes], object]) -> None:
        self.receive: Final = receive
        self.send: Final = send
        self.lock: Final = threading.Lock()
        self.number = 0
        self.rest = b""

    def read(self) -> dict[str, Any] | None:
        """The next message; None when the other side has gone. Raises ProtocolError, OSError."""
        length = -1
        while line := self.line():
            if not line.strip():
                break
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length" and value.strip().isdigit():
                length = int(value)
        else:
            return None
        if not 0 <= length <= LONGEST:
            raise ProtocolError("a message without Content-Length")
        while len(self.rest) < length:
            if not self.fill():
                return None
        body, self.rest = self.rest[:length], self.rest[length:]
        try:
            message = json.loads(body)
        except (ValueError, RecursionError):
            raise ProtocolError("a message that is not JSON") from None
        if not isinstance(message, dict):
            raise ProtocolError("a message that is no object")
        return message

    def line(self) -> bytes:
        """With its end; empty when there is no more. Raises ProtocolError."""
        while b"\n" not in self.rest:
            if len(self.rest) > BLOCK:
                raise ProtocolError("a header without end")
            if not self.fill():
                return b""
        line, end, self.rest = self.rest.partition(b"\n")
        return line + end

    def fill(self) -> bool:
        block = self.receive(BLOCK)
        self.rest += block
        return bool(block)

    def write(self, message: dict[str, Any]) -> None:
        """Number a message and send it. Nothing happens when the other side has gone."""
        with self.lock:
            self.number += 1
            body = json.dumps({"seq": self.number, **message}).encode()
            try:
                self.send(b"Content-Length: %d\r\n\r\n" % len(body) + body)
            except OSError:
                pass

    def event(self, name: str, **body: Any) -> None:
        self.write({"type": "event", "event": name, "body": body})

    def respond(self, request: dict[str, Any], body: dict[str, Any]) -> None:
        self.write({**response_to(request), "success": True, "body": body})

    def refuse(self, request: dict[str, Any], message: str) -> None:
        error = {"id": 1, "format": "{message}", "variables": {"message": message}, "showUser": False}
        self.write({**response_to(request), "success": False, "message": message, "body": {"error": error}})


def response_to(request: dict[str, Any]) -> dict[str, Any]:
    return {"type": "response", "request_seq": request.get("seq", 0), "command": request.get("command", "")}
