"""Bytecode as text: one line for each instruction, with names for numbers."""

from __future__ import annotations

from tvix_eval.compiler.bytecode import NAMES, OPERANDS, Chunk
from tvix_eval.errors import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class Disassembler:
    """Lists a chunk. `source` turns spans into line and column."""

    def __init__(self, chunk: Chunk, source: Source) -> None:
        self.chunk: Final = chunk
        self.source: Final = source
        self.at = 0

    def listing(self) -> str:
        chunk = self.chunk
        lines = [
            f"; {len(chunk.code)} bytes of code, {len(chunk.regions)} regions, "
            f"{len(chunk.constants)} constants, {len(chunk.symbols)} symbols, "
            f"outermost frame of {chunk.frame_size}"
        ]
        for number in range(len(chunk.regions)):
            is_last = number == len(chunk.regions) - 1
            lines.append(f"region {number}{' (the whole source)' if is_last else ''}:")
            self.at = chunk.regions[number]
            end = len(chunk.code) if is_last else chunk.regions[number + 1]
            while self.at < end:
                lines.append(self.instruction())
        return "\n".join(lines) + "\n"

    def instruction(self) -> str:
        start = self.at
        opcode = self.chunk.code[start]
        self.at += 1
        operands: list[str] = []
        self.read(OPERANDS.get(opcode, "").split(), operands)
        return f"  {start:6}  {NAMES[opcode]:<16} {' '.join(operands)}".rstrip()

    def read(self, wanted: list[str], operands: list[str]) -> None:
        """Read the described operands, with those in parentheses as often as said before them."""
        index = 0
        while index < len(wanted):
            name, kind = wanted[index].split(":")
            index += 1
            value = self.number()
            if kind == "*":
                group: list[str] = []
                while True:
                    item = wanted[index]
                    index += 1
                    group.append(item.strip("()"))
                    if item.endswith(")"):
                        break
                for _ in range(value):
                    each: list[str] = []
                    self.read(group, each)
                    operands.append("[" + " ".join(each) + "]")
            else:
                operands.append(self.describe(name, kind, value))

    def describe(self, name: str, kind: str, value: int) -> str:
        if kind == "k":
            constant = self.chunk.constants[value]
            if isinstance(constant, str):
                constant = constant.encode("latin-1").decode("utf-8", "backslashreplace")
            return f"{name}={constant!r}"
        if kind == "p":
            if value == 0:
                return f"{name}=-"
            line, column = self.source.line_and_column(value - 1)
            return f"{name}={line}:{column}"
        return f"{name}={value}"

    def number(self) -> int:
        code = self.chunk.code
        value = 0
        shift = 0
        while True:
            byte = code[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value


def disassemble(chunk: Chunk, source: Source) -> str:
    return Disassembler(chunk, source).listing()
