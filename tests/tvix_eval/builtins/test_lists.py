import pytest

from ..evaluating import Program, message, show, trace


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('builtins.head [ 1 (throw "") ]', "1"),
        ('builtins.tail [ (throw "") 2 ]', "[ 2 ]"),
        ("builtins.elemAt [ 1 2 3 ] 1", "2"),
        ('builtins.length [ (throw "") ]', "1"),
        ("map (x: x * 2) [ 1 2 ]", "[ 2 4 ]"),
        ("map 1 [ ]", "[ ]"),
        ("builtins.filter (x: x > 1) [ 1 2 3 ]", "[ 2 3 ]"),
        ("builtins.elem 1 [ 2 1.0 ]", "true"),
        ("let f = x: x; in builtins.elem f [ f ]", "true"),
        ("builtins.elem (x: x) [ (x: x) ]", "false"),
        ("builtins.concatLists [ [ 1 ] [ ] [ 2 ] ]", "[ 1 2 ]"),
        ("builtins.concatMap (x: [ x x ]) [ 1 2 ]", "[ 1 1 2 2 ]"),
        ("builtins.foldl' (a: b: a - b) 10 [ 1 2 ]", "7"),
        ('builtins.foldl\' (a: b: b) (throw "") [ 1 ]', "1"),
        ('builtins.any (x: x) [ false true (throw "") ]', "true"),
        ('builtins.all (x: x) [ true false (throw "") ]', "false"),
        ("builtins.genList (x: x * x) 4", "[ 0 1 4 9 ]"),
        ("builtins.partition (x: x > 1) [ 1 2 3 ]", "{ right = [ 2 3 ]; wrong = [ 1 ]; }"),
        (
            'builtins.groupBy (x: if x > 1 then "b" else "a") [ 3 1 2 ]',
            "{ a = [ 1 ]; b = [ 3 2 ]; }",
        ),
    ],
)
def test_value(expression: str, expected: str) -> None:
    assert show(expression) == expected


def test_what_map_makes_is_delayed() -> None:
    assert show("map (x: x) [ 1 ]", deep=False) == "[ <CODE> ]"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("builtins.head [ ]", "'builtins.head' called on an empty list"),
        ("builtins.tail [ ]", "'builtins.tail' called on an empty list"),
        ("builtins.elemAt [ 1 2 ] 2", "'builtins.elemAt' called with index 2 on a list of size 2"),
        ("builtins.genList (x: x) (0 - 1)", "cannot create list of size -1"),
        ("builtins.all 1 [ ]", "expected a function but found an integer: 1"),
        ("builtins.groupBy (x: x) [ 1 ]", "expected a string but found an integer: 1"),
    ],
)
def test_error(expression: str, expected: str) -> None:
    assert message(expression) == expected


def test_frames_of_a_predicate() -> None:
    assert trace("builtins.filter (x: 1) [ 1 ]") == [
        "while calling the 'filter' builtin",
        "while evaluating the return value of the filtering function passed to builtins.filter",
    ]


class TestSort:
    @pytest.mark.parametrize(
        ("expression", "expected"),
        [
            ("builtins.sort builtins.lessThan [ 3 1 2 ]", "[ 1 2 3 ]"),
            ("builtins.sort builtins.lessThan [ 3 1.5 2 ]", "[ 1.5 2 3 ]"),
            ('builtins.sort builtins.lessThan [ "b" "é" "a" ]', '[ "a" "b" "é" ]'),
            ("builtins.sort (a: b: true) [ 1 2 3 ]", "[ 3 2 1 ]"),
            ("builtins.sort (a: b: false) [ 3 1 2 ]", "[ 3 1 2 ]"),
            ("builtins.sort 1 [ ]", "[ ]"),
        ],
    )
    def test_value(self, expression: str, expected: str) -> None:
        assert show(expression) == expected

    def test_equal_elements_keep_their_order(self) -> None:
        expression = """
          let
            items = builtins.genList (i: { key = i * 7 - i * 7 / 10 * 10; n = i; }) 100;
            sorted = builtins.sort (a: b: a.key < b.key) items;
            inOrder = i: let a = builtins.elemAt sorted i; b = builtins.elemAt sorted (i + 1); in
              a.key < b.key || a.key == b.key && a.n < b.n;
          in builtins.all inOrder (builtins.genList (i: i) 99)
        """
        assert show(expression) == "true"

    def test_comparisons_of_a_long_list(self) -> None:
        """What is compared, and in which order, can be seen."""
        program = Program()
        program.value(
            'builtins.sort (a: b: builtins.trace "${toString a}<${toString b}" (a < b))'
            " (builtins.genList (i: if i < 9 then 20 - i else i) 18)"
        )
        said = [text for _, text in program.said]
        assert said[:3] == ["9<12", "12<13", "13<14"]
        assert len(said) == 33

    def test_elements_are_forced_first(self) -> None:
        assert message('builtins.sort (throw "no") [ (throw "element") ]') == "no"
        assert message('builtins.sort builtins.lessThan [ (throw "element") ]') == "element"
