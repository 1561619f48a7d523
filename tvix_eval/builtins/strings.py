"""Builtins on strings."""

from __future__ import annotations

from tvix_eval.errors import EvalError
from tvix_eval.vm.coerce import coerce_to_string
from tvix_eval.vm.force import force_int, force_list, force_string, force_string_value
from tvix_eval.vm.machine import CALL, charge
from tvix_eval.vm.strings import ContextBuilder, NixString, with_context
from tvix_eval.vm.values import Builtin, Path, Primitive, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from typing import Final


class IsString(Primitive):
    def call1(self, a: object) -> object:
        if isinstance(a, Thunk):
            a = a.force(0)
        return isinstance(a, str) or isinstance(a, NixString)


class ToString(Primitive):
    def call1(self, a: object) -> object:
        if isinstance(a, Thunk):
            a = a.force(0)
        if isinstance(a, str) or isinstance(a, NixString):
            return a
        if a is not True and a is not False and isinstance(a, int):
            return str(a)
        context = ContextBuilder()
        why = "while evaluating the first argument passed to builtins.toString"
        return context.string(coerce_to_string(a, context, 0, why, True, False))


class StringLength(Primitive):
    def call1(self, a: object) -> object:
        if isinstance(a, Thunk):
            a = a.force(0)
        if isinstance(a, str):
            return len(a)
        why = "while evaluating the argument passed to builtins.stringLength"
        return len(coerce_to_string(a, ContextBuilder(), 0, why))


class Substring(Primitive):
    def call3(self, a: object, b: object, c: object) -> object:
        start = force_int(
            a, 0, "while evaluating the first argument (the start offset) passed to builtins.substring"
        )
        if start < 0:
            raise EvalError("negative start position in 'substring'")
        size = force_int(
            b, 0, "while evaluating the second argument (the substring length) passed to builtins.substring"
        )
        if isinstance(c, Thunk):
            c = c.force(0)
        if isinstance(c, str):
            return c[start : start + size] if size >= 0 else c[start:]
        if size == 0 and isinstance(c, NixString):
            return NixString("", c.context)
        context = ContextBuilder()
        why = "while evaluating the third argument (the string) passed to builtins.substring"
        text = coerce_to_string(c, context, 0, why)
        return context.string(text[start : start + size] if size >= 0 else text[start:])


class ConcatStringsSep(Primitive):
    def call2(self, a: object, b: object) -> object:
        separator = force_string_value(
            a,
            0,
            "while evaluating the first argument (the separator string) passed to builtins.concatStringsSep",
        )
        items = force_list(
            b,
            0,
            "while evaluating the second argument (the list of strings to concat) "
            "passed to builtins.concatStringsSep",
        )
        why = "while evaluating one element of the list of strings to concat passed to builtins.concatStringsSep"
        context = ContextBuilder()
        if isinstance(separator, NixString):
            context.add(separator.context)
            separator = separator.text
        assert isinstance(separator, str)
        parts: list[str] = []
        at = 0
        for item in items:
            if isinstance(item, Thunk):
                item = item.force(0)
                items[at] = item
            if isinstance(item, str):
                parts.append(item)
            else:
                parts.append(coerce_to_string(item, context, 0, why))
            at += 1
        return context.string(separator.join(parts))


class ReplaceStrings(Primitive):
    """At each place the first of the strings to replace that is found there is replaced."""

    def __init__(self) -> None:
        self.patterns: Final[dict[tuple[str, ...], re.Pattern[str]]] = {}

    def call3(self, a: object, b: object, c: object) -> object:
        wanted = force_list(a, 0, "while evaluating the first argument passed to builtins.replaceStrings")
        replacements = force_list(
            b, 0, "while evaluating the second argument passed to builtins.replaceStrings"
        )
        if len(wanted) != len(replacements):
            raise EvalError(
                "'from' and 'to' arguments passed to builtins.replaceStrings have different lengths"
            )
        why = "while evaluating one of the strings to replace passed to builtins.replaceStrings"
        texts: list[str] = []
        for item in wanted:
            texts.append(force_string(item, 0, why))
        subject = force_string_value(
            c, 0, "while evaluating the third argument passed to builtins.replaceStrings"
        )
        context = ContextBuilder()
        if isinstance(subject, NixString):
            context.add(subject.context)
            subject = subject.text
        assert isinstance(subject, str)
        if "" in texts:
            return context.string(replace_everywhere(subject, texts, replacements, context))
        found = False
        for text in texts:
            if text in subject:
                found = True
                break
        if not found:
            return context.string(subject)
        key = tuple(texts)
        pattern = self.patterns.get(key)
        if pattern is None:
            import re

            pattern = re.compile("|".join([re.escape(text) for text in texts]))
            self.patterns[key] = pattern
        known: dict[str, str] = {}
        parts: list[str] = []
        end = 0
        for match in pattern.finditer(subject):
            charge(CALL)
            text = match.group()
            replacement = known.get(text)
            if replacement is None:
                replacement = replacement_text(replacements[texts.index(text)], context)
                known[text] = replacement
            parts.append(subject[end : match.start()])
            parts.append(replacement)
            end = match.end()
        parts.append(subject[end:])
        return context.string("".join(parts))


