import pytest

from tvix_eval.builtins.json_parser import parse_json
from tvix_eval.errors import NixError
from tvix_eval.output.printer import print_value
from tvix_eval.settings import Settings
from tvix_eval.vm.machine import SymbolOrder

from ..evaluating import Program, message, show, trace


class TestToJson:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("{ b = 1; a = [ 1.0 null true ]; }", '{"a":[1.0,null,true],"b":1}'),
            ('{ outPath = "/x"; a = throw ""; }', '"/x"'),
            ('{ __toString = self: "s"; outPath = "/x"; }', '"s"'),
            ('"\\" \\\\ \\n é /"', '"\\" \\\\ \\n é /"'),
            ("[ ]", "[]"),
            ("{ }", "{}"),
            ("1.0e300 * 1.0e300", "null"),
        ],
    )
    def test_text(self, value: str, expected: str) -> None:
        text = Program().value(f"builtins.toJSON ({value})")
        assert isinstance(text, str)
        assert text.encode("latin-1").decode() == expected

    def test_function(self) -> None:
        assert message("builtins.toJSON [ (x: x) ]") == "cannot convert a function to JSON"
        assert trace("builtins.toJSON { a = [ (x: x) ]; }") == [
            "while calling the 'toJSON' builtin",
            "while evaluating attribute 'a'",
            "while evaluating list element at index 0",
        ]

    @pytest.mark.parametrize(
        ("expression", "expected"),
        [
            ('builtins.substring 0 1 "é"', "incomplete UTF-8 string; last byte: 0xC3"),
            ('builtins.substring 1 1 "é"', "invalid UTF-8 byte at index 0: 0xA9"),
            ('builtins.substring 0 1 "é" + "a"', "invalid UTF-8 byte at index 1: 0x61"),
        ],
    )
    def test_not_utf8(self, expression: str, expected: str) -> None:
        begin = "JSON serialization error: [json.exception.type_error.316] "
        assert message(f"builtins.toJSON ({expression})") == begin + expected


class TestFromJson:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (' {"b": [1, 2.5, -0, 1e2], "a": {"é": null}} ', '{ a = { "é" = null; }; b = [ 1 2.5 0 100 ]; }'),
            ('"\\u00e9\\ud83d\\ude00\\/"', '"é😀/"'),
            ('{"a": 1, "a": 2}', "{ a = 2; }"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("18446744073709551616", "1.84467e+19"),
            ("\ufefftrue", "true"),
        ],
    )
    def test_value(self, text: str, expected: str) -> None:
        value = parse_json(text.encode().decode("latin-1"), SymbolOrder())
        assert print_value(value).encode("latin-1").decode() == expected

    @pytest.mark.parametrize(
        ("text", "place", "expected"),
        [
            ("[1,]", "line 1, column 4", "parsing value - unexpected ']'; expected '[', '{', or a literal"),
            ("[1\n 2]", "line 2, column 2", "parsing array - unexpected number literal; expected ']'"),
            (
                '{"a" 1}',
                "line 1, column 6",
                "parsing object separator - unexpected number literal; expected ':'",
            ),
            (
                "{a",
                "line 1, column 2",
                "parsing object key - invalid literal; last read: '{a'; expected string literal",
            ),
            ("nul", "line 1, column 4", "parsing value - invalid literal; last read: 'nul'"),
            (
                "1.",
                "line 1, column 3",
                "parsing value - invalid number; expected digit after '.'; last read: '1.'",
            ),
            ("1 2", "line 1, column 3", "parsing value - unexpected number literal; expected end of input"),
            (
                '"\x01"',
                "line 1, column 2",
                "parsing value - invalid string: control character U+0001 (SOH) must be escaped to \\u0001; "
                "last read: '\"<U+0001>'",
            ),
            (
                '"\\ud800x"',
                "line 1, column 8",
                "parsing value - invalid string: surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF; "
                "last read: '\"\\ud800x'",
            ),
        ],
    )
    def test_error(self, text: str, place: str, expected: str) -> None:
        with pytest.raises(NixError) as caught:
            parse_json(text, SymbolOrder())
        begin = f"[json.exception.parse_error.101] parse error at {place}: syntax error while "
        assert caught.value.message == begin + expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (
                "18446744073709551615",
                "unsigned json number 18446744073709551615 outside of Nix integer range",
            ),
            ("1e400", "[json.exception.out_of_range.406] number overflow parsing '1e400'"),
        ],
    )
    def test_number_too_big(self, text: str, expected: str) -> None:
        assert message(f'builtins.fromJSON "{text}"') == expected

    def test_deep_nesting(self) -> None:
        depth = 100_000
        value = parse_json("[" * depth + "]" * depth, SymbolOrder())
        while isinstance(value, list) and value:
            value = value[0]
            depth -= 1
        assert depth == 1


