"""Lists and attribute sets: literals, selection, ``?``, ``//``, ``++``."""

from __future__ import annotations

from tvix_eval.errors import EvalError, NixError
from tvix_eval.hints import i64
from tvix_eval.vm.attr_positions import LiteralPositions, OnePosition, TablePositions, merge
from tvix_eval.vm.attrs import Attrs, from_sorted, from_table, layer_positions
from tvix_eval.vm.force import expected, force_attrs, refers_to_store
from tvix_eval.vm.machine import session
from tvix_eval.vm.shapes import NO_SHAPE, TABLE_SHAPE, Shape
from tvix_eval.vm.show import show_name
from tvix_eval.vm.strings import NixString
from tvix_eval.vm.updates import Updates
from tvix_eval.vm.values import EMPTY_LIST, MISSING, Builtin, Closure, Env, Op, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

DERIVATION_SOURCE: Final = "\xc2\xabnix-internal\xc2\xbb/derivation-internal.nix"


class ListLiteral(Op):
    def __init__(self, items: list[Op]) -> None:
        self.items: Final = items

    def eval(self, env: Env) -> object:
        return [item.thunk(env) for item in self.items]


class EmptyList(Op):
    """One list serves for all: nobody changes a list that is a value, but for forcing its elements."""

    def eval(self, env: Env) -> object:
        return EMPTY_LIST

    def thunk(self, env: Env) -> object:
        return EMPTY_LIST


class AttrsLiteral(Op):
    """``{ … }`` with static names, not recursive. Making one can't fail, so it is not delayed."""

    def __init__(self, shape: Shape, values: list[Op], positions: LiteralPositions) -> None:
        self.shape: Final = shape
        self.values: Final = values
        self.positions: Final = positions

    def eval(self, env: Env) -> object:
        return Attrs(self.shape, [value.thunk(env) for value in self.values], None, self.positions)

    def thunk(self, env: Env) -> object:
        return Attrs(self.shape, [value.thunk(env) for value in self.values], None, self.positions)


class AttrsWithSources(Op):
    """A set that inherits from expressions, whose values go to hidden slots of the frame."""

    def __init__(
        self,
        shape: Shape,
        values: list[Op],
        positions: LiteralPositions,
        source_slots: list[int],
        sources: list[Op],
    ) -> None:
        self.shape: Final = shape
        self.values: Final = values
        self.positions: Final = positions
        self.source_slots: Final = source_slots
        self.sources: Final = sources

    def eval(self, env: Env) -> object:
        at: i64 = 0
        slots = self.source_slots
        for source in self.sources:
            env.set(slots[at], source.thunk(env))
            at += 1
        return Attrs(self.shape, [value.thunk(env) for value in self.values], None, self.positions)


class RecursiveAttrs(Op):
    """``rec { … }``: value i is at `indexes[i]` of the set, and in slot ``base + i``.

    The values are made in symbol order, as everywhere in Nix. `overrides`: the index of
    ``__overrides``, or -1.
    """

    def __init__(
        self,
        shape: Shape,
        indexes: list[int],
        base: i64,
        values: list[Op],
        positions: LiteralPositions,
        source_slots: list[int],
        sources: list[Op],
    ) -> None:
        self.shape: Final = shape
        self.indexes: Final = indexes
        self.base: Final[i64] = base
        self.values: Final = values
        self.positions: Final = positions
        self.source_slots: Final = source_slots
        self.sources: Final = sources
        self.overrides: Final[i64] = shape.find("__overrides")

    def eval(self, env: Env) -> object:
        at: i64 = 0
        source_slots = self.source_slots
        for source in self.sources:
            env.set(source_slots[at], source.thunk(env))
            at += 1
        places: list[object] = [None] * self.shape.size
        indexes = self.indexes
        slot = self.base
        at = 0
        for value in self.values:
            place = value.thunk(env)
            env.set(slot, place)
            places[indexes[at]] = place
            slot += 1
            at += 1
        result = Attrs(self.shape, places, None, self.positions)
        if self.overrides >= 0:
            return self.override(result, env)
        return result

    def override(self, attrs: Attrs, env: Env) -> object:
        """Attributes of ``__overrides`` replace those of the set, in its scope too."""
        overrides = force_attrs(
            attrs.places()[self.overrides], 0, "while evaluating the `__overrides` attribute"
        )
        table = attrs.to_table()
        for name in overrides.names():
            place = overrides.place(name)
            table[name] = place
            index = self.shape.find(name)
            if index >= 0:
                slot = self.base
                for each in self.indexes:
                    if each == index:
                        env.set(slot, place)
                    slot += 1
        above = layer_positions(overrides)
        return from_table(table, self.positions if above is None else merge(self.positions, above))


