"""The tables of a TOML document while it is read, and what may be added to them.

TOML lets a table be written in several places, but not in any: how a table came to be
decides. The complaints are those of the TOML library of C++ Nix, which tells where the
table or value in the way stands.
"""

from __future__ import annotations

from tvix_eval.errors import EvalError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

IMPLICIT: Final = 0  # on the way to a table with a header of its own
EXPLICIT: Final = 1  # has a header
DOTTED: Final = 2  # on the way to the last part of a dotted key
INLINE: Final = 3


class Place:
    """A piece of the document: where it begins, and how long it is."""

    def __init__(self, begin: int, end: int) -> None:
        self.begin: Final = begin
        self.end: Final = end


class TomlError(EvalError):
    """The document is not TOML."""

    def kind(self) -> str:
        return "EvalError"

    def ends_verbatim(self) -> bool:
        return True


class Table:
    """`places` tells where each entry was written."""

    def __init__(self, kind: int) -> None:
        self.kind = kind
        self.entries: Final[dict[str, object]] = {}
        self.places: Final[dict[str, Place]] = {}

    def put(self, key: str, value: object, place: Place) -> None:
        self.entries[key] = value
        self.places[key] = place


class TableArray:
    """The tables under one ``[[header]]``."""

    def __init__(self) -> None:
        self.tables: Final[list[Table]] = []


class Document:
    """A text, and how errors in it are shown."""

    def __init__(self, text: str) -> None:
        self.text: Final = text

    def error(
        self,
        title: str,
        place: Place,
        note: str,
        hints: str = "",
        other: Place | None = None,
        other_note: str = "",
    ) -> TomlError:
        """An error at a place, and maybe because of another one."""
        line = self.text.count("\n", 0, place.begin) + 1
        width = len(str(line))
        if other is not None:
            other_line = self.text.count("\n", 0, other.begin) + 1
            width = max(width, len(str(other_line)))
        blank = " " * (width + 2) + "|"
        parts = ["while parsing TOML: [error] " + title, " --> fromTOML", blank]
        parts += self.excerpt(place, line, note, width)
        if other is not None:
            parts += [blank + " ...", blank]
            parts += self.excerpt(other, other_line, other_note, width)
        return TomlError("\n".join(parts) + "\n" + hints)

    def excerpt(self, place: Place, line: int, note: str, width: int) -> list[str]:
        begin = self.text.rfind("\n", 0, place.begin) + 1
        end = self.text.find("\n", begin)
        if end < 0:
            end = len(self.text)
        size = max(min(place.end, end) - place.begin, 1)
        source = "".join([shown(character) for character in self.text[begin:end]])
        blanks = " " * (place.begin - begin)
        return [
            f" {line:>{width}} | {source}",
            " " * (width + 2) + "| " + blanks + "^" * size + "-- " + note,
        ]

    # What may be added.

    def descend(self, table: Table, keys: list[str], place: Place, dotted: bool) -> Table:
        """The table that all but the last of `keys` lead to; it is made if need be."""
        for key in keys[:-1]:
            found = table.entries.get(key)
            if found is None:
                made = Table(DOTTED if dotted else IMPLICIT)
                table.put(key, made, place)
                table = made
                continue
            where = table.places[key]
            if isinstance(found, Table):
                if found.kind == INLINE:
                    title = "toml::insert_value: failed to insert a value: inline table is immutable"
                    raise self.error(title, place, "inserting this", "", where, "to this table")
                if dotted and found.kind != DOTTED:
                    title = "toml::insert_value: reopening a table using dotted keys"
                    note = "dotted key cannot reopen a table"
                    raise self.error(title, place, note, "", where, "this table is already closed")
                table = found
            elif isinstance(found, TableArray):
                if dotted:
                    title = "toml::insert_value:dotted key cannot reopen an array-of-tables"
                    raise self.error(title, place, "inserting this", "", where, "to this array-of-tables.")
                table = found.tables[-1]
            elif is_table_list(found):
                title = "toml::insert_value:inline array of tables are immutable"
                raise self.error(title, place, "inserting this", "", where, "inline array of tables")
            else:
                title = "toml::insert_value: failed to insert a value, value already exists"
                note = "while inserting this"
                raise self.error(title, place, note, "", where, "non-table value already exists")
        return table

    def insert(self, table: Table, keys: list[str], place: Place, value: object, where: Place) -> None:
        """``keys = value`` in `table`."""
        table = self.descend(table, keys, place, True)
        key = keys[-1]
        if key in table.entries:
            title = "toml::insert_value: failed to insert a value, value already exists"
            raise self.error(
                title, place, "inserting this", "", table.places[key], "but value already exists"
            )
        table.put(key, value, where)

    def open_table(self, root: Table, keys: list[str], place: Place) -> Table:
        """The table of a header ``[keys]``."""
        table = self.descend(root, keys, place, False)
        key = keys[-1]
        found = table.entries.get(key)
        if found is None:
            found = Table(EXPLICIT)
        elif not isinstance(found, Table) or found.kind != IMPLICIT:
            title = "toml::insert_value: failed to insert a table, table already defined"
            note = "this table is explicitly defined"
            raise self.error(title, place, "inserting this", "", table.places[key], note)
        found.kind = EXPLICIT
        table.put(key, found, place)
        return found

    def append_table(self, root: Table, keys: list[str], place: Place) -> Table:
        """The table of a header ``[[keys]]``."""
        table = self.descend(root, keys, place, False)
        key = keys[-1]
        found = table.entries.get(key)
        if found is None:
            found = TableArray()
            table.put(key, found, place)
        elif not isinstance(found, TableArray):
            where = table.places[key]
            note = "while inserting this"
            if is_table_list(found):
                title = "toml::insert_value: failed to insert a table, inline array of tables is immutable"
                raise self.error(title, place, note, "", where, "this is inline array-of-tables")
            title = "toml::insert_value: failed to insert an array of tables, value already exists"
            raise self.error(title, place, note, "", where, "non-table value already exists")
        made = Table(EXPLICIT)
        found.tables.append(made)
        return made


def shown(character: str) -> str:
    """A byte in an excerpt."""
    if " " <= character <= "~":
        return character
    return "0x09(TAB)" if character == "\t" else f"0x{ord(character):02x}"


def is_table_list(value: object) -> bool:
    """Whether a value is an array of inline tables, and of nothing else."""
    if not isinstance(value, list) or not value:
        return False
    for item in value:
        if not isinstance(item, Table):
            return False
    return True
