"""What was probably meant: by the message of an error, and what stands where it happened."""

from __future__ import annotations

from tvix_eval.builtins.registry import pure_builtins
from tvix_eval.diagnostics.documents import Documents, arguments_of, enclosing_call
from tvix_eval.diagnostics.model import Diagnostic, Label, Span
from tvix_eval.diagnostics.syntax_hints import SyntaxHints
from tvix_eval.errors import NixError, ParseError, Source
from tvix_eval.output.error_text import edit_distance, similar_names
from tvix_eval.syntax import tables as t
from tvix_eval.syntax.concrete import Concrete
from tvix_eval.syntax.scopes import GLOBALS, LAMBDAS, LET, REC, Definition, Names, static_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

ALREADY: Final = "already defined at "
UNDEFINED: Final = "undefined variable '"
NOT_A_FUNCTION: Final = "attempt to call something which is not a function but "
SUBTRACTION: Final = "while calling the 'sub' builtin"
MOST_NAMES: Final = 5
MOST_PLACES: Final = 4
MOST_FRAMES: Final = 20
LITERALS: Final = frozenset(
    (
        *(t.A_INT, t.A_FLOAT, t.A_STRING, t.A_INDENTED_STRING, t.A_PATH_LITERAL, t.A_PATH_INTERPOLATED),
        *(t.A_LIST, t.A_ATTRS, t.A_ATTRS_EMPTY, t.A_REC, t.A_URI, t.A_SEARCH_PATH),
    )
)
LONGEST: Final = 40


def hints_of(error: NixError, documents: Documents, made: Diagnostic) -> list[str]:
    """Hints, the most certain first. May add labels to the diagnostic."""
    pos = int(error.pos)
    message = error.message
    hints: list[str] = []
    if error.known_names:
        hints += did_you_mean(similar_names(error.wanted_name, error.known_names))
    if documents.sources is None:
        return hints
    if pos != 0 and isinstance(error, ParseError):
        label = earlier_definition(message, documents.source(pos))
        if label is not None:
            made.secondary.append(label)
            return hints
        found = SyntaxHints(documents.source(pos))
        made.secondary += found.labels
        return hints + found.hints
    if pos != 0 and message.startswith(UNDEFINED):
        hints += of_undefined(message[len(UNDEFINED) : -1], pos, documents)
    elif pos != 0 and message.startswith(NOT_A_FUNCTION):
        hints += of_not_a_function(pos, documents)
    elif "a function" in message:
        steps = [(int(frame.pos), frame.text) for frame in error.frames[:MOST_FRAMES] if frame.pos != 0]
        for place, text in steps:
            if text == SUBTRACTION and not hints:
                hints += of_subtraction(place, documents)
        places = [pos] if pos != 0 else []
        for place in [*places, *[place for place, _ in steps]][:MOST_PLACES]:
            if not hints:
                hints += of_forgotten_parentheses(place, documents)
    return hints


def did_you_mean(names: list[str]) -> list[str]:
    if not names:
        return []
    quoted = ["`" + name + "`" for name in names]
    if len(quoted) == 1:
        return ["did you mean " + quoted[0] + "?"]
    return ["did you mean one of " + ", ".join(quoted[:-1]) + " or " + quoted[-1] + "?"]


def earlier_definition(message: str, source: Source) -> Label | None:
    """Where an attribute is defined that is defined twice, of which Nix only says the line and column."""
    _, found, place = message.rpartition(ALREADY)
    if not found:
        return None
    _, line, column = place.rsplit(":", 2)
    begin = source.starts()[int(line) - 1] + int(column) - 1
    return Label(Span(source, begin, begin + 1), "it is defined here, too")


# ---- Variables ----------------------------------------------------------------------


def of_undefined(name: str, pos: int, documents: Documents) -> list[str]:
    """What may be meant by a variable that nothing defines."""
    names = documents.analysed(pos)
    nodes = documents.nodes(pos)
    if names is None or not nodes:
        return []
    use = nodes[-1]
    if use.parent is not None and use.parent.action == t.A_VARIABLE:
        use = use.parent
    visible = names.visible(use)
    hints: list[str] = []
    left, dash, right = name.partition("-")
    while dash:
        if (left in visible or left in GLOBALS) and (right in visible or right.isdigit()):
            hints.append(f"a name may contain `-`: for the difference, write `{left} - {right}`")
            break
        more, dash, right = right.partition("-")
        left += "-" + more
    if in_set_around(use, name, names.text):
        hints.append(
            f"`{name}` is an attribute of a set around, which its values don't see: "
            "write `rec { ... }`, or define it in a `let`"
        )
    owner = owner_of(name, visible, names)
    if owner:
        hints.append(
            f"`{owner}.{name}` is used elsewhere in this file: write that, or `inherit ({owner}) {name};`"
        )
    elif name in {record.name for record in pure_builtins()}:
        hints.append(f"there is `builtins.{name}`")
    if not hints:
        near = similar_names(name, [*visible, *GLOBALS])[:MOST_NAMES]
        hints += did_you_mean([each for each in near if 3 * edit_distance(name, each) <= len(name)])
    return hints


def in_set_around(use: Concrete, name: str, text: str) -> bool:
    """Whether a set that is not recursive defines the name, in one of whose values the use is."""
    node = use.parent
    while node is not None:
        if node.action == t.A_ATTRS:
            for item in node.children[1].children:
                if item.action == t.A_BINDING:
                    if static_name(item.children[0].children[0], text) == name:
                        return True
                elif any(static_name(each, text) == name for each in item.children[-2].children):
                    return True
        node = node.parent
    return False