class DynamicAttrs(Op):
    """Adds attributes whose names are computed to the set that `static` makes."""

    def __init__(self, static: Op, names: list[Op], values: list[Op], positions: list[int]) -> None:
        self.static: Final = static
        self.names: Final = names
        self.values: Final = values
        self.positions: Final = positions
        self.updates: Final = Updates()
        self.one_position: OnePosition | None = None  # of the last set that got one attribute

    def eval(self, env: Env) -> object:
        static = self.static.eval(env)
        assert isinstance(static, Attrs)
        table: dict[str, object] = {}
        found: dict[str, int] = {}
        at = 0
        for each in self.names:
            pos = self.positions[at]
            value = each.eval(env)
            if value is not None:
                name = dynamic_name(value, pos)
                if name in found or static.has(name):
                    raise self.defined_twice(name, static, found, pos)
                table[name] = self.values[at].thunk(env)
                found[name] = pos
            at += 1
        if not found:
            return static
        if len(found) == 1:
            for name in found:
                where = self.one_position
                if where is None or where.name != name or where.pos != found[name]:
                    where = OnePosition(name, found[name])
                    self.one_position = where
                one = from_sorted([name], [table[name]], where)
                return one if static.size() == 0 else self.updates.update(static, one)
        dynamic = from_table(table, TablePositions(found))
        return dynamic if static.size() == 0 else self.updates.update(static, dynamic)

    def defined_twice(self, name: str, static: Attrs, found: dict[str, int], pos: i64) -> NixError:
        earlier: i64 = found[name] if name in found else static.position(name)
        where = session().sources.describe(earlier)
        return EvalError("dynamic attribute '" + show_name(name) + "' already defined at " + where, pos)


def dynamic_name(value: object, pos: i64) -> str:
    if isinstance(value, str):
        session().symbols.number(value)
        return value
    why = "while evaluating the name of a dynamic attribute"
    if isinstance(value, NixString):
        raise refers_to_store(value).with_frame(pos, why)
    raise expected("a string", value, pos).with_frame(pos, why)


def missing_attribute(attrs: Attrs, name: str, pos: i64) -> NixError:
    error = EvalError("attribute '" + show_name(name) + "' missing", pos)
    error.wanted_name = name
    error.known_names = attrs.names()
    return error


def not_a_set(value: object, pos: i64) -> NixError:
    return expected("a set", value, 0).with_frame(pos, "while selecting an attribute")


def note_attribute(error: NixError, attrs: Attrs, name: str, shown: str) -> None:
    """The frame of an error that came out of the attribute `name`, selected as `shown`."""
    note_attribute_at(error, attrs.position(name), shown)


def note_attribute_at(error: NixError, pos: i64, shown: str) -> None:
    error.__traceback__ = None
    if pos == 0:
        return
    if error.unsettled:
        error.pos = pos
        error.unsettled = False
    source = session().sources.source(pos)
    if source.name != DERIVATION_SOURCE:
        error.add_frame(pos, "while evaluating the attribute '" + shown + "'")


class Select(Op):
    """``subject.name``. Remembers the last shape and where the name was in it."""

    forward: Forward | None

    def __init__(self, subject: Op, name: str, pos: i64) -> None:
        self.subject: Final = subject
        self.name: Final = name
        self.pos: Final[i64] = pos
        self.cached_shape: Shape = NO_SHAPE
        self.cached_index: i64 = 0
        self.forward = None

    def eval(self, env: Env) -> object:
        attrs = self.subject.eval(env)
        if not isinstance(attrs, Attrs):
            raise not_a_set(attrs, self.pos)
        shape = attrs.shape
        if shape is self.cached_shape:
            index = self.cached_index
        else:
            if attrs.base is not None or shape is TABLE_SHAPE:
                return self.look_up(attrs)
            index = shape.find(self.name)
            if index < 0:
                if attrs.base is not None:
                    return self.look_up(attrs)
                raise missing_attribute(attrs, self.name, self.pos)
            self.cached_shape = shape
            self.cached_index = index
        values = attrs.values  # forcing may give the set other ones (`Attrs.flatten`)
        place = values[index]
        if isinstance(place, Thunk):
            try:
                value = place.force(self.pos)
            except NixError as error:
                note_attribute(error, attrs, self.name, show_name(self.name))
                raise
            values[index] = value
            return value
        return place

    def look_up(self, attrs: Attrs) -> object:
        """In a set that has no shape to go by."""
        try:
            value = attrs.get(self.name, self.pos)
        except NixError as error:
            note_attribute(error, attrs, self.name, show_name(self.name))
            raise
        if value is MISSING:
            raise missing_attribute(attrs, self.name, self.pos)
        return value

    def thunk(self, env: Env) -> object:
        """The value at once, where both set and attribute are evaluated already.

        Not a function: it would bring the identity of its place along.
        """
        subject = self.subject.thunk(env)
        if isinstance(subject, Thunk):
            if subject.op is not None:
                return Thunk(self, env)
            subject = subject.value
        if not isinstance(subject, Attrs):
            return Thunk(self, env)
        index: i64 = -1
        shape = subject.shape
        if shape is self.cached_shape:
            index = self.cached_index
        elif subject.base is None and shape is not TABLE_SHAPE:
            index = shape.find(self.name)
            if index < 0:
                return Thunk(self, env)
            self.cached_shape = shape
            self.cached_index = index
        place = subject.values[index] if index >= 0 else subject.place(self.name)
        if isinstance(place, Thunk):
            if place.op is not None:
                positions = subject.positions
                if index >= 0 and isinstance(positions, LiteralPositions) and positions.shape is shape:
                    return Thunk(self.forwarding(positions.positions[index]), place)
                return Thunk(self.forwarding(subject.position(self.name)), place)
            place = place.value
        if place is MISSING or isinstance(place, Closure) or isinstance(place, Builtin):
            return Thunk(self, env)
        return place

    def forwarding(self, attr_pos: i64) -> Forward:
        forward = self.forward
        if forward is None or forward.attr_pos != attr_pos:
            forward = Forward(self.name, attr_pos, self.pos)
            self.forward = forward
        return forward


