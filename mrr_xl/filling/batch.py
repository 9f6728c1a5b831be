"""Many reports in one run: one for each file, or for each value of a column."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mrr_xl.errors import MrrError
from mrr_xl.filling import stamp
from mrr_xl.filling.fill import Filled, fill
from mrr_xl.filling.plan import Report, plan_reports

_ROW = re.compile(r"^row (\d+)(?=, column )")
_ENDED = "the process that made it ended, perhaps for want of memory"


@dataclass(frozen=True)
class Done:
    """What became of one report: it was written, or was up to date (neither filled nor error), or failed."""

    name: str
    path: Path
    filled: Filled | None = None
    error: str | None = None


#: The arguments of an attempt, to make it again if need be, and its outcome.
Task = tuple[tuple[Any, ...], Future[Filled | str | None]]


def fill_each(
    template: str | os.PathLike[str],
    data: str | os.PathLike[str] | Sequence[object],
    out: str | os.PathLike[str],
    *,
    by: str | None = None,
    jobs: int = 1,
    resume: bool = False,
    told: Callable[[Done], None] | None = None,
    **options: Any,
) -> list[Done]:
    """A report for each file of `data`, or for each value of the column `by`; what became of each, in order.

    data: a file or folder, or several of files, folders and frames. out: a file's name with {name} for the data
    file's name, or {COLUMN} for the value; or a folder. jobs: how many processes work; a script that asks for more
    than one starts with `if __name__ == "__main__":`. resume: reports that are there, of the same template, data,
    options and version, stay as they are. told: is called with each report as it is done. options: those of
    mrr_xl.fill; against may hold the same placeholder, or be a folder. One that fails does not stop the others;
    MrrError is raised before anything is written.
    """
    against = options.pop("against", None)
    data = [data] if isinstance(data, (str, os.PathLike)) else data
    reports = plan_reports(template, data, out, by=by, table=options.get("table"), against=against)
    found = []
    with closing(make_each(template, reports, jobs=jobs, resume=resume, **options)) as all_done:
        for done in all_done:
            found.append(done)
            if told is not None:
                told(done)
    return found


def make_each(
    template: str | os.PathLike[str], reports: Sequence[Report], *, jobs: int = 1, resume: bool = False, **options: Any
) -> Generator[Done, None, None]:
    """Each report made, in order; closing the iterator ends the work with no report half written."""
    if jobs == 1:
        for report in reports:
            yield _done(report, report.part.mistake or _attempt(*_work(template, report, resume, options)))
        return
    pool = _pool(jobs)
    waiting: deque[tuple[Report, Task | None]] = deque()
    try:
        for report in reports:
            task = None
            if not report.part.mistake:
                work = _work(template, report, resume, options)
                try:
                    task = work, pool.submit(_attempt, *work)
                except BrokenProcessPool:
                    pool.shutdown()
                    pool = _pool(jobs)
                    task = work, pool.submit(_attempt, *work)
            waiting.append((report, task))
            if len(waiting) > 2 * jobs:  # no more data than that is read ahead
                yield _awaited(*waiting.popleft())
        while waiting:
            yield _awaited(*waiting.popleft())
    finally:
        pool.shutdown(cancel_futures=True)


def _work(template: Any, report: Report, resume: bool, options: dict[str, Any]) -> tuple[Any, ...]:
    return template, report.part.read(), report.path, report.against, resume, options


def _attempt(
    template: str | os.PathLike[str],
    data: object,
    out: Path,
    against: Path | None,
    resume: bool,
    options: dict[str, Any],
) -> Filled | str | None:
    """What was filled, what went wrong, or nothing where all was up to date."""
    first = against is not None and not against.is_file()
    if against is not None and not first:
        options = options | {"against": against}
    try:
        there = stamp.read(out) if resume else None
        if there is not None and there == stamp.expected(template, data, **options):
            return None
        filled = fill(template, data, out, **options)
    except MrrError as mistake:
        return str(mistake)
    except Exception as error:  # of one report: the others have a right to theirs
        return f"{type(error).__name__}: {error}"
    if first and against is not None:
        filled.notes.append(f"there is no {against} to compare it with")
    return filled


def _pool(jobs: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), initializer=_live_with_the_parent)


def _awaited(report: Report, task: Task | None) -> Done:
    if task is None:
        return _done(report, report.part.mistake)
    work, future = task
    try:
        return _done(report, future.result())
    except BrokenProcessPool:
        # One report took its process, and with it the others at hand; each gets a process of its own.
        with _pool(1) as alone:
            try:
                return _done(report, alone.submit(_attempt, *work).result())
            except BrokenProcessPool:
                return _done(report, _ENDED)


def _done(report: Report, found: Filled | str | None) -> Done:
    part = report.part
    if isinstance(found, Filled) and report.note:
        found.notes.append(report.note)
    if not isinstance(found, str):
        return Done(part.name, report.path, found)
    row = part.row
    told = found if row is None else _ROW.sub(lambda number: row(int(number[1])), found)
    return Done(part.name, report.path, error=told)


def _live_with_the_parent() -> None:
    """Ctrl+C reaches every process: these finish the report they are at. Without their parent they end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
