"""Builtins that steer evaluation, raise and catch errors, or ask for the type of a value."""

from __future__ import annotations

from tvix_eval.builtins.primitive import Function1, Function2
from tvix_eval.errors import Abort, AssertionError_, Frame, NixError, ThrownError
from tvix_eval.vm.attrs import Attrs, from_sorted
from tvix_eval.vm.coerce import coerce_to_string
from tvix_eval.vm.deep import deep_force
from tvix_eval.vm.force import force, force_string, is_function
from tvix_eval.vm.machine import Mark, session
from tvix_eval.vm.show import TRACE_OPTIONS, show
from tvix_eval.vm.strings import ContextBuilder, NixString
from tvix_eval.vm.values import Builtin, Path, Primitive, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

SUCCESS_NAMES: Final = ["success", "value"]


class Seq(Primitive):
    def call2(self, a: object, b: object) -> object:
        if isinstance(a, Thunk):
            a.force(0)
        if isinstance(b, Thunk):
            b = b.force(0)
        return b


class DeepSeq(Primitive):
    def call2(self, a: object, b: object) -> object:
        deep_force(a)
        if isinstance(b, Thunk):
            b = b.force(0)
        return b


class TryEval(Primitive):
    def call1(self, a: object) -> object:
        mark = Mark()
        try:
            if isinstance(a, Thunk):
                a = a.force(0)
        except AssertionError_:
            mark.restore()
            return from_sorted(SUCCESS_NAMES, [False, False])
        return from_sorted(SUCCESS_NAMES, [True, a])


def throw(a: object) -> object:
    why = "while evaluating the error message passed to builtin.throw"
    raise ThrownError(coerce_to_string(a, ContextBuilder(), 0, why))


def abort(a: object) -> object:
    why = "while evaluating the error message passed to builtins.abort"
    text = coerce_to_string(a, ContextBuilder(), 0, why)
    raise Abort("evaluation aborted with the following error message: '" + text + "'")


class AddErrorContext(Primitive):
    def call2(self, a: object, b: object) -> object:
        mark = Mark()
        try:
            if isinstance(b, Thunk):
                b = b.force(0)
            return b
        except NixError as error:
            mark.restore()
            why = "while evaluating the error message passed to builtins.addErrorContext"
            text = coerce_to_string(a, ContextBuilder(), 0, why, False, False)
            error.frames.append(Frame(0, text, True))
            raise


def trace(a: object, b: object) -> object:
    value = force(a, 0)
    if isinstance(value, str):
        text = value
    elif isinstance(value, NixString):
        text = value.text
    else:
        text = show(a, TRACE_OPTIONS)
    session().emit("trace", text)
    return force(b, 0)


def trace_verbose(a: object, b: object) -> object:
    if session().trace_verbose:
        return trace(a, b)
    return force(b, 0)


def warn(a: object, b: object) -> object:
    why = "while evaluating the first argument; the message passed to builtins.warn"
    session().emit("evaluation warning", force_string(a, 0, why))
    if session().abort_on_warn:
        raise NixError("aborting to reveal stack trace of warning, as abort-on-warn is set")
    return force(b, 0)


def break_(a: object) -> object:
    return force(a, 0)


class IsNull(Primitive):
    def call1(self, a: object) -> object:
        if isinstance(a, Thunk):
            a = a.force(0)
        return a is None


class IsFunction(Primitive):
    def call1(self, a: object) -> object:
        if isinstance(a, Thunk):
            a = a.force(0)
        return is_function(a)


class IsBool(Primitive):
    def call1(self, a: object) -> object:
        if isinstance(a, Thunk):
            a = a.force(0)
        return a is True or a is False


class IsInt(Primitive):
    def call1(self, a: object) -> object:
        if isinstance(a, Thunk):
            a = a.force(0)
        return a is not True and a is not False and isinstance(a, int)


class IsFloat(Primitive):
    def call1(self, a: object) -> object:
        if isinstance(a, Thunk):
            a = a.force(0)
        return isinstance(a, float)


class IsPath(Primitive):
    def call1(self, a: object) -> object:
        if isinstance(a, Thunk):
            a = a.force(0)
        return isinstance(a, Path)


class TypeOf(Primitive):
    def call1(self, a: object) -> object:
        if isinstance(a, Thunk):
            a = a.force(0)
        return type_name(a)


def type_name(value: object) -> str:
    if isinstance(value, str) or isinstance(value, NixString):
        return "string"
    if isinstance(value, Attrs):
        return "set"
    if isinstance(value, list):
        return "list"
    if value is None:
        return "null"
    if value is True or value is False:
        return "bool"
    if isinstance(value, int):
        return "int"
    if isinstance(value, float):
        return "float"
    if isinstance(value, Path):
        return "path"
    return "lambda"


def control_builtins() -> list[Builtin]:
    return [
        Builtin("seq", ["e1", "e2"], Seq(), "Evaluate *e1*, then return *e2*.", 3),
        Builtin(
            "deepSeq",
            ["e1", "e2"],
            DeepSeq(),
            "Evaluate *e1* and all that it contains, then return *e2*.",
            1,
        ),
        Builtin(
            "tryEval",
            ["e"],
            TryEval(),
            "Evaluate *e*, but not what it contains. The result says whether there was `success`, and the "
            "`value`. What `throw` and `assert` raise is caught, and no other error.",
        ),
        Builtin("throw", ["s"], Function1(throw), "Raise an error with message *s*. `tryEval` can catch it."),
        Builtin("abort", ["s"], Function1(abort), "End evaluation with message *s*. Nothing can catch this."),
        Builtin(
            "addErrorContext",
            ["context", "e"],
            AddErrorContext(),
            "Evaluate *e*; an error that is raised meanwhile shows the string *context* in its trace.",
            0,
            False,
        ),
        Builtin(
            "trace",
            ["e1", "e2"],
            Function2(trace),
            "Print *e1* to standard error, as far as it is evaluated, then return *e2*.",
            1,
        ),
        Builtin(
            "traceVerbose",
            ["e1", "e2"],
            Function2(trace_verbose),
            "Like `trace` if `--trace-verbose` is given; otherwise only return *e2*.",
        ),
        Builtin(
            "warn",
            ["e1", "e2"],
            Function2(warn),
            "Print the string *e1* as a warning, then return *e2*. An error if `abort-on-warn` is set.",
        ),
        Builtin("break", ["v"], Function1(break_), "Return *v*. A debugger would stop here.", 0, False),
        Builtin("isNull", ["e"], IsNull(), "Whether *e* is `null`.", 1),
        Builtin("isFunction", ["e"], IsFunction(), "Whether *e* is a function.", 1),
        Builtin("isBool", ["e"], IsBool(), "Whether *e* is `true` or `false`.", 1),
        Builtin("isInt", ["e"], IsInt(), "Whether *e* is an integer.", 1),
        Builtin("isFloat", ["e"], IsFloat(), "Whether *e* is a float.", 1),
        Builtin("isPath", ["e"], IsPath(), "Whether *e* is a path.", 1),
        Builtin(
            "typeOf",
            ["e"],
            TypeOf(),
            "The type of *e*: `int`, `bool`, `string`, `path`, `null`, `set`, `list`, `lambda` or `float`.",
            1,
        ),
    ]
