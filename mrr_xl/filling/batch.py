"""Many reports in one run: one for each file, or for each value of a column."""

from __future__ import annotations

import os
import time
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass, field, replace
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from mrr_xl.clock import one_day
from mrr_xl.errors import MrrError, MrrWarning, shown, unexpected
from mrr_xl.filling import stamp
from mrr_xl.filling.fill import Filled, fill_with, problems_of
from mrr_xl.filling.inputs import Options, read_inputs, refuse_no_flag, refuse_no_name, refuse_no_path
from mrr_xl.filling.plan import Report, plan_reports
from mrr_xl.filling.processes import processes, submitted, uninterrupted

_LATE = "it took longer than {:g} seconds; if it needs more, give it with --time-limit, elsewhere with time_limit"
_ENDED = "the process that was making it ended, perhaps because memory ran out"


@dataclass(frozen=True)
class Done:
    """The outcome of one report: written (filled), failed (error), or up to date (neither).

    warnings: what in its data may make the figures wrong, also where the report is up to date.
    """

    name: str
    path: Path
    filled: Filled | None = None
    error: str | None = None
    warnings: list[str] = field(default_factory=list)


#: Of one report: what was filled, what went wrong, or the warnings of its data where it was up to date.
Outcome = Filled | str | list[str]
#: The arguments of an attempt, so that it can be made again, and its outcome.
Task = tuple[tuple[Any, ...], Future[Outcome]]


def fill_each(
    template: str | os.PathLike[str],
    data: str | os.PathLike[str] | Sequence[object],
    out: str | os.PathLike[str],
    *,
    by: str | None = None,
    jobs: int = 1,
    time_limit: float | None = None,
    resume: bool = False,
    on_done: Callable[[Done], None] | None = None,
    **options: Any,
) -> list[Done]:
    """Make a report for each file of `data`, or for each value of the column `by`; gives their outcomes, in order.

    Parameters
    ----------
    template : path
        an .xlsx or .xlsm file
    data : path or frame, or list of them
        a file, a folder or a frame, or a list of files, folders and frames
    out : path
        a file's name with {name} for the data file's name, or {COLUMN} for the value; or a folder
    by : str, optional
        the column of which each value gets a report
    jobs : int
        how many processes to use; a script that asks for more than one must start with `if __name__ == "__main__":`
    time_limit : float, optional
        the seconds that a report may take, in a process which ends then; the script must start in the same way
    resume : bool
        skip reports that are up to date: made from the same template, data, options and version, without a problem
    on_done : callable, optional
        called with each report when it is done
    **options
        those of mrr_xl.fill, and how the data is to be read; against may hold the same placeholder, or be a folder

    Returns
    -------
    list of Done
        For each report its name and path, and what was filled, or the error; neither where it was up to date.

    Raises
    ------
    MrrError
        Before anything is written. A report that fails does not stop the others.

    Warns
    -----
    MrrWarning
        What in a report's data may make its figures wrong.
    """
    refuse_no_path("template", template)
    refuse_no_path("out", out)
    refuse_no_name("by", by, "a column")
    refuse_no_flag("resume", resume)
    if isinstance(jobs, bool) or not isinstance(jobs, Integral) or jobs < 1:
        raise MrrError(f"jobs is {shown(jobs)}; it must be a number of processes, such as 4")
    is_number = isinstance(time_limit, Real) and not isinstance(time_limit, bool)
    if time_limit is not None and not (is_number and 0 < time_limit <= 1_000_000):
        raise MrrError(f"time_limit is {shown(time_limit)}; it must be a number of seconds, such as 600")
    given = Options.of(**options)
    against, given = given.against, replace(given, against=None)
    if on_done is not None and not callable(on_done):
        raise MrrError(f"on_done is {shown(on_done)}; it must be a function")
    is_one = isinstance(data, (str, os.PathLike)) or hasattr(data, "columns")  # as a frame of any kind has
    data = [data] if is_one else data
    if not isinstance(data, Iterable) or isinstance(data, Mapping):
        raise MrrError(f"data is {shown(data)}; it must be a path, or a list of paths and frames")
    with one_day():
        reports = plan_reports(template, data, out, by=by, table=given.table, against=against, how=given.how)
        outcomes = []
        with closing(make_each(template, reports, given, jobs, time_limit, resume=resume)) as all_done:
            for done in all_done:
                outcomes.append(done)
                if done.warnings:
                    sentences = [f"{done.name}: {sentence}" for sentence in done.warnings]
                    warnings.warn(MrrWarning(sentences), stacklevel=2)
                if on_done is not None:
                    on_done(done)
    return outcomes


