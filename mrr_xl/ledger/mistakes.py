"""The mistakes of a column, all of a kind in one sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from mrr_xl.errors import MrrError, cell, listed, row_name, shown

#: Cells of a column that are wrong: of each the row, the value and the sentence about it.
Wrong = Sequence[tuple[int | None, Any, str]]

_SHOWN = 20  #: how many rows a sentence names
_KINDS = 20  #: how many kinds of mistakes of a column are told
#: How one cell is mended, and how several are.
_MENDS = (
    ("write it ", "write them "),
    ("write a plain number", "write plain numbers"),
    ("write a whole number", "write whole numbers"),
    ("write a fraction", "write fractions"),
    ("fix that cell", "fix those cells"),
    ("remove that row", "remove those rows"),
)


def several(header: str, mistakes: Wrong, files: Sequence[str] = ()) -> MrrError:
    """One mistake, or all those of its kind at once: each a row, its value and the sentence about it.

    files: as errors.row_name takes them.
    """
    row, value, sentence = mistakes[0]
    kind = _kind(value, sentence)
    alike = [(row, value) for row, value, other in mistakes if _kind(value, other) == kind]
    if len(alike) == 1 or row is None:
        return MrrError(f"{cell(row, header, files)}: {sentence}")
    what, semicolon, mend = kind.partition("; ")
    for one, several_ in _MENDS:
        mend = mend.replace(one, several_)
    named = [row_name(row or 0, files) + ("" if kind == sentence else f" {shown(value)}") for row, value in alike]
    where, rows = f"{len(alike):,} rows of column {header}", listed(named, _SHOWN)
    if not what.startswith(" "):
        return MrrError(f"{where} ({rows}): {' '.join(what.split())}{semicolon}{mend}")
    return MrrError(f"{where} {_plural(what)}: {rows}{semicolon}{mend}")


def of_each_kind(header: str, mistakes: Wrong, files: Sequence[str] = ()) -> list[MrrError]:
    """All mistakes of a column, those of a kind at once, in the order of the first of each kind."""
    kinds: dict[str, list[tuple[int | None, Any, str]]] = {}
    for row, value, sentence in mistakes:
        kinds.setdefault(_kind(value, sentence), []).append((row, value, sentence))
    first, others = list(kinds.values())[:_KINDS], list(kinds.values())[_KINDS:]
    told = [several(header, alike, files) for alike in first]
    if others:
        more = f"{sum(map(len, others)):,} more rows of column {header} are wrong in other ways"
        told.append(MrrError(f"{more}; fix these first"))
    return told


def _kind(value: Any, sentence: str) -> str:
    """A sentence without its value: mistakes with the same one are of a kind."""
    return sentence if value is None or str(value) == "" else sentence.replace(shown(value), "", 1)


def _plural(what: str) -> str:
    """What is said of one cell, said of several.

    >>> _plural(" is not a date"), _plural(" is not a day of the calendar"), _plural(" is negative")
    ('are no dates', 'are no days of the calendar', 'are negative')
    >>> _plural(" is not a quantity"), _plural(" is not a known status")
    ('are no quantities', 'are no known statuses')
    """
    if parts := re.fullmatch(r" is not an? (.+?)( of .+)?", what):
        return f"are no {_several_of(parts[1])}{parts[2] or ''}"
    verbs = {"is": "are", "carries": "carry", "has": "have", "looks": "look"}
    return re.sub(rf"^ ({'|'.join(verbs)})\b", lambda verb: verbs[verb[1]], what).strip()


def _several_of(noun: str) -> str:
    if noun.endswith("y") and not noun.endswith("ay"):
        return noun.removesuffix("y") + "ies"
    return noun + ("es" if noun.endswith("s") else "s")
