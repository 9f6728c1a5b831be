"""The text of a LAMBDA as a file has it."""

from __future__ import annotations

import re

#: Functions that are newer than the file format, and those that a sheet filters and sorts with.
_NEWER = frozenset(
    ["CHOOSECOLS", "DROP", "HSTACK", "ISOMITTED", "LAMBDA", "LET", "MAP", "REDUCE", "SCAN", "SEQUENCE", "SORTBY",
     "TAKE", "TOROW", "TEXTAFTER", "TEXTBEFORE", "TEXTSPLIT", "UNICHAR", "UNIQUE", "VSTACK", "XLOOKUP", "XMATCH"]
)  # fmt: skip
_OF_SHEETS = frozenset(["FILTER", "SORT"])
_PIECE = re.compile(r'("(?:[^"]|"")*")|\[([a-z_]+)\]|([A-Z][A-Z.]*)(?=\()|(?<![A-Za-z_.])([a-z][a-z_]*)(?![A-Za-z_.])')


def on_one_line(text: str) -> str:
    """A readable formula without its line breaks.

    >>> on_one_line("LAMBDA(day,\\n    DAY(day) + 1)")
    'LAMBDA(day, DAY(day) + 1)'
    """
    return re.sub(r"\s*\n\s*", " ", text.strip()).replace("( ", "(")


def file_form(text: str) -> str:
    """A readable formula with the prefixes of newer functions, of names that it binds, and of optional arguments.

    In a readable formula bound names are in small letters, functions and other names in capitals or with one.

    >>> file_form('LAMBDA(day, [add], IF(ISOMITTED(add), day, TAKE(day + add, 1) & "add"))')
    '_xlfn.LAMBDA(_xlpm.day,_xlop.add,IF(_xlfn.ISOMITTED(_xlpm.add),_xlpm.day,_xlfn.TAKE(_xlpm.day+_xlpm.add,1)&"add"))'
    """

    def prefixed(piece: re.Match[str]) -> str:
        quoted, optional, function, bound = piece.groups()
        if quoted:
            return quoted
        if function:
            return f"{'_xlfn.' if function in _NEWER else '_xlfn._xlws.' if function in _OF_SHEETS else ''}{function}"
        return f"_xlop.{optional}" if optional else f"_xlpm.{bound}"

    parts = re.split(r'("(?:[^"]|"")*")', on_one_line(text))
    plain = "".join(part if part.startswith('"') else part.replace(" ", "") for part in parts)
    return _PIECE.sub(prefixed, plain)
