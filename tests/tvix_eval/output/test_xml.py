from pathlib import Path

import pytest

from tvix_eval.errors import NixError
from tvix_eval.output.xml import XmlWriter, to_xml
from tvix_eval.vm.strings import ContextBuilder

from ..evaluating import Program

HEADER = "<?xml version='1.0' encoding='utf-8'?>\n<expr>\n"


def xml(expression: str, strict: bool = True, location: bool = False) -> str:
    program = Program()
    value = program.value(expression, deep=False)
    text = program.evaluation.run(lambda: to_xml(value, strict, location, ContextBuilder(), 0))
    assert isinstance(text, str)
    assert text.startswith(HEADER)
    assert text.endswith("</expr>\n")
    return text.removeprefix(HEADER).removesuffix("</expr>\n")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1", '<int value="1" />'),
        ("1.5", '<float value="1.5" />'),
        ('"<\\"&>\\n\'"', '<string value="&lt;&quot;&amp;&gt;&#xA;\'" />'),
        ("null", "<null />"),
        ("true", '<bool value="true" />'),
        ("/a", '<path value="/a" />'),
        ("map", "<unevaluated />"),
        ("x: x", '<function>\n    <varpat name="x" />\n  </function>'),
        (
            "{ b, a ? 1, ... }@z: 1",
            '<function>\n    <attrspat ellipsis="1" name="z">\n      <attr name="a" />\n      <attr name="b" />\n'
            "    </attrspat>\n  </function>",
        ),
        (
            "{ a = [ 1 ]; }",
            '<attrs>\n    <attr name="a">\n      <list>\n        <int value="1" />\n      </list>\n    </attr>\n'
            "  </attrs>",
        ),
    ],
)
def test_element(expression: str, expected: str) -> None:
    assert xml(expression) == f"  {expected}\n"


def test_derivation_is_written_once() -> None:
    text = xml('let d = { type = "derivation"; drvPath = "/d"; outPath = "/o"; }; in [ d d ]')
    assert text.count('<derivation drvPath="/d" outPath="/o">') == 2
    assert text.count("<repeated />") == 1


def test_locations(tmp_path: Path) -> None:
    path = tmp_path / "value.nix"
    path.write_text("{\n  a = x: x;\n}")
    text = xml(f"import {path}", location=True)
    assert f'<attr column="3" line="2" name="a" path="{path}">' in text
    assert f'<function column="7" line="2" path="{path}">' in text


def test_lazy() -> None:
    assert "<unevaluated />" in xml("{ a = 1 + 1; }", strict=False)


def test_what_was_written_before_an_error() -> None:
    program = Program()
    value = program.value('[ 1 (throw "x") ]', deep=False)
    parts: list[str] = []
    writer = XmlWriter(True, False, ContextBuilder(), parts.append)
    with pytest.raises(NixError):
        program.evaluation.run(lambda: writer.write_document(value, 0))
    assert "".join(parts) == HEADER + '  <list>\n    <int value="1" />\n  </list>\n</expr>\n'


def test_a_document_comes_in_blocks() -> None:
    program = Program()
    value = program.value("builtins.genList toString 20000")
    blocks: list[str] = []
    program.evaluation.run(
        lambda: XmlWriter(True, False, ContextBuilder(), blocks.append).write_document(value, 0)
    )
    assert len(blocks) > 2
    assert "".join(blocks).count("<string") == 20000
