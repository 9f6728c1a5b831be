"""The page of a function as a terminal shows it: plain text, wrapped to its width."""

from __future__ import annotations

import difflib
import re
import shutil
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mrr_xl.errors import MrrError, shown

if TYPE_CHECKING:
    from mrr_xl.functions.pages import Page, Told
    from mrr_xl.metrics import Metric

_WIDEST, _NARROWEST = 100, 40
_INDENT, _GAP = "  ", "  "
_ROOM = 24  #: the least that a column of wrapped text takes
_NUMBER = re.compile(r"-?[\d.]+|#N/A")


def function_of(name: str) -> Metric:
    """The function that is called so: MRR_NRR, nrr, "net new", or a formula's beginning. Raises MrrError."""
    from mrr_xl.metrics import REGISTRY, find

    plain = name.strip().removeprefix("=").partition("(")[0]
    try:
        return find(plain)
    except MrrError:
        spelled = {word: known for known in REGISTRY for word in (known, known.removeprefix("MRR_"))}
        wanted = plain.strip().upper().replace(" ", "_").replace("-", "_")
        close = difflib.get_close_matches(wanted, spelled, n=1)
        meant = f"did you mean {spelled[close[0]]}? " if close else ""
        raise MrrError(f"{shown(name)} is not a function; {meant}mrr-xl functions lists them all") from None


def as_text(page: Page) -> str:
    """The page without marks, as wide as the terminal."""
    width = max(min(shutil.get_terminal_size().columns, _WIDEST), _NARROWEST)
    parts = [page.name, _wrapped(page.summary, width)]
    parts.append(_section("Syntax", _wrapped(page.syntax, width, _INDENT, _INDENT * 3)))
    parts.append(_section("Arguments", *_arguments(page.arguments, width)))
    columns = [f"{column.heads}: {column.what} ({column.unit})" for column in page.columns]
    parts.append(_section("Returns", _wrapped(page.returns, width, _INDENT), *_listed(columns, width)))
    parts.append(_section("Remarks", *_listed(page.remarks, width)))
    parts.append(_section("Example", *_example(page, width)))
    parts.append(_section("See also", _wrapped(", ".join(page.related), width, _INDENT)))
    return "\n\n".join(parts).replace("`", "")


def _section(heading: str, *lines: str) -> str:
    return "\n".join([heading, *lines])


def _wrapped(text: str, width: int, first: str = "", rest: str | None = None) -> str:
    return textwrap.fill(
        text.replace("`", ""),
        width,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _arguments(arguments: Sequence[Told], width: int) -> list[str]:
    longest = max(len(told.name) for told in arguments)
    lines = []
    for told in arguments:
        left_out = told.default if told.default == "required" else f"if left out, {told.default}"
        text = f"{told.what}: {told.form}; {left_out}"
        name = f"{_INDENT}{told.name.ljust(longest)}{_GAP}"
        lines.append(_wrapped(text, width, name, " " * len(name)))
    return lines


def _listed(texts: Sequence[str], width: int) -> list[str]:
    return [_wrapped(text, width, f"{_INDENT}- ", _INDENT * 2) for text in texts]


def _example(page: Page, width: int) -> list[str]:
    lines = [*_table(page.sheet, width), ""]
    if len(page.result) == 1:
        lines.append(_wrapped(f"{page.formula} gives {page.result[0][0]}", width, _INDENT, _INDENT * 3))
    else:
        lines += [_wrapped(f"{page.formula} gives", width, _INDENT, _INDENT * 3), "", *_table(page.result, width)]
        lines += [f"{_INDENT}… and {page.more} rows more"] if page.more else []
    python = f"In Python: {page.python}" if page.python else ""
    more = [_wrapped(text, width, _INDENT, _INDENT * 3) for text in (page.by_hand, python) if text]
    return [*lines, "", *more] if more else lines


def _table(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Aligned columns; of a table that is too wide the last column is wrapped, or rows and columns change places."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    others = len(_INDENT) + sum(widths[:-1]) + len(_GAP) * (len(widths) - 1)
    if others + widths[-1] > width and others + _ROOM > width:
        rows = list(zip(*rows))
        widths = [max(map(len, column)) for column in zip(*rows)]
        others = len(_INDENT) + sum(widths[:-1]) + len(_GAP) * (len(widths) - 1)
    last = max(width - others, _ROOM)
    numbers = [all(_NUMBER.fullmatch(cell) or not cell for cell in column[1:]) for column in zip(*rows)]
    lines = []
    for row in rows:
        wrapped = textwrap.wrap(row[-1], last) or [""]
        for at, end in enumerate(wrapped):
            cells = [*(row[:-1] if at == 0 else [""] * (len(row) - 1)), end]
            padded = [
                cell.rjust(size) if number else cell.ljust(size) for cell, size, number in zip(cells, widths, numbers)
            ]
            lines.append(f"{_INDENT}{_GAP.join(padded)}".rstrip())
    return lines