class TestFromToml:
    def test_value(self) -> None:
        document = "a = 1\\nb = 'é'\\n[c]\\nd = [ 1.5, true ]\\n[[e]]\\nf = inf"
        expected = '{ a = 1; b = "é"; c = { d = [ 1.5 true ]; }; e = [ { f = inf; } ]; }'
        assert show(f'fromTOML "{document}"') == expected

    @pytest.mark.parametrize(
        ("time", "expected"),
        [
            ("1979-05-27T07:32:00Z", "1979-05-27T07:32:00Z"),
            ("1979-05-27 07:32:00.9-07:00", "1979-05-27T07:32:00.900-07:00"),
            ("1979-05-27T00:32:00.999999", "1979-05-27T00:32:00.999999"),
            ("1979-05-27", "1979-05-27"),
            ("07:32:00", "07:32:00"),
        ],
    )
    def test_times(self, time: str, expected: str) -> None:
        program = Program(Settings(experimental_features=["parse-toml-timestamps"]))
        assert program.show(f'(fromTOML "a = {time}").a.value') == f'"{expected}"'
        assert message(f'fromTOML "a = {time}"').startswith("while parsing TOML: ")

    @pytest.mark.parametrize("document", ["a = ", "a = 1\\na = 2", "a = 9223372036854775808", "= 1"])
    def test_error(self, document: str) -> None:
        assert message(f'fromTOML "{document}"').startswith("while parsing TOML: ")

    def test_deep_nesting(self) -> None:
        nested = f'(fromTOML "a = {"[" * 4000}{"]" * 4000}").a'
        assert show(f"builtins.length {nested}") == "1"
        assert "max-call-depth exceeded" in message(f'fromTOML "a = {"[" * 11000}"')
        expression = """
          let key = builtins.concatStringsSep "." (builtins.genList (i: "a") 2000000); in fromTOML "[${key}]"
        """
        assert "stack overflow" in message(expression)

    def test_place_of_an_error(self) -> None:
        assert message('fromTOML "a = 1\\nbb = 01\\n"') == (
            "while parsing TOML: [error] bad integer: invalid digit after an integer\n --> fromTOML\n   |\n"
            " 2 | bb = 01\n   |       ^-- this digit is not allowed\n"
            "Hint: valid  : -42, 1_000, 1_2_3_4_5, 0xC0FFEE, 0b0010, 0o755\n"
            "Hint: invalid: _42, 1__000, 0123\n"
        )

    def test_table_defined_twice(self) -> None:
        assert message('fromTOML "[a]\\n[b]\\n[a]"') == (
            "while parsing TOML: [error] toml::insert_value: failed to insert a table, table already defined\n"
            " --> fromTOML\n   |\n 3 | [a]\n   | ^^^-- inserting this\n   | ...\n   |\n 1 | [a]\n"
            "   | ^^^-- this table is explicitly defined\n"
        )

    @pytest.mark.parametrize(
        ("document", "accepted"),
        [
            ("[a.b]\\n[a]\\nc = 1", True),
            ("[a]\\nb.c = 1\\n[a.b]", False),
            ("[a]\\nb.c = 1\\n[a.b.d]", True),
            ("a = {b = 1}\\n[a.c]", False),
            ("[[a]]\\n[a.b]\\n[[a]]\\n[a.b]", True),
            ("a = []\\n[[a]]", False),
            ("[a.b]\\nc = 1\\n[a]\\nb.d = 2", False),
        ],
    )
    def test_where_tables_may_be_written(self, document: str, accepted: bool) -> None:
        expression = f'fromTOML "{document}"'
        if accepted:
            assert show(f"{expression} ? a") == "true"
        else:
            assert "toml::insert_value" in message(expression)
