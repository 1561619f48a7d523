import pytest

from tvix_eval.settings import Settings

from ..evaluating import Program, message, show, trace


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('builtins.tryEval (throw "x")', "{ success = false; value = false; }"),
        ("builtins.tryEval (assert false; 1)", "{ success = false; value = false; }"),
        ("builtins.tryEval 1", "{ success = true; value = 1; }"),
        ("(builtins.tryEval <nothing>).success", "false"),
        ('(builtins.tryEval [ (throw "x") ]).success', "true"),
        ('builtins.seq [ (throw "") ] 1', "1"),
        ("let x = { inherit x; }; in builtins.deepSeq x 1", "1"),
        ("builtins.typeOf builtins.add", '"lambda"'),
        (
            'map builtins.typeOf [ 1 1.0 true null "" /a [ ] { } ]',
            '[ "int" "float" "bool" "null" "string" "path" "list" "set" ]',
        ),
        ("builtins.isFunction { __functor = self: x: x; }", "false"),
        ("builtins.isInt true", "false"),
    ],
)
def test_value(expression: str, expected: str) -> None:
    assert show(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('builtins.tryEval (abort "x")', "evaluation aborted with the following error message: 'x'"),
        ("builtins.tryEval (1 + null)", "cannot add null to an integer"),
        ("throw 1", "cannot coerce an integer to a string: 1"),
        ('builtins.addErrorContext 1 (throw "x")', "cannot coerce an integer to a string: 1"),
        ('builtins.deepSeq { b = throw "first"; a = throw "second"; } 1', "first"),
        ("builtins.warn 1 2", "expected a string but found an integer: 1"),
    ],
)
def test_error(expression: str, expected: str) -> None:
    assert message(expression) == expected


def test_evaluation_goes_on_after_try_eval() -> None:
    """What was nested when the error was raised does not count any more."""
    expression = """
      let
        fail = n: if n == 0 then throw "" else 1 + fail (n - 1);
        tries = map (i: (builtins.tryEval (fail 900)).success) (builtins.genList (i: i) 50);
      in builtins.any (x: x) tries
    """
    assert Program(Settings(max_call_depth=1000)).show(expression) == "false"


class TestTrace:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ('"a\\nb"', "a\nb"),
            ("1.5", "1.5"),
            ("{ a = 1; b = 1 + 1; }", "{ a = 1; b = «thunk»; }"),
            ("[ map (map map) ]", "[ «primop map» «thunk» ]"),
            ("(x: x)", "«lambda @ (test):1:17»"),
            ("(let x = [ 1 ]; y = [ x x ]; in builtins.deepSeq y y)", "[ [ 1 ] «repeated» ]"),
        ],
    )
    def test_text(self, value: str, expected: str) -> None:
        program = Program()
        program.value(f"builtins.trace {value} 1")
        assert program.said == [("trace", expected.encode().decode("latin-1"))]

    def test_verbose(self) -> None:
        quiet = Program()
        loud = Program(Settings(trace_verbose=True))
        for program in (quiet, loud):
            assert program.show('builtins.traceVerbose "x" 1') == "1"
        assert (quiet.said, loud.said) == ([], [("trace", "x")])


class TestWarn:
    def test_text(self) -> None:
        program = Program()
        assert program.show('builtins.warn "x" 1') == "1"
        assert program.said == [("evaluation warning", "x")]

    def test_abort(self) -> None:
        error = Program(Settings(abort_on_warn=True)).error('builtins.warn "x" 1')
        assert error.endswith("aborting to reveal stack trace of warning, as abort-on-warn is set")


def test_error_context_is_always_shown() -> None:
    expression = """
      let down = n: if n == 0 then throw "zero" else
        builtins.addErrorContext "at ${toString n}" (1 + down (n - 1));
      in down 20
    """
    shown = Program().error(expression)
    assert all(f"… at {n}\n" in shown for n in range(1, 21))
    assert "(stack trace truncated" in shown


class TestGenericClosure:
    def test_reaches_everything_once(self) -> None:
        expression = """
          map (x: x.key) (builtins.genericClosure {
            startSet = [ { key = 1; } ];
            operator = { key }: map (key: { inherit key; }) (if key < 8 then [ (key * 2) (key + 3) ] else [ ]);
          })
        """
        assert show(expression) == "[ 1 2 4 5 8 7 10 14 ]"

    @pytest.mark.parametrize(
        ("keys", "expected"),
        [
            ("1 1.0 2", "[ 1 2 ]"),
            ('"a" "b" "a"', '[ "a" "b" ]'),
            ("[ 1 ] [ 1 2 ] [ 1 ]", "[ [ 1 ] [ 1 2 ] ]"),
            ("/b /a /b", "[ /b /a ]"),
            ("{ }", "[ { } ]"),
        ],
    )
    def test_keys(self, keys: str, expected: str) -> None:
        start = f"map (key: {{ inherit key; }}) [ {keys} ]"
        closure = f"builtins.genericClosure {{ startSet = {start}; operator = x: [ ]; }}"
        assert show(f"map (x: x.key) ({closure})") == expected

    def test_keys_that_cannot_be_compared(self) -> None:
        expression = (
            'builtins.genericClosure { startSet = [ { key = 1; } { key = "a"; } ]; operator = x: [ ]; }'
        )
        assert message(expression) == 'cannot compare a string with an integer; values are "a" and 1'
        assert trace(expression)[1:] == [
            'while comparing element { key = "a"; }',
            "with element { key = 1; }",
        ]
