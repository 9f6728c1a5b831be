"""How a table is to be read, where a user says so; everything else is found out."""

from __future__ import annotations

import codecs
import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mrr_xl.date_texts import ORDERS
from mrr_xl.errors import MrrError, listed, nearest, shown
from mrr_xl.settings import RULES
from mrr_xl.sources.headers import ROLES, plain, roles_of

_MOST_DIGITS = 9  #: of a row's number
ALL = ""  #: the key of what holds for every column
EVERY_SHEET = "*"  #: every sheet of a workbook that holds a ledger
_DELIMITERS = {"tab": "\t", r"\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}

Pairs = tuple[tuple[str, str], ...]
_ROLES = {plain(role): role for role in ROLES}


@dataclass(frozen=True)
class How:
    """What a user says about a table.

    columns: role → header; a blank header says that no column has the role. dates, decimal: the order of a date's
    numbers and the decimal sign, by role or, under ALL, of every column. encoding, delimiter: of a text file. sheet: of
    a workbook, a sheet's or a table's name, or EVERY_SHEET. header: the header's row, the first row being 1. system:
    the billing system that the file comes from. row_order: the header of the column by which the rows are numbered, for
    a table of a database, whose rows have no order of their own.

    >>> How.of({"columns": {"start": "Start (UTC)"}, "dates": "dmy", "skip": 2})  # doctest: +ELLIPSIS
    How(columns=(('start', 'Start (UTC)'),), dates=(('', 'dmy'),), decimal=(), ..., header=3, system=None, ...)
    """

    columns: Pairs = ()
    dates: Pairs = ()
    decimal: Pairs = ()
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header: int | None = None
    system: str | None = None
    row_order: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any] | How | None) -> How:
        """How to read from what a user gives, blanks left out. Raises MrrError."""
        if isinstance(given, How):
            return given
        values: dict[str, Any] = {}
        for key, value in (given or {}).items():
            if key not in OPTIONS:
                raise MrrError(f"{shown(key)} is no way to read a file; known are {', '.join(OPTIONS)}")
            if value is None or (isinstance(value, str) and value == ""):
                continue
            name, read = OPTIONS[key]
            if name in values:
                raise MrrError("header and skip say the same twice; give one of them")
            if (meant := read(value)) != "":
                values[name] = meant
        return cls(**values)

    def over(self, other: How) -> How:
        """What this one says, and the other where this one says nothing."""
        pairs: dict[str, Any] = {}
        for name in ("columns", "dates", "decimal"):
            here, there = dict(getattr(self, name)), dict(getattr(other, name))
            pairs[name] = tuple((here if ALL in here else there | here).items())
        single = ("encoding", "delimiter", "sheet", "header", "system", "row_order")
        return How(**pairs, **{name: getattr(self, name) or getattr(other, name) for name in single})

    def order(self, role: str) -> str | None:
        """The order of the dates of a role's column."""
        return dict(self.dates).get(role, dict(self.dates).get(ALL))

    def sign(self, role: str) -> str | None:
        """The decimal sign of a role's column."""
        return dict(self.decimal).get(role, dict(self.decimal).get(ALL))


AS_FOUND = How()


def _by_role(what: Callable[[object], str]) -> Callable[[Any], Pairs]:
    def read(value: Any) -> Pairs:
        if _are_pairs(value):
            return value
        if not isinstance(value, Mapping):
            return ((ALL, what(value)),)
        return tuple((role_of(role), what(one)) for role, one in value.items())

    return read


def role_of(name: object) -> str:
    """A role as a user writes it. Raises MrrError."""
    for role in ROLES:
        if plain(name) == plain(role):
            return role
    sentence = f"{shown(name)} is not what a column can be; it can be {listed(list(ROLES), 99)}"
    raise MrrError(sentence, [*roles_of(str(name))] or nearest(str(name), ROLES))


