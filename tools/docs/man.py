"""Manual pages, in the macros of man(7), which every system can show."""

from __future__ import annotations

from .programs import Manual, Option

NAME_OF_ALL = "Tvix in Python"


def page(manual: Manual) -> str:
    """A manual page. It says no date, so that it only changes when something does."""
    lines = [
        f'.TH {manual.name.upper()} 1 "" "{NAME_OF_ALL}" "User Commands"',
        ".SH NAME",
        f"{escaped(manual.name)} \\- {escaped(manual.summary)}",
        ".SH SYNOPSIS",
        ".nf",
    ]
    for line in manual.synopsis:
        if line.startswith(" "):
            lines.append("    " + escaped(line.strip()))
        else:
            command, _, rest = line.partition(" ")
            lines.append(f"\\fB{escaped(command)}\\fR {escaped(rest)}")
    lines += [".fi", ".SH DESCRIPTION"]
    lines += paragraphs(manual.description)
    lines.append(".SH OPTIONS")
    for group in manual.groups:
        if group.options:
            lines.append(f".SS {escaped(group.title)}")
            for option in group.options:
                lines += [".TP", term(option), protected(escaped(sentence(option.help)))]
    for section in manual.sections:
        lines.append(f".SH {escaped(section.title.upper())}")
        lines += paragraphs(section.paragraphs)
        if section.lines:
            lines += [".nf", *(protected(escaped(line)) for line in section.lines), ".fi"]
    lines += [".SH SEE ALSO", ", ".join(f"\\fB{escaped(name)}\\fR(1)" for name in manual.see_also)]
    return "\n".join(line for line in lines if line) + "\n"


def term(option: Option) -> str:
    names = ", ".join(f"\\fB{escaped(name)}\\fR" for name in option.names)
    return " ".join([names, *(f"\\fI{escaped(argument)}\\fR" for argument in option.arguments)])


def paragraphs(texts: list[str]) -> list[str]:
    lines: list[str] = []
    for text in texts:
        lines += [".PP", protected(escaped(text))]
    return lines[1:]


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") or not text else ".")


def escaped(text: str) -> str:
    return text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...").replace("'", "\\(aq")


def protected(line: str) -> str:
    """A line that is no request, whatever it begins with."""
    return "\\&" + line if line.startswith(".") else line
