"""What became of each report of a fill, for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click

from mrr_xl.filling.batch import Done


def print_summary(reported: Sequence[Done], left: int = 0, dry_run: bool = False) -> None:
    """One object of json: how many reports there are of each kind, and of each what there is to say."""
    reports = [_report(done) for done in reported]
    counts = {kind: sum(report["result"] == kind for report in reports) for kind in ("written", "unchanged", "failed")}
    summary = {**counts, "left": left, "dry_run": dry_run, "reports": reports}
    click.echo(json.dumps(summary, indent=1, ensure_ascii=False))


def _report(done: Done) -> dict[str, Any]:
    result = "failed" if done.error else "unchanged" if done.filled is None else "written"
    told = {"name": done.name, "file": str(done.path), "result": result, "error": done.error}
    if done.filled is None:
        return told | {"lines": None, "formulas": None, "notes": [], "warnings": [], "problems": []}
    filled = done.filled
    counted = {"lines": filled.lines, "formulas": filled.formulas}
    return told | counted | {"notes": filled.notes, "warnings": filled.warnings, "problems": filled.problems}
