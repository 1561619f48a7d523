"""Where the arguments of a message are: what Nix shows in colours on a terminal.

A message is plain text wherever it is made. Only who shows it in colours asks for them, and finds
its arguments by its form: Nix's messages are few, and most quote what they speak of.
"""

from __future__ import annotations

from tvix_eval.errors import Frame, NixError, ThrownError
from tvix_eval.patterns import LazyPattern
from tvix_eval.vm.show import MAGENTA, NORMAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from typing import Final

# The forms of messages whose arguments are not just what they quote: <> is an argument, and [...]
# any text, which has its own colours or none. The first that fits counts.
MESSAGES: Final = """
syntax error, [...]
expected [...] but found <>: [...]
cannot coerce <> to a string: [...]
attempt to call something which is not a function but <>: [...]
cannot compare <> with <>; values [...]
cannot add <> to [...]
cannot convert <> to JSON
[...]attribute '<>' already defined at <>
while parsing TOML: <>
JSON serialization error: <>
evaluation aborted with the following error message: '<>'
'builtins.elemAt' called with index <> on a list of size <>
'[...]' called on an empty list
'functionArgs' requires a function
'from' and 'to' arguments [...]
'type' attribute [...]
negative start position in 'substring'
string '[...]' is not equal to string '[...]'
boolean '[...]' is not equal to boolean '[...]'
path '[...]' is not equal to path '[...]'
<> with value '[...]' is not equal to <> with value '[...]'
<> of value '[...]' is not equal to <> of value '[...]'
list of size '<>' is not equal to list of size '<>', left hand side is '[...]', right hand side is '[...]'
attribute name '<>' is contained in '[...]', but not in '[...]'
attribute names of attribute set '[...]' differs from attribute set '[...]'
experimental Nix feature '<>' is disabled; add '--extra-experimental-features <>' to enable it
integer overflow in adding <> + <>
integer overflow in subtracting <> - <>
integer overflow in multiplying <> * <>
integer overflow in dividing <> / <>
Due to a bug (see [...]) a loss of precision [...] the NixInt argument <> was rounded to <>.[...]
Due to a bug (see [...]) the NixInt argument <> caused [...]
NixFloat argument <> is not in the range of NixInt
unsigned json number <> outside of Nix integer range
unknown hash algorithm '<>', expect [...]
unknown hash format '<>', expect [...]
invalid <> hash '<>', length <> != expected length <>
read of <> bytes: <>
opening file <>: <>
access to absolute path '<>' is forbidden <>
option '[...]' has an invalid value '<>'
option '<>' has invalid value '<>' (expected [...])
flag '<>' requires <> argument(s), but only <> were given
configuration setting '<>' should be [...]
Ignoring setting [...]
'warn-short-path-literals' is deprecated, [...]
experimental feature [...]
unknown setting '[...]'
unknown experimental feature '[...]'
the expression selected by the selection path '<>' should be a set but is <>
the expression selected by the selection path '<>' should be a list but is <>
list index <> in selection path '<>' is out of range
cannot evaluate a function that has an argument without a value ('<>')[...]
cannot create list of size <>
cannot read directory <>: <>
[...]Consider replacing path literal '<>' by a string, relative path, or parameter (<>)
relative path literal '<>' should be prefixed with '.' for clarity: './<>' (<>)
URL literals are <>. Consider using a string literal "<>" instead (<>)
tried to add [...] of <>, which is not a derivation, to a string
context of string '<>' must have exactly one element, but has <>
flake reference attribute sets may only contain [...], but attribute '<>' is <>
""".strip().split("\n")

FRAMES: Final = """
while calling the '<>' builtin
while calling a functor [...]
while calling <> on genericClosure element [...]
while calling <>
while evaluating list element at index <>
while comparing list element <>
while comparing element [...]
with element [...]
in genericClosure element [...]
while evaluating the [...] argument passed to '[...]'
while evaluating the '[...]' attribute passed as argument to [...]
while locating the attribute '[...]'
""".strip().split("\n")

# The attributes that a builtin asks for: their names are part of what it says.
ATTRIBUTES_OF_BUILTINS: Final = """
while evaluating the attribute 'hash'
while evaluating the attribute 'hashAlgo'
while evaluating the attribute 'toHashFormat'
""".strip().split("\n")

NOT_FOUND: Final = ["file '<>' was not found in the Nix search path (add it using $NIX_PATH or -I)"]
PARSER_OF_JSON: Final = "[json.exception."
LINT: Final = "(lint-"
BOLD: Final = "\x1b[1m"

QUOTED: Final = LazyPattern(r"(?<![^\s(:\[])'(.*?)'(?=$|[\s,.:;)\]])", dotall=True)


def emphasised_message(error: NixError) -> str:
    """The message of an error, or of a warning, with its arguments in colours.

    What a program throws has none.
    """
    text = error.message
    if text.startswith(PARSER_OF_JSON):
        return MAGENTA + text + NORMAL
    if isinstance(error, ThrownError):
        return in_form(text, NOT_FOUND) or text
    return in_form(text, MESSAGES) or quotes_coloured(text)


def emphasised_frame(frame: Frame) -> str:
    """What a program says of itself (``addErrorContext``) stays as it is."""
    text = frame.text
    if frame.always or (frame.pos == 0 and text in ATTRIBUTES_OF_BUILTINS):
        return text
    return in_form(text, FRAMES) or quotes_coloured(text)


def in_form(text: str, forms: list[str]) -> str:
    """The text with the arguments of its form in colours; empty when it has none of the forms."""
    import re

    for form in forms:
        pattern = re.escape(form).replace("<>", "(.*?)").replace(r"\[\.\.\.\]", ".*?")
        found = re.fullmatch(pattern, text, re.DOTALL)
        if found is not None:
            return coloured(found)
    return ""


def quotes_coloured(text: str) -> str:
    return QUOTED.get().sub(coloured, text)


def coloured(found: re.Match[str]) -> str:
    """The text that was found, with its groups in colours."""
    text = found[0]
    start = found.start()
    parts: list[str] = []
    at = 0
    for group in range(1, len(found.groups()) + 1):
        begin, end = found.start(group) - start, found.end(group) - start
        argument = MAGENTA + text[begin:end] + NORMAL
        if text.startswith(LINT, begin - 1):
            argument = BOLD + argument + NORMAL
        parts.append(text[at:begin] + argument)
        at = end
    parts.append(text[at:])
    return "".join(parts)
