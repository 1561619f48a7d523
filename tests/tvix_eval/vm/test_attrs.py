"""Attribute sets in all their representations, against a plain dict."""

from __future__ import annotations

import random

import pytest

from tvix_eval.vm.attr_positions import OnePosition, TablePositions
from tvix_eval.vm.attrs import Attrs, from_sorted, from_table
from tvix_eval.vm.updates import Updates

from ..evaluating import Program, show

UPDATES = Updates()
update = UPDATES.update


def make(names: list[str], value: int, kind: int) -> Attrs:
    if kind == 0:
        ordered = sorted(set(names))
        return from_sorted(ordered, [value] * len(ordered))
    positions = {name: value for name in names}
    return from_table(dict.fromkeys(names, value), TablePositions(positions) if kind == 1 else None)


@pytest.mark.parametrize("seed", range(20))
def test_updates_are_those_of_a_dict(seed: int) -> None:
    chance = random.Random(seed)
    attrs = make([f"n{i}" for i in range(chance.choice([0, 3, 60, 300]))], 0, seed % 3)
    expected = {name: 0 for name in attrs.names()} if seed % 2 else dict.fromkeys(list(attrs.names()), 0)
    for step in range(1, 120):
        names = [f"n{chance.randrange(400)}" for _ in range(chance.choice([0, 1, 1, 2, 40]))]
        attrs = update(attrs, make(names, step, chance.randrange(3)))
        expected.update(dict.fromkeys(names, step))
        probe = f"n{chance.randrange(400)}"
        assert attrs.has(probe) == (probe in expected)
        if probe in expected:
            assert attrs.get(probe, 0) == expected[probe]
    assert attrs.names() == sorted(expected)
    assert attrs.places() == [expected[name] for name in sorted(expected)]
    assert attrs.size() == len(expected)


def test_layers_stay_few() -> None:
    attrs = from_table({f"n{i}": i for i in range(1000)})
    for i in range(2000):
        attrs = update(attrs, from_table({f"n{i % 50}": i}))
    layers = 1
    below = attrs.base
    while below is not None:
        layers += 1
        below = below.base
    assert layers < 12


def test_positions_follow_the_right_operand() -> None:
    left = from_table({"a": 1, "b": 1}, TablePositions({"a": 10, "b": 11}))
    right = from_table({"b": 2, "c": 2}, OnePosition("b", 20))
    both = update(left, right)
    assert [both.position(name) for name in ("a", "b", "c", "d")] == [10, 20, 0, 0]
    without = update(both, from_table({"a": 3}))
    assert [without.position(name) for name in ("a", "b")] == [0, 20]
    for step in range(100):
        both = update(both, from_table({"x": step}, OnePosition("x", 100 + step)))
    assert [both.position(name) for name in ("a", "b", "x")] == [10, 20, 199]


def test_sets_are_walked_in_the_order_in_which_names_appeared() -> None:
    assert "error: bb" in Program().error('{ b = throw "bb"; a = throw "aa"; }')
    assert show('builtins.attrNames { b = 1; a = 2; "-" = 3; Z = 4; }') == '[ "-" "Z" "a" "b" ]'
