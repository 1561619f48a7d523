"""What is evaluated, as one Nix expression, the same for both sides."""

from __future__ import annotations

from importlib import resources

from attrs import field, frozen


@frozen
class Request:
    """`file` is absolute, or `expression` is given. `attribute` is a path in it."""

    file: str = ""
    expression: str = ""
    attribute: list[str] = field(factory=list)
    arguments: dict[str, str] = field(factory=dict)  # as expressions
    include: list[str] = field(factory=list)
    features: list[str] = field(factory=list)

    def function(self) -> str:
        """An expression for a function of attribute paths; see ``probe.nix``."""
        arguments = "".join(f"{quoted(name)} = ({text}\n);" for name, text in self.arguments.items())
        root = f"({self.expression}\n)" if self.expression else f"import (/. + {quoted(self.file)})"
        names = " ".join(quoted(name) for name in self.attribute)
        return (
            f"let arguments = {{ {arguments} }};\n"
            "pass = value: if builtins.isFunction value"
            " then value (builtins.intersectAttrs (builtins.functionArgs value) arguments) else value;\n"
            f"root = builtins.foldl' (set: name: pass set.${{name}}) (pass ({root})) [ {names} ];\n"
            f"in ({probe()}) root"
        )


def probe() -> str:
    return resources.files("tvix_glue.compare").joinpath("probe.nix").read_text("utf-8")


def quoted(text: str) -> str:
    """A string literal of Nix."""
    for mark, escape in (("\\", "\\\\"), ('"', '\\"'), ("${", "\\${"), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(mark, escape)
    return '"' + text + '"'


def list_of_paths(paths: list[list[str]]) -> str:
    return "[ " + " ".join("[ " + " ".join(map(quoted, path)) + " ]" for path in paths) + " ]"


def split_attribute(text: str) -> list[str]:
    """The names in ``a.b."c.d"``. Raises ValueError where quotes do not end."""
    names: list[str] = []
    name, within = "", False
    for character in text:
        if character == '"':
            within = not within
        elif character == "." and not within:
            names.append(name)
            name = ""
        else:
            name += character
    if within:
        raise ValueError(f"missing closing quote in selection path '{text}'")
    return [*names, name] if text else []


def joined_attribute(path: list[str]) -> str:
    """As ``nix-eval-jobs`` writes an attribute path."""
    return ".".join(f'"{name}"' if "." in name else name for name in path)
