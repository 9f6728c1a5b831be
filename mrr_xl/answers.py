"""An answer of MRR_CHECKS: the check, its result, how many lines it concerns, the first one's row, what it says."""

from __future__ import annotations

OK, NOTE, PROBLEM = "OK", "note", "problem"

Answer = tuple[str, str, int, int | None, str]
