"""What became of each report of a fill, for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click

from mrr_xl.cli.terminal import at_a_mistake
from mrr_xl.filling.batch import Done

_WOULD_BE = "would be written"  #: what a dry run says of a report


def print_summary(
    reported: Sequence[Done],
    left: int = 0,
    dry_run: bool = False,
    compared: bool = False,
    error: str | None = None,
    notes: Sequence[str] = (),
) -> None:
    """One object of json: how many reports there are of each kind, and of each what there is to say.

    compared: whether they were to be compared with those of last time. error: the mistake that ends the command.
    notes: what there is to tell of the run.
    """
    at_a_mistake(None)
    reports = [_report(done, dry_run, compared) for done in reported]
    kinds = ["written", *([_WOULD_BE] if dry_run else []), "unchanged", "failed"]
    counts = {kind.replace(" ", "_"): sum(report["result"] == kind for report in reports) for kind in kinds}
    summary = {**counts, "left": left, "dry_run": dry_run, "reports": reports}
    summary |= {"notes": [*notes]} if notes else {}
    summary |= {"error": error} if error else {}
    click.echo(json.dumps(summary, indent=1, ensure_ascii=False))


def _report(done: Done, dry_run: bool, compared: bool) -> dict[str, Any]:
    made = _WOULD_BE if dry_run else "written"
    result = "failed" if done.error else "unchanged" if done.filled is None else made
    filled = done.filled
    told: dict[str, Any] = {"name": done.name, "file": str(done.path), "result": result, "error": done.error}
    told |= {"lines": filled and filled.lines, "formulas": filled and filled.formulas}
    told |= {"restated": filled and filled.restated} if compared else {}
    notes, problems = (filled.notes + filled.others, filled.problems) if filled else ([], [])
    return told | {"notes": notes, "warnings": done.warnings, "problems": problems}
