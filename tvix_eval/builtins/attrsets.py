"""Builtins on attribute sets."""

from __future__ import annotations

from tvix_eval.errors import TypeError_
from tvix_eval.hints import i64
from tvix_eval.vm.attr_positions import (
    LiteralPositions,
    SamePosition,
    TablePositions,
    some_positions,
)
from tvix_eval.vm.attrs import EMPTY_ATTRS, EMPTY_VALUES, Attrs, from_table, layered_positions
from tvix_eval.vm.calls import APPLY2, ApplyNamed
from tvix_eval.vm.force import (
    force_attrs,
    force_function,
    force_list,
    force_string_no_context,
    get_attr,
)
from tvix_eval.vm.machine import session
from tvix_eval.vm.operations.variables import Const
from tvix_eval.vm.positions import position_value
from tvix_eval.vm.shapes import (
    LARGEST_SHARED_SHAPE,
    NO_SHAPE,
    TABLE_SHAPE,
    Positions,
    Shape,
    removal_of,
    shape_of,
)
from tvix_eval.vm.values import (
    EMPTY_LIST,
    MISSING,
    NO_ENV,
    Builtin,
    Closure,
    Formals,
    Op,
    PartialBuiltin,
    PartialClosure,
    Primitive,
    Thunk,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    pass


def map_ops(shape: Shape) -> list[Op]:
    """The operations for all names of a shape, kept with it."""
    ops = shape.map_ops
    if ops is None:
        ops = [ApplyNamed(name) for name in shape.names]
        shape.map_ops = ops
    return ops


class IsAttrs(Primitive):
    def call1(self, a: object) -> object:
        if isinstance(a, Thunk):
            a = a.force(0)
        return isinstance(a, Attrs)


class AttrNames(Primitive):
    def call1(self, a: object) -> object:
        attrs = force_attrs(a, 0, "while evaluating the argument passed to builtins.attrNames")
        result: list[object] = []
        result.extend(attrs.names())
        return result or EMPTY_LIST


class AttrValues(Primitive):
    def call1(self, a: object) -> object:
        attrs = force_attrs(a, 0, "while evaluating the argument passed to builtins.attrValues")
        return attrs.places().copy()


class GetAttr(Primitive):
    def call2(self, a: object, b: object) -> object:
        name = force_string_no_context(a, 0, "while evaluating the first argument passed to builtins.getAttr")
        attrs = force_attrs(b, 0, "while evaluating the second argument passed to builtins.getAttr")
        session().symbols.number(name)
        value = attrs.get(name, 0)
        if value is MISSING:
            return get_attr(attrs, name, "in the attribute set under consideration")
        return value


class HasAttr(Primitive):
    def call2(self, a: object, b: object) -> object:
        name = force_string_no_context(a, 0, "while evaluating the first argument passed to builtins.hasAttr")
        attrs = force_attrs(b, 0, "while evaluating the second argument passed to builtins.hasAttr")
        session().symbols.number(name)
        return attrs.has(name)


class UnsafeGetAttrPos(Primitive):
    def call2(self, a: object, b: object) -> object:
        why = "while evaluating the first argument passed to builtins.unsafeGetAttrPos"
        name = force_string_no_context(a, 0, why)
        attrs = force_attrs(b, 0, "while evaluating the second argument passed to builtins.unsafeGetAttrPos")
        session().symbols.number(name)
        return position_value(attrs.position(name))


class RemoveAttrs(Primitive):
    def call2(self, a: object, b: object) -> object:
        attrs = force_attrs(a, 0, "while evaluating the first argument passed to builtins.removeAttrs")
        items = force_list(b, 0, "while evaluating the second argument passed to builtins.removeAttrs")
        why = "while evaluating the values of the second argument passed to builtins.removeAttrs"
        names: list[str] = []
        symbols = session().symbols
        for item in items:
            name = force_string_no_context(item, 0, why)
            symbols.number(name)
            names.append(name)
        base = attrs.base
        if base is not None and base.top_size() + attrs.top_size() <= LARGEST_SHARED_SHAPE:
            attrs.flatten()
        if attrs.base is None and attrs.table is None:
            removal = removal_of(attrs.shape, names)
            if removal.shape.size == attrs.shape.size:
                return attrs
            before = attrs.positions
            if removal.left is not before:
                removal.left = before
                removal.positions = some_positions(before, removal.shape)
            positions = removal.positions if before is not None else None
            return Attrs(removal.shape, removal.places(attrs.values, EMPTY_VALUES), None, positions)
        removed = {name for name in names if attrs.has(name)}
        if not removed:
            return attrs
        table = attrs.to_table()
        for name in removed:
            del table[name]
        return from_table(table, some_positions(layered_positions(attrs), TABLE_SHAPE, table))


class ListToAttrs(Primitive):
    """The position of an attribute is that of ``value`` in its pair.

    The pairs of a list nearly always come from one set literal; then there is one position.
    """

    def call1(self, a: object) -> object:
        items = force_list(a, 0, "while evaluating the argument passed to builtins.listToAttrs")
        pair_why = "while evaluating an element of the list passed to builtins.listToAttrs"
        name_why = (
            "while evaluating the `name` attribute of an element of the list passed to builtins.listToAttrs"
        )
        here = "in a {name=...; value=...;} pair"
        table: dict[str, object] = {}
        symbols = session().symbols
        sources: list[Attrs] = []
        shape: Shape = NO_SHAPE  # of the last pair, with the places of its attributes
        name_index: i64 = -1
        value_index: i64 = -1
        literal: Positions | None = None  # of the last pair whose name was delayed, and its name's
        name_pos: i64 = 0
        complete = True
        at = 0
        for item in items:
            if isinstance(item, Thunk):
                item = item.force(0)
                items[at] = item
            at += 1
            pair = item if isinstance(item, Attrs) else force_attrs(item, 0, pair_why)
            if pair.shape is not shape:
                shape = NO_SHAPE
                if pair.base is None and pair.shape is not TABLE_SHAPE:
                    name_index = pair.shape.find("name")
                    value_index = pair.shape.find("value")
                    if name_index >= 0 and value_index >= 0:
                        shape = pair.shape
            name = pair.values[name_index] if pair.shape is shape else pair.place("name")
            if (
                isinstance(name, Thunk)
                and pair.shape is shape
                and literal is not None
                and pair.positions is literal
            ):
                name = force_string_no_context(name, name_pos, name_why)
            elif not isinstance(name, str):
                place = get_attr(pair, "name", here)
                literal = pair.positions
                name_pos = pair.position("name")
                name = force_string_no_context(place, name_pos, name_why)
            if name not in table:
                value = pair.values[value_index] if pair.shape is shape else pair.place("value")
                if value is MISSING:
                    complete = False
                table[name] = value
                symbols.number(name)
                sources.append(pair)
        if not complete:
            for pair in sources:
                get_attr(pair, "value", here)
        return from_table(table, pair_positions(table, sources))


def pair_positions(table: dict[str, object], sources: list[Attrs]) -> Positions | None:
    """Positions of ``listToAttrs``: `sources` are the pairs, in the order of `table`."""
    if not sources:
        return None
    first = sources[0].positions
    if isinstance(first, LiteralPositions):
        alike = True
        for pair in sources:
            if pair.positions is not first:
                alike = False
                break
        if alike:
            return SamePosition(TABLE_SHAPE, table, first.find("value"), first.is_delayed("value"))
    positions: dict[str, int] = {}
    at = 0
    for name in table:
        pos = sources[at].position("value")
        if pos > 0:
            positions[name] = int(pos)
        at += 1
    return TablePositions(positions) if positions else None


class IntersectAttrs(Primitive):
    def call2(self, a: object, b: object) -> object:
        left = force_attrs(a, 0, "while evaluating the first argument passed to builtins.intersectAttrs")
        right = force_attrs(b, 0, "while evaluating the second argument passed to builtins.intersectAttrs")
        smaller = left if left.size() < right.top_size() or right.base is not None else right
        names: list[str] = []
        values: list[object] = []
        if smaller is left:
            for name in left.names():
                place = right.place(name)
                if place is not MISSING:
                    names.append(name)
                    values.append(place)
        else:
            places = right.places()
            at: i64 = 0
            for name in right.names():
                if left.has(name):
                    names.append(name)
                    values.append(places[at])
                at += 1
        if not names:
            return EMPTY_ATTRS
        shape = smaller.shape
        if len(names) != shape.size:
            shape = shape_of(names)
        return Attrs(shape, values, None, some_positions(layered_positions(right), shape))


class CatAttrs(Primitive):
    def call2(self, a: object, b: object) -> object:
        name = force_string_no_context(
            a, 0, "while evaluating the first argument passed to builtins.catAttrs"
        )
        items = force_list(b, 0, "while evaluating the second argument passed to builtins.catAttrs")
        why = "while evaluating an element in the list passed as second argument to builtins.catAttrs"
        session().symbols.number(name)
        result: list[object] = []
        for at in range(len(items)):
            attrs = force_attrs(items[at], 0, why)
            items[at] = attrs
            place = attrs.place(name)
            if place is not MISSING:
                result.append(place)
        return result


class MapAttrs(Primitive):
    def call2(self, a: object, b: object) -> object:
        attrs = force_attrs(b, 0, "while evaluating the second argument passed to builtins.mapAttrs")
        if attrs.base is not None:
            attrs.flatten()
        if a is None:
            a = Thunk(None, None)  # a thunk may not hold null where its function goes
        elif isinstance(a, Closure):
            a = Thunk(Const(a), NO_ENV)  # Nix looks at it when it is needed, and has no position of it before
        shape = attrs.shape
        if shape is TABLE_SHAPE:
            table = attrs.table
            assert table is not None
            mapped: dict[str, object] = {}
            for name, place in table.items():
                mapped[name] = Thunk(ApplyNamed(name), a, place)
            return from_table(mapped)
        at: i64 = 0
        values: list[object] = []
        places = attrs.values
        for op in map_ops(shape):
            values.append(Thunk(op, a, places[at]))
            at += 1
        return Attrs(shape, values, None, None)


class ZipAttrsWith(Primitive):
    def call2(self, a: object, b: object) -> object:
        function = force_function(a, 0, "while evaluating the first argument passed to builtins.zipAttrsWith")
        items = force_list(b, 0, "while evaluating the second argument passed to builtins.zipAttrsWith")
        why = "while evaluating a value of the list passed as second argument to builtins.zipAttrsWith"
        columns: dict[str, list[object]] = {}
        for at in range(len(items)):
            items[at] = force_attrs(items[at], 0, why)
        for item in items:
            assert isinstance(item, Attrs)
            places = item.places()
            place_at: i64 = 0
            for name in item.names():
                column = columns.get(name)
                if column is None:
                    columns[name] = [places[place_at]]
                else:
                    column.append(places[place_at])
                place_at += 1
        table: dict[str, object] = {}
        for name, column in columns.items():
            table[name] = Thunk(APPLY2, function, [name, column])
        return from_table(table)


class FunctionArgs(Primitive):
    def call1(self, a: object) -> object:
        if isinstance(a, Thunk):
            a = a.force(0)
        if isinstance(a, Closure):
            formals = a.code.formals
            return EMPTY_ATTRS if formals is None else formal_set(formals)
        if isinstance(a, PartialClosure) or isinstance(a, Builtin) or isinstance(a, PartialBuiltin):
            return EMPTY_ATTRS
        raise TypeError_("'functionArgs' requires a function")


def formal_set(formals: Formals) -> Attrs:
    """For each formal, whether it has a default; with its position."""
    slots: dict[str, int] = {}
    at = 0
    for name in formals.names:
        slots[name] = at
        at += 1
    names = sorted(formals.names)
    values: list[object] = []
    positions: list[int] = []
    delayed: list[bool] = []
    for name in names:
        slot = slots[name]
        values.append(formals.defaults[slot] is not None)
        positions.append(formals.positions[slot])
        delayed.append(False)
    shape = shape_of(names)
    return Attrs(shape, values, None, LiteralPositions(shape, positions, delayed))


def attrset_builtins() -> list[Builtin]:
    return [
        Builtin("isAttrs", ["e"], IsAttrs(), "Whether *e* is a set.", 1),
        Builtin("attrNames", ["set"], AttrNames(), "The names in a set, sorted.", 1),
        Builtin("attrValues", ["set"], AttrValues(), "The values in a set, in the order of their names.", 1),
        Builtin(
            "getAttr",
            ["s", "set"],
            GetAttr(),
            "The attribute of *set* that is named by the string *s*; an error if there is none.",
        ),
        Builtin(
            "hasAttr", ["s", "set"], HasAttr(), "Whether *set* has an attribute named by the string *s*."
        ),
        Builtin(
            "unsafeGetAttrPos",
            ["s", "set"],
            UnsafeGetAttrPos(),
            "Where the attribute named *s* of *set* is defined: a set of `file`, `line` and `column`, or `null`.",
        ),
        Builtin(
            "removeAttrs",
            ["set", "list"],
            RemoveAttrs(),
            "*set* without the attributes named in *list*. Names that it does not have do no harm.",
            1,
        ),
        Builtin(
            "listToAttrs",
            ["e"],
            ListToAttrs(),
            "The set that a list of `{ name, value }` pairs describes. The first pair with a name wins.",
            1,
        ),
        Builtin(
            "intersectAttrs",
            ["e1", "e2"],
            IntersectAttrs(),
            "The attributes of *e2* whose names are in *e1* too.",
            1,
        ),
        Builtin(
            "catAttrs",
            ["attr", "list"],
            CatAttrs(),
            "The values of the attribute named *attr* of those sets in *list* that have it.",
        ),
        Builtin(
            "mapAttrs",
            ["f", "attrset"],
            MapAttrs(),
            "A set with the same names, each with the result of `f name value`. Nothing is called until needed.",
            2,
        ),
        Builtin(
            "zipAttrsWith",
            ["f", "list"],
            ZipAttrsWith(),
            "One set of all names in a list of sets. Its values are `f name values`, of the values under the name.",
        ),
        Builtin(
            "functionArgs",
            ["f"],
            FunctionArgs(),
            "The arguments of a function with a set pattern: each name with whether it has a default.",
            1,
        ),
    ]
