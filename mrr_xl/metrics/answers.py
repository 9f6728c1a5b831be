"""An answer of MRR_CHECKS: the check, its result, how many lines it concerns, the first one's row, what it says."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from mrr_xl.ledger.frames import Frame, to_pandas

OK, NOTE, PROBLEM = "OK", "note", "problem"

Answer = tuple[str, str, int, int | None, str]


def note(check: str, frame: Frame, sentence: str, result: str = NOTE) -> Answer:
    """How many lines a frame has and the row of the first: none is OK."""
    row = nw.col("row").min() if "row" in frame.columns else nw.lit(None)
    counts = to_pandas(frame.select(nw.len().alias("lines"), row.alias("row")))
    lines, first = int(counts["lines"][0]), counts["row"][0]
    if not lines:
        return check, OK, 0, None, "none"
    return check, result, lines, None if first is None or first != first else int(first), sentence
