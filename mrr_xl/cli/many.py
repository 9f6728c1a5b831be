"""The command fill where it makes many reports: a bar on a terminal or a line each, then what became of them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from mrr_xl.cli.group import show_problems
from mrr_xl.cli.summary import print_summary
from mrr_xl.cli.terminal import TABLE, log, print_table, say, say_notes
from mrr_xl.errors import listed
from mrr_xl.filling.batch import Done, make_each
from mrr_xl.filling.inputs import Options
from mrr_xl.filling.plan import left_out, plan_reports

_NAMED = 5  #: how many reports with the same failure are named


def fill_many(
    template: Path,
    data: Sequence[str],
    out: str,
    by: str | None,
    jobs: int,
    time_limit: float | None,
    resume: bool,
    options: dict[str, Any],
    quiet: bool = False,
    as_json: bool = False,
) -> None:
    """Fill them all; exit code 1 if some failed or hold cells without a figure, 130 if Ctrl+C stopped it."""
    dry_run = bool(options.get("dry_run"))
    against, given = options.pop("against", None), Options.of(**options)
    reports = plan_reports(template, data, out, by=by, table=given.table, against=against, how=given.how)
    notes = left_out(template, data, reports, by=by, against=against)
    reported: list[Done] = []
    stopped, finished = False, list[Done]()
    shows_bar = sys.stderr.isatty() and not quiet
    bar = click.progressbar(length=len(reports), label="Reports", file=sys.stderr) if shows_bar else None
    said: dict[str, str] = {}  #: failures, and of which report first

    def tell(done: Done) -> None:
        reported.append(done)
        line = f"{len(reported)}/{len(reports)} {_line(done, said, dry_run)}"
        if bar is None:
            say(line)
        else:
            log(line)

    try:
        with closing(
            make_each(template, reports, given, jobs, time_limit, resume=resume, finished=finished)
        ) as all_done:
            for done in all_done:
                tell(done)
                if bar is not None:
                    bar.update(1)
    except KeyboardInterrupt:
        stopped = True
    if bar is not None:
        bar.render_finish()
        bar = None
    told = {done.path for done in reported}
    for done in finished:
        if done.path not in told:
            tell(done)
    left = len(reports) - len(reported)
    _sum_up(reported, left, dry_run, notes)
    if as_json:
        print_summary(reported, left, dry_run, compared=against is not None, notes=notes)
    if stopped:
        say("mrr-xl: stopped; run again with --resume for the rest", err=True)
        sys.exit(130)
    if any(done.error or (done.filled and done.filled.problems) for done in reported):
        sys.exit(1)


def _line(done: Done, said: dict[str, str], dry_run: bool) -> str:
    """What became of a report; a failure that another one had is said once."""
    if done.error:
        first = said.setdefault(done.error, done.name)
        return f"failed {done.name}: {done.error}" if first == done.name else f"failed {done.name}, as {first}"
    if done.filled is None:
        return f"unchanged {done.path}"
    return f"{'would write' if dry_run else 'wrote'} {done.path}: {done.filled.lines:,} subscription lines"


def _sum_up(reported: list[Done], left: int, dry_run: bool, notes: list[str]) -> None:
    """Notes, problems, how many reports there are of each kind, and at the end of stderr what failed and why."""
    for done in reported:
        if done.filled:
            say_notes(done.filled, done.name)
        show_problems(done.warnings, done.name)
        for problem in done.filled.problems if done.filled else ():
            say(f"mrr-xl: {done.name}: {problem}", err=True)
    for note in notes:
        say(note)
    written, failed = sum(done.filled is not None for done in reported), [done for done in reported if done.error]
    to_write = f"{written:,} {'would be ' if dry_run else ''}written"
    counts = f"{to_write}, {len(reported) - written - len(failed):,} unchanged, {len(failed):,} failed"
    say(counts + (f", {left:,} left" if left else ""))
    if failed:
        why: dict[str, list[str]] = {}
        for done in failed:
            why.setdefault(str(done.error), []).append(done.name)
        print_table({"report": [_reports(names) for names in why.values()], "why it failed": [*why]}, TABLE, err=True)


def _reports(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names):,} reports: {listed(names, _NAMED)}"