def replacement_text(value: object, context: ContextBuilder) -> str:
    string = force_string_value(
        value, 0, "while evaluating one of the replacement strings passed to builtins.replaceStrings"
    )
    if isinstance(string, NixString):
        context.add(string.context)
        return string.text
    assert isinstance(string, str)
    return string


def replace_everywhere(
    subject: str, texts: list[str], replacements: list[object], context: ContextBuilder
) -> str:
    """The replacement when one of `texts` is empty: that one is found at every place, and at the end."""
    known: dict[str, str] = {}
    parts: list[str] = []
    at = 0
    while at <= len(subject):
        for index in range(len(texts)):
            text = texts[index]
            if subject.startswith(text, at):
                replacement = known.get(text)
                if replacement is None:
                    replacement = replacement_text(replacements[index], context)
                    known[text] = replacement
                parts.append(replacement)
                if not text:
                    parts.append(subject[at : at + 1])
                    at += 1
                at += len(text)
                break
    return "".join(parts)


class BaseNameOf(Primitive):
    def call1(self, a: object) -> object:
        context = ContextBuilder()
        why = "while evaluating the first argument passed to builtins.baseNameOf"
        text = coerce_to_string(a, context, 0, why, False, False)
        if len(text) > 1 and text.endswith("/"):
            text = text[:-1]
        return context.string(text[text.rfind("/") + 1 :] if text != "/" else "")


class DirOf(Primitive):
    def call1(self, a: object) -> object:
        if isinstance(a, Thunk):
            a = a.force(0)
        if isinstance(a, Path):
            end = a.text.rfind("/")
            return Path(a.text[:end] if end > 0 else "/")
        context = ContextBuilder()
        why = "while evaluating the first argument passed to 'builtins.dirOf'"
        text = coerce_to_string(a, context, 0, why, False, False)
        end = text.rfind("/")
        if end < 0:
            return with_context(".", context.context)
        return context.string(text[:end] if end > 0 else "/")


def string_builtins() -> list[Builtin]:
    return [
        Builtin("isString", ["e"], IsString(), "Whether *e* is a string.", 1),
        Builtin(
            "toString",
            ["e"],
            ToString(),
            '*e* as a string. `true` is `"1"`, `false` and `null` are empty, the elements of a list are '
            "separated by blanks, and a set says it itself by `__toString` or `outPath`. "
            "A path is not copied to the store.",
            1,
        ),
        Builtin("stringLength", ["e"], StringLength(), "The number of bytes of a string.", 1),
        Builtin(
            "substring",
            ["start", "len", "s"],
            Substring(),
            "At most *len* bytes of *s* from byte *start* on; all of them if *len* is negative.",
        ),
        Builtin(
            "concatStringsSep",
            ["separator", "list"],
            ConcatStringsSep(),
            "The strings in *list* one after the other, with *separator* between.",
        ),
        Builtin(
            "replaceStrings",
            ["from", "to", "s"],
            ReplaceStrings(),
            "*s* with every occurrence of a string in *from* replaced by the one at the same place in *to*.",
            1,
        ),
        Builtin(
            "baseNameOf",
            ["x"],
            BaseNameOf(),
            "What follows the last slash of a string or path; one slash at its end is not counted.",
            1,
        ),
        Builtin(
            "dirOf",
            ["s"],
            DirOf(),
            "What precedes the last slash of a string or path. That of a path is a path.",
            1,
        ),
    ]