class Forward(Op):
    """What a thunk does that stands for an attribute which is not evaluated yet.

    It holds the attribute's thunk, and neither the set nor the variables of the selection,
    so a chain of updates that select from each other does not keep all of them alive.
    """

    def __init__(self, name: str, attr_pos: i64, pos: i64) -> None:
        self.name: Final = name
        self.attr_pos: Final[i64] = attr_pos
        self.pos: Final[i64] = pos

    def apply(self, function: object, argument: object, pos: i64) -> object:
        assert isinstance(function, Thunk)
        try:
            return function.force(self.pos)
        except NixError as error:
            note_attribute_at(error, self.attr_pos, show_name(self.name))
            raise


class SelectOr(Op):
    """``subject.name or default``."""

    def __init__(self, subject: Op, name: str, default: Op, pos: i64) -> None:
        self.subject: Final = subject
        self.name: Final = name
        self.default: Final = default
        self.pos: Final[i64] = pos
        self.cached_shape: Shape = NO_SHAPE
        self.cached_index: i64 = -1

    def eval(self, env: Env) -> object:
        attrs = self.subject.eval(env)
        if not isinstance(attrs, Attrs):
            return self.default.eval(env)
        shape = attrs.shape
        if attrs.base is not None or shape is TABLE_SHAPE:
            try:
                value = attrs.get(self.name, self.pos)
            except NixError as error:
                note_attribute(error, attrs, self.name, show_name(self.name))
                raise
            if value is MISSING:
                return self.default.eval(env)
            return value
        if shape is not self.cached_shape:
            self.cached_index = shape.find(self.name)
            self.cached_shape = shape
        index = self.cached_index
        if index < 0:
            return self.default.eval(env)
        values = attrs.values  # forcing may give the set other ones (`Attrs.flatten`)
        place = values[index]
        if isinstance(place, Thunk):
            try:
                value = place.force(self.pos)
            except NixError as error:
                note_attribute(error, attrs, self.name, show_name(self.name))
                raise
            values[index] = value
            return value
        return place


class PathComponent:
    """A component of an attribute path: a static `name`, or a `dynamic` operation.

    `pos` is where the dynamic expression is, `shown` the component as written.
    """

    def __init__(self, name: str, dynamic: Op | None, pos: i64, shown: str) -> None:
        self.name: Final = name
        self.dynamic: Final = dynamic
        self.pos: Final[i64] = pos
        self.shown: Final = shown
        self.cached_shape: Shape = NO_SHAPE
        self.cached_index: i64 = 0
        self.known: str | None = None  # the name that was numbered last

    def place(self, attrs: Attrs, name: str) -> object:
        """The place of `name`, which this component evaluated to, or `MISSING`."""
        shape = attrs.shape
        if shape is self.cached_shape:
            return attrs.values[self.cached_index]
        if self.dynamic is not None or attrs.base is not None or shape is TABLE_SHAPE:
            return attrs.place(name)
        index = shape.find(name)
        if index < 0:
            return MISSING
        self.cached_shape = shape
        self.cached_index = index
        return attrs.values[index]

    def evaluate(self, env: Env) -> str:
        dynamic = self.dynamic
        if dynamic is None:
            return self.name
        value = dynamic.eval(env)
        if isinstance(value, str):
            if value is not self.known:
                session().symbols.number(value)
                self.known = value
            return value
        raise not_a_name(value, self.pos)


