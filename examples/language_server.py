"""A language server for Nix over standard input and output.

    python examples/language_server.py [NAME=EXPRESSION]…

It tells what is wrong with a text, where names are defined and used, what they are worth, and how a text can go
on. ``lib='import <nixpkgs/lib>'`` says what to take for functions' arguments of that name.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit
from urllib.request import pathname2url

from tvix_eval.source import Document, PartialEvaluator, Span, complete, selected

METHOD_NOT_FOUND = -32601
INVALID_PARAMETERS = -32602
KINDS = {"attribute": 10, "keyword": 14, "global": 3}  # CompletionItemKind: Property, Keyword, Function
VARIABLE = 6


class Server:
    """Answers requests. `publish(method, parameters)` sends what nobody has asked for."""

    def __init__(self, publish: Callable[[str, dict[str, Any]], None], arguments: dict[str, str]) -> None:
        self.publish = publish
        self.arguments = arguments
        self.documents: dict[str, Document] = {}
        self.methods: dict[str, Callable[[dict[str, Any]], object]] = {
            "initialize": self.initialize,
            "shutdown": lambda parameters: None,
            "textDocument/definition": self.definition,
            "textDocument/references": self.references,
            "textDocument/hover": self.hover,
            "textDocument/completion": self.completion,
        }

    def answer(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """The answer to a message, if it wants one."""
        method, parameters = message.get("method", ""), message.get("params") or {}
        try:
            if "id" not in message:
                self.notify(method, parameters)
                return None
            if method not in self.methods:
                error = {"code": METHOD_NOT_FOUND, "message": f"{method} is not supported"}
                return {"id": message["id"], "error": error}
            return {"id": message["id"], "result": self.methods[method](parameters)}
        except (KeyError, IndexError, TypeError) as problem:  # a message that has not what it should have
            error = {"code": INVALID_PARAMETERS, "message": f"wrong parameters: {problem}"}
            return {"id": message["id"], "error": error} if "id" in message else None

    def initialize(self, parameters: dict[str, Any]) -> object:
        return {
            "serverInfo": {"name": "tvix"},
            "capabilities": {
                "textDocumentSync": 1,  # whole texts
                "definitionProvider": True,
                "referencesProvider": True,
                "hoverProvider": True,
                "completionProvider": {"triggerCharacters": ["."]},
            },
        }

    def notify(self, method: str, parameters: dict[str, Any]) -> None:
        if method == "textDocument/didOpen":
            self.open(parameters["textDocument"]["uri"], parameters["textDocument"]["text"])
        elif method == "textDocument/didChange":
            self.open(parameters["textDocument"]["uri"], parameters["contentChanges"][-1]["text"])
        elif method == "textDocument/didClose":
            self.documents.pop(parameters["textDocument"]["uri"], None)

    def open(self, uri: str, text: str) -> None:
        document = Document(text, path_of(uri))
        self.documents[uri] = document
        diagnostics = [
            {
                "range": range_of(document, Span(each.begin, each.end)),
                "severity": 1,
                "source": "tvix",
                "message": each.message,
            }
            for each in [*document.problems, *document.undefined()]
        ]
        self.publish("textDocument/publishDiagnostics", {"uri": uri, "diagnostics": diagnostics})

    def place(self, parameters: dict[str, Any]) -> tuple[Document, int]:
        document = self.documents[parameters["textDocument"]["uri"]]
        position = parameters["position"]
        return document, document.lines.from_utf16(position["line"], position["character"])

    def evaluator(self, document: Document) -> PartialEvaluator:
        return PartialEvaluator(arguments=self.arguments, folder=os.path.dirname(document.name))

    def definition(self, parameters: dict[str, Any]) -> object:
        document, offset = self.place(parameters)
        found = document.names.definition_at(offset)
        if found is not None:
            return {"uri": parameters["textDocument"]["uri"], "range": range_of(document, found.span)}
        attribute = selected(document, offset, self.evaluator(document))
        if attribute is None or not attribute.file:
            return None
        uri = parameters["textDocument"]["uri"]
        if attribute.file != document.name:
            try:
                with open(attribute.file, "rb") as file:
                    document = Document(file.read(), attribute.file)
            except OSError:
                return None
            uri = "file://" + pathname2url(attribute.file)
        return {"uri": uri, "range": range_of(document, Span(attribute.offset, attribute.offset))}

    def references(self, parameters: dict[str, Any]) -> object:
        document, offset = self.place(parameters)
        uri = parameters["textDocument"]["uri"]
        return [
            {"uri": uri, "range": range_of(document, span)} for span in document.names.references_at(offset)
        ]

    def hover(self, parameters: dict[str, Any]) -> object:
        document, offset = self.place(parameters)
        path = document.path_to(offset)
        if not path:
            return None
        node = path[-1]
        if node.kind == "attribute_path" and node.parent is not None and node.parent.kind == "select":
            components = [each for each in node.children if each.kind != "DOT" and each.begin <= offset]
            place = Span(node.parent.begin, components[-1].end)
        else:
            place = node.span
        lines = []
        value = self.evaluator(document).value(document, place)
        if value is not None:
            lines += [f"{value.type}: `{value.text}`", value.documentation]
        definition = document.names.definition_at(offset)
        if definition is not None:
            lines.insert(0, f"{definition.kind} `{definition.name}`")
            for each in document.path_to(definition.span.begin)[::-1]:
                if each.kind in ("binding", "formal", "formal_default"):
                    lines.append(document.documentation(each) or "")
                    break
        text = "\n\n".join(line for line in lines if line)
        return {"contents": {"kind": "markdown", "value": text}} if text else None

    def completion(self, parameters: dict[str, Any]) -> object:
        document, offset = self.place(parameters)
        return [
            {
                "label": each.text,
                "kind": KINDS.get(each.kind, VARIABLE),
                "detail": each.detail or each.kind,
                "textEdit": {"range": range_of(document, Span(each.begin, each.end)), "newText": each.text},
            }
            for each in complete(document, offset, self.evaluator(document))
        ]


def range_of(document: Document, span: Span) -> dict[str, dict[str, int]]:
    """Bytes as the protocol counts."""
    ends = [document.lines.to_utf16(offset) for offset in span]
    return {
        name: {"line": line, "character": column}
        for name, (line, column) in zip(("start", "end"), ends, strict=True)
    }


def path_of(uri: str) -> str:
    parts = urlsplit(uri)
    return unquote(parts.path) if parts.scheme == "file" else uri


def read(stream: BinaryIO) -> dict[str, Any] | None:
    """The next message, None at the end."""
    size = 0
    while line := stream.readline().strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            size = int(value)
    message: dict[str, Any] | None = json.loads(stream.read(size)) if size else None
    return message


def write(stream: BinaryIO, message: dict[str, Any]) -> None:
    data = json.dumps({"jsonrpc": "2.0", **message}).encode()
    stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
    stream.flush()


def main(arguments: list[str]) -> int:
    if not all("=" in each for each in arguments):
        print((__doc__ or "").strip(), file=sys.stderr)
        return 2
    given = dict(each.split("=", 1) for each in arguments)
    out = sys.stdout.buffer
    server = Server(
        lambda method, parameters: write(out, {"method": method, "params": parameters}),
        given,
    )
    while (message := read(sys.stdin.buffer)) is not None:
        method = message.get("method", "")
        if method == "exit":
            break
        answered = server.answer(message)
        if answered is not None:
            write(out, answered)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
