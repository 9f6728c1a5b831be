"""The text of a LAMBDA as a file has it.

A file marks functions that are newer than its format: most with _xlfn., FILTER and SORT with _xlfn._xlws.; the names
that LET and LAMBDA bind with _xlpm.; an optional argument with _xlop. where it is bound and with _xlpm. where it is
used. A call of a defined name has no mark. Excel refuses a file with [_xlpm.month], and with a comment of more than 255
characters. Sources: https://xlsxwriter.readthedocs.io/working_with_formulas.html (future functions, dynamic arrays,
LAMBDA); [MS-XLSX] 2.2.2, https://learn.microsoft.com/openspecs/office_standards/ms-xlsx/; for _xlop., files that Excel
has saved: https://github.com/ryanduguid/Ozzit/blob/main/CHANGELOG.md.
"""

from __future__ import annotations

import re

#: Functions that are newer than the file format, and those that a sheet filters and sorts with.
_NEWER = frozenset(
    ["BYROW", "CHOOSECOLS", "DROP", "HSTACK", "IFNA", "ISOMITTED", "LAMBDA", "LET", "MAP", "REDUCE", "SCAN", "SEQUENCE",
     "SORTBY", "TAKE", "TEXTAFTER", "TEXTBEFORE", "TEXTSPLIT", "TOROW", "UNICHAR", "UNIQUE", "VSTACK", "XLOOKUP",
     "XMATCH"]
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
