"""The command fill where it makes many reports: a bar on a terminal or a line each, then what became of them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from mrr_xl.cli.group import show_problems
from mrr_xl.cli.terminal import TABLE, print_table, say
from mrr_xl.filling.batch import Done, make_each
from mrr_xl.filling.plan import plan_reports
from mrr_xl.sources.how import split


def fill_many(
    template: Path,
    data: Sequence[str],
    out: str,
    by: str | None,
    jobs: int,
    time_limit: float | None,
    resume: bool,
    options: dict[str, Any],
) -> None:
    """Fill them all; exit code 1 if some failed or hold cells without a figure, 130 if Ctrl+C stopped it."""
    against = options.pop("against", None)
    how, options = split(options)
    reports = plan_reports(template, data, out, by=by, table=options.get("table"), against=against, how=how)
    reported: list[Done] = []
    stopped, finished = False, list[Done]()
    bar = click.progressbar(length=len(reports), label="Reports", file=sys.stderr) if sys.stderr.isatty() else None
    try:
        with closing(
            make_each(template, reports, jobs, time_limit, resume=resume, how=how, finished=finished, **options)
        ) as all_done:
            for done in all_done:
                reported.append(done)
                if bar is None:
                    say(f"{len(reported)}/{len(reports)} {_line(done)}")
                else:
                    bar.update(1)
    except KeyboardInterrupt:
        stopped = True
    if bar is not None:
        bar.render_finish()
    told = {done.path for done in reported}
    for done in finished:
        if done.path not in told:
            reported.append(done)
            say(f"{len(reported)}/{len(reports)} {_line(done)}")
    _sum_up(reported, len(reports) - len(reported))
    if stopped:
        say("mrr-xl: stopped; run again with --resume for the rest", err=True)
        sys.exit(130)
    if any(done.error or (done.filled and done.filled.problems) for done in reported):
        sys.exit(1)


def _line(done: Done) -> str:
    if done.error:
        return f"failed {done.name}: {done.error}"
    if done.filled is None:
        return f"unchanged {done.path}"
    return f"wrote {done.path}: {done.filled.lines:,} subscription lines"


def _sum_up(reported: list[Done], left: int) -> None:
    """Notes, problems, how many reports there are of each kind, and at the end of stderr what failed and why."""
    for done in reported:
        if done.filled:
            for note in done.filled.notes:
                say(f"{done.name}: {note}")
            show_problems(done.filled.warnings, done.name)
            for problem in done.filled.problems:
                say(f"mrr-xl: {done.name}: {problem}", err=True)
    written, failed = sum(done.filled is not None for done in reported), [done for done in reported if done.error]
    counts = f"{written:,} written, {len(reported) - written - len(failed):,} unchanged, {len(failed):,} failed"
    say(counts + (f", {left:,} left" if left else ""))
    if failed:
        rows = {"report": [done.name for done in failed], "why it failed": [done.error for done in failed]}
        print_table(rows, TABLE, err=True)