def not_a_name(value: object, pos: i64) -> NixError:
    why = "while evaluating an attribute name"
    if isinstance(value, NixString):
        return refers_to_store(value).with_frame(pos, why)
    return expected("a string", value, pos).with_frame(pos, why)


class SelectPath(Op):
    """``subject.a.${b}.c``, with `default` or None."""

    def __init__(self, subject: Op, path: list[PathComponent], default: Op | None, pos: i64) -> None:
        self.subject: Final = subject
        self.path: Final = path
        self.default: Final = default
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        value = self.subject.eval(env)
        owner: Attrs | None = None  # the set that `value` was found in, under `name`
        name = ""
        default = self.default
        try:
            for component in self.path:
                wanted = component.evaluate(env)
                if isinstance(value, Thunk):
                    value = value.force(self.pos)
                if not isinstance(value, Attrs):
                    if default is not None:
                        return default.eval(env)
                    raise not_a_set(value, self.pos)
                place = component.place(value, wanted)
                if place is MISSING:
                    if default is not None:
                        return default.eval(env)
                    raise missing_attribute(value, wanted, self.pos)
                owner = value
                name = wanted
                value = place
            if isinstance(value, Thunk):
                assert owner is not None
                return value.value if value.op is None else owner.get(name, self.pos)
            return value
        except NixError as error:
            if owner is not None:
                note_attribute(error, owner, name, self.show(env))
            raise

    def show(self, env: Env) -> str:
        """The path with computed names in place, where they can be computed."""
        parts: list[str] = []
        for component in self.path:
            try:
                parts.append(show_name(component.evaluate(env)))
            except NixError:
                parts.append(component.shown)
        return ".".join(parts)


class HasAttr(Op):
    """``subject ? name``."""

    def __init__(self, subject: Op, name: str) -> None:
        self.subject: Final = subject
        self.name: Final = name
        self.cached_shape: Shape = NO_SHAPE
        self.cached_answer = False

    def eval(self, env: Env) -> object:
        attrs = self.subject.eval(env)
        if not isinstance(attrs, Attrs):
            return False
        shape = attrs.shape
        if attrs.base is not None or shape is TABLE_SHAPE:
            return attrs.has(self.name)
        if shape is not self.cached_shape:
            self.cached_answer = shape.find(self.name) >= 0
            self.cached_shape = shape
        return self.cached_answer


class HasAttrPath(Op):
    """``subject ? a.${b}``: everything but the last attribute is forced."""

    def __init__(self, subject: Op, path: list[PathComponent], pos: i64) -> None:
        self.subject: Final = subject
        self.path: Final = path
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        value = self.subject.eval(env)
        for component in self.path:
            if isinstance(value, Thunk):
                value = value.force(self.pos)
            name = component.evaluate(env)
            if not isinstance(value, Attrs):
                return False
            value = component.place(value, name)
            if value is MISSING:
                return False
        return True


class Update(Op):
    """``left // right``. The right operand is evaluated first."""

    def __init__(self, left: Op, right: Op, left_pos: i64, right_pos: i64) -> None:
        self.left: Final = left
        self.right: Final = right
        self.left_pos: Final[i64] = left_pos
        self.right_pos: Final[i64] = right_pos
        self.updates: Final = Updates()

    def eval(self, env: Env) -> object:
        right = update_operand(
            self.right, env, self.right_pos, "in the right operand of the update (//) operator"
        )
        left = update_operand(
            self.left, env, self.left_pos, "in the left operand of the update (//) operator"
        )
        return self.updates.update(left, right)


def update_operand(operand: Op, env: Env, pos: i64, why: str) -> Attrs:
    """The set that an operand must be. A chain of updates is one operation: no frame for it."""
    try:
        value = operand.eval(env)
        if isinstance(value, Attrs):
            return value
        raise expected("a set", value, 0)
    except NixError as error:
        if not isinstance(operand, Update):
            error.add_frame(pos, why)
        raise


class Concat(Op):
    """``left ++ right``."""

    def __init__(self, left: Op, right: Op, pos: i64) -> None:
        self.left: Final = left
        self.right: Final = right
        self.pos: Final[i64] = pos

    def eval(self, env: Env) -> object:
        left = self.left.eval(env)
        right = self.right.eval(env)
        if isinstance(left, list):
            if isinstance(right, list):
                if not left:
                    return right
                if not right:
                    return left
                return left + right
            left = right
        raise expected("a list", left, 0).with_frame(
            self.pos, "while evaluating one of the elements to concatenate"
        )
