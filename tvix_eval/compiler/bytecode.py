"""The bytecode: what a compiled source is, and the list of its instructions.

A `Chunk` is one source compiled. Its code is cut into *regions*: the whole file, the body
of each lambda, each operand that is delayed, and big branches. A region is postfix code
that leaves one value (an expression, to be linked to an operation) and ends in `END`. The
linker turns a region into operations the first time it is needed, so a file costs nothing
but for what runs.

Operands are LEB128 numbers. `OPERANDS` describes them, one letter each:

====  ==================================================================
``k``   index of a constant
``n``   number
``p``   span: byte offset in the source plus one, 0 for none
``r``   index of a region
``s``   slot of a frame
``*``   what follows is repeated as often as the number before it says
====  ==================================================================

The stack picture of each instruction stands in the comment beside it: what it takes, then
what it leaves. `VERSION` changes whenever the meaning of saved code does.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from tvix_eval.hints import i64

VERSION: Final = 4

# fmt: off
END: Final = 0             # value ->             of the region
CONST: Final = 1           # -> constant          string or float, or an int that INT can't hold
INT: Final = 2             # -> number
TRUE: Final = 3            # -> true
FALSE: Final = 4           # -> false
NULL: Final = 5            # -> null
PATH: Final = 6            # -> path              kind (nodes.PATH_…) and text
CURRENT: Final = 7         # -> position          __curPos
LOCAL: Final = 8           # -> variable          of this frame
OUTER: Final = 9           # -> variable          of the frame `depth` activations up
GLOBAL: Final = 10         # -> variable          of the host
WITH_VAR: Final = 11       # -> variable          of one of n sets, each (depth, slot, span)
LAMBDA: Final = 12         # -> function          of curried simple parameters
PATTERN: Final = 13        # defaults -> function of a set pattern
CALL: Final = 14           # function args -> result
IF: Final = 15             # condition then else -> result
LET: Final = 16            # values body -> result
WITH: Final = 17           # set body -> result
ASSERT: Final = 18         # condition body -> result
LIST: Final = 19           # items -> list
ATTRS: Final = 20          # sources values -> set
REC: Final = 21            # sources values -> set
DYNAMIC: Final = 22        # set (name value)… -> set
SELECT: Final = 23         # set -> value
SELECT_OR: Final = 24      # set default -> value
SELECT_PATH: Final = 25    # set names -> value
SELECT_PATH_OR: Final = 26 # set names default -> value
HAS: Final = 27            # set -> Boolean
HAS_PATH: Final = 28       # set names -> Boolean
ADD: Final = 29            # left right -> sum or concatenation
SUB: Final = 30            # left right -> difference
MUL: Final = 31            # left right -> product
DIV: Final = 32            # left right -> quotient
LESS: Final = 33           # left right -> Boolean
EQUAL: Final = 34          # left right -> Boolean
NOT_EQUAL: Final = 35      # left right -> Boolean
AND: Final = 36            # left right -> Boolean
OR: Final = 37             # left right -> Boolean
IMPLIES: Final = 38        # left right -> Boolean
NOT: Final = 39            # operand -> Boolean
UPDATE: Final = 40         # left right -> set
CONCAT: Final = 41         # left right -> list
INTERPOLATE: Final = 42    # parts -> string
PATH_INTERPOLATE: Final = 43  # parts -> path     prefix as for PATH
DELAY: Final = 44          # -> thunk             of a region
BRANCH: Final = 45         # -> value             of a region, evaluated in place
EMPTY_LIST: Final = 46     # -> list
DEEPER: Final = 47         # -> value             as BRANCH, counted as an activation
# fmt: on

NAMES: Final = (
    "END CONST INT TRUE FALSE NULL PATH CURRENT LOCAL OUTER GLOBAL WITH_VAR LAMBDA PATTERN CALL IF LET"
    " WITH ASSERT LIST ATTRS REC DYNAMIC SELECT SELECT_OR SELECT_PATH SELECT_PATH_OR HAS HAS_PATH ADD SUB"
    " MUL DIV LESS EQUAL NOT_EQUAL AND OR IMPLIES NOT UPDATE CONCAT INTERPOLATE PATH_INTERPOLATE DELAY"
    " BRANCH EMPTY_LIST DEEPER"
).split()

# The operands of each instruction, as named in the listing; "(…)" repeats for the number before it.
OPERANDS: Final = {
    CONST: "constant:k",
    INT: "value:n",
    PATH: "kind:n text:k",
    CURRENT: "at:p",
    LOCAL: "slot:s at:p",
    OUTER: "depth:n slot:s at:p",
    GLOBAL: "name:k at:p",
    WITH_VAR: "name:k at:p sets:* (depth:n slot:s at:p)",
    LAMBDA: "body:r frame:n strict:n doc:p end:p params:* (arg:k name:k at:p)",
    PATTERN: "body:r frame:n ellipsis:n whole:k slot:s name:k at:p doc:p end:p formals:* (name:k at:p default:n)",
    CALL: "args:n at:p",
    IF: "at:p",
    LET: "base:s values:n sources:* (slot:s)",
    WITH: "slot:s",
    ASSERT: "text:k at:p",
    LIST: "items:n",
    ATTRS: "names:k delayed:k sources:* (slot:s) attrs:* (at:p)",
    REC: "names:k delayed:k sources:* (slot:s) attrs:* (at:p) base:s values:* (index:n)",
    DYNAMIC: "attrs:* (at:p)",
    SELECT: "name:k at:p",
    SELECT_OR: "name:k at:p",
    SELECT_PATH: "at:p path:* (shown:k at:p)",
    SELECT_PATH_OR: "at:p path:* (shown:k at:p)",
    HAS: "name:k",
    HAS_PATH: "at:p path:* (at:p)",
    ADD: "at:p left:p right:p",
    SUB: "at:p",
    MUL: "at:p",
    DIV: "at:p",
    LESS: "at:p",
    AND: "at:p",
    OR: "at:p",
    IMPLIES: "at:p",
    NOT: "at:p",
    UPDATE: "left:p right:p",
    CONCAT: "at:p",
    INTERPOLATE: "parts:* (at:p)",
    PATH_INTERPOLATE: "kind:n prefix:k at:p parts:* (at:p)",
    DELAY: "region:r",
    BRANCH: "region:r",
    DEEPER: "region:r",
}


class Chunk:
    """A compiled source: what the code cache keeps and the linker reads.

    `code`: all regions, one behind the other; region i begins at byte `regions[i]`; the
    last is the whole source. `constants`: `str` (byte text), `float`, `int`, and tuples of
    `str` (sorted names of a set; which of them are delayed, as a `bytes` of 0 and 1).
    `symbols`: all names in order of first appearance. `frame_size`: slots of the outermost
    frame. `warnings`: (offset, text) of what the parser warned about.
    """

    def __init__(
        self,
        code: bytes,
        constants: tuple[object, ...],
        regions: list[int],
        symbols: list[str],
        frame_size: i64,
        warnings: list[tuple[int, str]],
    ) -> None:
        self.code: Final = code
        self.constants: Final = constants
        self.regions: Final = regions
        self.symbols: Final = symbols
        self.frame_size: Final[i64] = frame_size
        self.warnings: Final = warnings


class Writer:
    """Appends instructions to a region. `data`: its bytes (appending to a list is what
    compiled code does fastest)."""

    def __init__(self) -> None:
        self.data: Final[list[int]] = []

    def op(self, opcode: i64) -> None:
        self.data.append(opcode)

    def number(self, value: i64) -> None:
        data = self.data
        while value >= 0x80:
            data.append((value & 0x7F) | 0x80)
            value >>= 7
        data.append(value)