def _order(value: object) -> str:
    text = str(value).strip().lower()
    if text not in ORDERS:
        raise MrrError(f"dates cannot be {shown(value)}; the order of their numbers is one of {', '.join(ORDERS)}")
    return text


def _sign(value: object) -> str:
    text = {"comma": ",", "point": ".", "dot": "."}.get(str(value).strip().lower(), str(value).strip())
    if text not in (",", "."):
        raise MrrError(f"decimal cannot be {shown(value)}; the decimal sign is , or .")
    return text


def _are_pairs(value: Any) -> bool:
    """Whether a value is what a How holds already."""
    return isinstance(value, tuple) and all(
        isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(text, str) for text in pair) for pair in value
    )


def _columns(value: Any) -> Pairs:
    if _are_pairs(value):
        return value
    if not isinstance(value, Mapping):
        raise MrrError(f"columns cannot be {shown(value)}; give pairs of what a column is and its header")
    return tuple((role_of(role), "" if header is None else str(header)) for role, header in value.items())


def _encoding(value: object) -> str:
    try:
        return codecs.lookup(str(value).strip()).name
    except (LookupError, ValueError):
        raise MrrError(f"{shown(value)} is not a known encoding; write one such as utf-8 or windows-1252") from None


def _delimiter(value: object) -> str:
    text = _DELIMITERS.get(str(value).lower(), str(value))
    if len(text) != 1 or text in '"\r\n':
        raise MrrError(f"delimiter cannot be {shown(value)}; it is one character, such as ; or tab")
    return text


def _whole(name: str, least: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        text = str(value).strip().removesuffix(".0")
        if isinstance(value, bool) or not text.isdecimal() or len(text) > _MOST_DIGITS or int(text) < least:
            raise MrrError(f"{name} cannot be {shown(value)}; it is a number of rows, {least} or more")
        return int(text)

    return read


def _text(value: object) -> str:
    return str(value).strip()


#: What a user can say → the field that holds it, and how it is read.
OPTIONS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "columns": ("columns", _columns),
    "dates": ("dates", _by_role(_order)),
    "decimal": ("decimal", _by_role(_sign)),
    "encoding": ("encoding", _encoding),
    "delimiter": ("delimiter", _delimiter),
    "sheet": ("sheet", _text),
    "header": ("header", _whole("header", 1)),
    "skip": ("header", lambda value: _whole("skip", 0)(value) + 1),
    "system": ("system", lambda value: _text(value).lower()),
    "order": ("row_order", _text),
}


def split_given(given: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """What a range or a text of settings says: the rules, and how to read; a role's name beside a header is the latter.

    >>> split_given({"as_of": "month_start", "Map start": "Start (UTC)", "dates": "dmy"})
    ({'as_of': 'month_start'}, {'dates': 'dmy', 'columns': {'start': 'Start (UTC)'}})
    """
    rules: dict[str, object] = {}
    how: dict[str, object] = {}
    columns: dict[str, object] = {}
    for key, value in given.items():
        name = " ".join(key.strip().lower().replace("_", " ").split())
        mapped = name.removeprefix("map ")
        role = _ROLES.get(plain(mapped))
        rule = RULES.get(name.replace(" ", "_"))
        is_rule = rule is not None and mapped == name and (role is None or str(value).strip().lower() in rule.choices)
        if name in OPTIONS or name == "from":
            how["system" if name == "from" else name] = value
        elif role is not None and not is_rule:
            columns |= {} if value is None else {role: value}
        else:
            rules[key] = value
    return rules, how | ({"columns": columns} if columns else {})


def split(given: Mapping[str, Any]) -> tuple[How, dict[str, Any]]:
    """How to read, and what else is given."""
    how = {key: value for key, value in given.items() if key in OPTIONS}
    return How.of(how), {key: value for key, value in given.items() if key not in how}


assert {name for name, _ in OPTIONS.values()} == {field.name for field in dataclasses.fields(How)}
