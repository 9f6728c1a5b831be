"""The mistakes of a column, all of a kind in one sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from mrr_xl.errors import MrrError, cell, listed, row_name, shown

_SHOWN = 20  #: how many rows a sentence names


def several(header: str, mistakes: Sequence[tuple[int | None, Any, str]], files: Sequence[str] = ()) -> MrrError:
    """One mistake, or all those of its kind at once: each a row, its value and the sentence about it.

    files: as errors.row_name takes them.
    """
    row, value, sentence = mistakes[0]
    kind = _kind(value, sentence)
    alike = [(row, value) for row, value, other in mistakes if _kind(value, other) == kind]
    if len(alike) == 1 or row is None:
        return MrrError(f"{cell(row, header, files)}: {sentence}")
    what, semicolon, mend = kind.partition("; ")
    mend = mend.replace("write it ", "write them ").replace("fix that cell", "fix those cells")
    where = f"{len(alike):,} rows of column {header}"
    if not what.startswith(" "):
        return MrrError(
            f"{where} ({listed([row_name(row or 0, files) for row, _ in alike], _SHOWN)}): {what}{semicolon}{mend}"
        )
    rows = listed([f"{row_name(row or 0, files)} {shown(value)}" for row, value in alike], _SHOWN)
    return MrrError(f"{where} {_plural(what)}: {rows}{semicolon}{mend}")


def _kind(value: Any, sentence: str) -> str:
    """A sentence without its value: mistakes with the same one are of a kind."""
    return sentence if value is None or value == "" else sentence.replace(shown(value), "", 1)


def _plural(what: str) -> str:
    """What is said of one cell, said of several.

    >>> _plural(" is not a date"), _plural(" is not a day of the calendar"), _plural(" is negative")
    ('are no dates', 'are no days of the calendar', 'are negative')
    """
    if parts := re.fullmatch(r" is not an? (.+?)( of .+)?", what):
        return f"are no {parts[1]}s{parts[2] or ''}"
    return re.sub(r"^ (is|carries)\b", lambda verb: {"is": "are", "carries": "carry"}[verb[1]], what).strip()
