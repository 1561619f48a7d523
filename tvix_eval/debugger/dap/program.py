"""``tvix-eval dap``: where an editor's session begins."""

from __future__ import annotations

import gc
import os
import socket
from typing import TYPE_CHECKING, Final

from tvix_eval.debugger.dap.server import Server
from tvix_eval.debugger.dap.transport import Transport
from tvix_eval.errors import NixError, UsageError
from tvix_eval.program import write

if TYPE_CHECKING:
    from tvix_eval.debugger.dap.launching import Launcher
    from tvix_eval.program import Program

HOST: Final = "127.0.0.1"


def serve(program: Program, launcher: Launcher, port: str | None) -> int:
    """Serve one session, on standard input and output or on a port of this machine; the exit code.

    Port 0 is any that is free: which one is said on standard error.
    """
    gc.disable()
    if port is None:
        # What else writes to standard output would be taken for a message.
        output = os.dup(1)
        os.dup2(2, 1)
        transport = Transport(
            lambda size: os.read(0, size), lambda data: write(output, data.decode("latin-1"))
        )
        return Server(transport, launcher).serve()
    if not port.isdigit() or int(port) > 65535:
        raise UsageError("'--port' wants a number, not '" + port + "'")
    try:
        listener = socket.create_server((HOST, int(port)))
    except OSError as error:
        raise NixError("cannot listen on port " + port + ": " + os.strerror(error.errno or 0)) from None
    with listener:
        program.say(f"listening on {HOST}:{listener.getsockname()[1]}\n")
        connection, _ = listener.accept()
    with connection:
        return Server(Transport(connection.recv, connection.sendall), launcher).serve()