def owner_of(name: str, visible: dict[str, Definition], names: Names) -> str:
    """A variable that can be seen here, of which the source uses an attribute of that name."""
    at = names.text.find("." + name)
    while at >= 0:
        end = at + 1 + len(name)
        if not names.text[end : end + 1].isalnum() and names.text[end : end + 1] not in ("_", "-", "'"):
            begin = at
            while begin > 0 and (names.text[begin - 1].isalnum() or names.text[begin - 1] in "_-'"):
                begin -= 1
            owner = names.text[begin:at]
            if owner in visible and names.text[begin - 1 : begin] != ".":
                return owner
        at = names.text.find("." + name, end)
    return ""


# ---- Calls --------------------------------------------------------------------------


def of_not_a_function(pos: int, documents: Documents) -> list[str]:
    """A call with too many arguments, or a list whose items are taken for one."""
    call = enclosing_call(documents.nodes(pos))
    if call is None:
        return []
    arguments = arguments_of(call)
    names = documents.analysed(pos)
    function = called(call)
    text = shortened(documents.text(function, pos))
    if len(arguments) == 1:
        return [f"this calls `{text}`: is a `;` or an operator missing after it?"]
    takes = arity(function, names)
    hint = (
        f"`{text}` takes {counted(takes)}, and is given {len(arguments)}" if takes else "`f x y` is `(f x) y`"
    )
    for index in range(len(arguments) - 1):
        if arguments[index].action in (t.A_VARIABLE, t.A_SELECT, t.A_PARENTHESIZED):
            first = shortened(documents.text(arguments[index], pos))
            second = shortened(documents.text(arguments[index + 1], pos))
            return [f"{hint}: to pass the result of a call, write `({first} {second})`"]
    return [hint]


def arity(function: Concrete, names: Names | None) -> int:
    """How many arguments a variable's function takes, where its definition shows it; 0 when not."""
    if names is None or function.action != t.A_VARIABLE:
        return 0
    definition = names.meaning.get(int(function.begin))
    if definition is None or len(definition.sites) != 1 or definition.sites[0].action != t.A_BINDING:
        return 0
    value = definition.sites[0].children[2]
    count = 0
    while value.action in LAMBDAS:
        count += 1
        value = value.children[-1]
    return count


def counted(arguments: int) -> str:
    return "one argument" if arguments == 1 else f"{arguments} arguments"


def of_subtraction(pos: int, documents: Documents) -> list[str]:
    """``f -1``, which subtracts from a function."""
    for node in documents.nodes(pos):
        operation = node.parent
        if node.token != t.MINUS or operation is None or operation.action != t.A_SUBTRACT:
            continue
        text = documents.source(pos).text
        if text[node.begin - 1].isspace() and not text[node.end].isspace():
            left = shortened(documents.text(operation.children[0], pos))
            right = shortened(documents.text(operation.children[2], pos))
            return [f"`{left} -{right}` subtracts: to pass a negative number, write `{left} (-{right})`"]
    return []


def of_forgotten_parentheses(pos: int, documents: Documents) -> list[str]:
    """Items of a list, or arguments, of which one is a function for the next."""
    tree = documents.tree(pos)
    names = documents.analysed(pos)
    if tree is None or names is None:
        return []
    todo = [tree]
    while todo:
        node = todo.pop()
        todo += node.children
        if node.action == t.A_LIST_START:
            found = function_before_value(node.children, names)
            if found:
                return [f"in a list, `{found}` are two items: for a call, write `({found})`"]
        elif node.action == t.A_CALL and (node.parent is None or node.parent.children[0] is not node):
            function = called(node)
            found = function_before_value(arguments_of(node), names)
            if found and 0 < arity(function, names) < len(arguments_of(node)):
                text = shortened(names.text_of(function))
                return [f"`{found}` are two arguments of `{text}`: for a call, write `({found})`"]
    return []


def function_before_value(nodes: list[Concrete], names: Names) -> str:
    """The first two that may be meant as a call: a function, and what is certainly none."""
    for index in range(len(nodes) - 1):
        if is_function(nodes[index], names) and is_value(nodes[index + 1], names):
            return shortened(names.text_of(nodes[index])) + " " + shortened(names.text_of(nodes[index + 1]))
    return ""


def called(call: Concrete) -> Concrete:
    """What a call with all its arguments calls."""
    while call.action == t.A_CALL:
        call = call.children[0]
    return call


def is_function(node: Concrete, names: Names) -> bool:
    """Whether the source shows that this is a function."""
    if node.action == t.A_PARENTHESIZED:
        return node.children[1].action in LAMBDAS
    if node.action == t.A_SELECT:
        return names.text_of(node.children[0]) == "builtins"
    return arity(node, names) > 0


def is_value(node: Concrete, names: Names) -> bool:
    """Whether the source shows that this is no function."""
    if node.action == t.A_VARIABLE:
        definition = names.meaning.get(int(node.begin))
        if (
            definition is None
            or definition.kind not in (LET, REC)
            or definition.sites[0].action != t.A_BINDING
        ):
            return False
        return definition.sites[0].children[2].action in LITERALS
    return node.action in LITERALS


def shortened(text: str) -> str:
    """An expression as a hint quotes it."""
    return text if len(text) <= LONGEST and "\n" not in text else "..."