def make_each(
    template: str | os.PathLike[str],
    reports: Sequence[Report],
    options: Options,
    jobs: int = 1,
    time_limit: float | None = None,
    *,
    resume: bool = False,
    finished: list[Done] | None = None,
) -> Generator[Done, None, None]:
    """Make each report, in order; closing the iterator stops the work and leaves no report half written.

    finished: gets those that other processes had finished when it was closed, among them the one given last.
    """
    if jobs == 1 and time_limit is None:
        for report in reports:
            work = _work(template, report, resume, options)
            yield _done(report, work if isinstance(work, str) else _attempt(*work))
        return
    pool = processes(jobs, time_limit)
    waiting: deque[tuple[Report, Task | str]] = deque()
    try:
        for report in reports:
            work = _work(template, report, resume, options)
            with uninterrupted():  # what a process is asked for is in the list
                if isinstance(work, str):
                    waiting.append((report, work))
                else:
                    try:
                        waiting.append((report, (work, submitted(pool, _attempt, *work))))
                    except BrokenProcessPool:
                        pool.shutdown()
                        pool = processes(jobs, time_limit)
                        waiting.append((report, (work, submitted(pool, _attempt, *work))))
            if len(waiting) > 2 * jobs:  # no more data is read ahead
                yield _first(waiting, time_limit)
                waiting.popleft()
        while waiting:
            yield _first(waiting, time_limit)
            waiting.popleft()
    finally:
        pool.shutdown(cancel_futures=True)
        if finished is not None:
            finished += _finished(waiting)


def _finished(waiting: deque[tuple[Report, Task | str]]) -> list[Done]:
    """The outcomes of those that processes have finished."""
    asked = [(report, task[1]) for report, task in waiting if not isinstance(task, str)]
    done = [(report, future) for report, future in asked if not future.cancelled() and future.exception() is None]
    return [_done(report, future.result()) for report, future in done]


def _work(template: Any, report: Report, resume: bool, options: Options) -> tuple[Any, ...] | str:
    """The arguments of an attempt, or why there can be none."""
    if report.part.mistake:
        return report.part.mistake
    try:
        return template, report.part.read(), report.path, report.against, resume, options
    except BaseException as error:
        return _said(error)


def _attempt(
    template: str | os.PathLike[str],
    data: object,
    out: Path,
    against: Path | None,
    resume: bool,
    options: Options,
) -> Outcome:
    missing = against is not None and not against.is_file()
    try:
        inputs = read_inputs(template, data, out, replace(options, against=None if missing else against))
        if resume and stamp.is_up_to_date(out, inputs.stamp):
            return problems_of(inputs.book)
        filled = fill_with(inputs, out)
    except BaseException as error:  # of one report: the others are still made
        return _said(error)
    if missing:
        filled.notes.append(f"there is no {against} to compare it with")
    return filled


def _said(error: BaseException) -> str:
    """An error of one report as a sentence; a panic of a library in Rust is no Exception. Raises what ends the run."""
    if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit)):
        raise error
    return str(error) if isinstance(error, MrrError) else unexpected(error)


def _first(waiting: deque[tuple[Report, Task | str]], time_limit: float | None) -> Done:
    """The outcome of the first that waits."""
    report, asked = waiting[0]
    if isinstance(asked, str):
        return _done(report, asked)
    work, future = asked
    try:
        return _done(report, future.result())
    except Exception as error:
        if not isinstance(error, BrokenProcessPool):  # what can't be sent to a process or back: it is made here
            return _done(report, _attempt(*work))
        # One report ended its process, and with it the others in the pool; each gets a process of its own.
        with processes(1, time_limit) as alone:
            begun = time.monotonic()
            with uninterrupted():
                again = submitted(alone, _attempt, *work)
                waiting[0] = report, (work, again)
            try:
                return _done(report, again.result())
            except BrokenProcessPool:
                late = time_limit is not None and time.monotonic() - begun >= time_limit
                return _done(report, _LATE.format(time_limit) if late else _ENDED)


def _done(report: Report, outcome: Outcome) -> Done:
    name, path = report.part.name, report.path
    if isinstance(outcome, str):
        return Done(name, path, error=outcome)
    if isinstance(outcome, list):
        return Done(name, path, warnings=outcome)
    if report.note:
        outcome.notes.append(report.note)
    return Done(name, path, outcome, warnings=outcome.warnings)
