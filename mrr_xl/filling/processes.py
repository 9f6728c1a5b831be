"""Processes that work for this one: Ctrl+C lets them finish what they do, a time limit does not."""

from __future__ import annotations

import datetime as dt
import faulthandler
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from mrr_xl.clock import stay_in, today

_seconds: float | None = None  #: that work may take in this process


def processes(jobs: int, time_limit: float | None) -> ProcessPoolExecutor:
    """Processes whose day is that of this one; work that takes longer than the limit, in seconds, ends its process."""
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, spawn, initializer=_begin, initargs=(time_limit, today()))


def submitted(pool: ProcessPoolExecutor, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
    """Work for one of the processes; it has to come from a module."""
    with _without_script():
        return pool.submit(_limited, work, *arguments)


@contextmanager
def _without_script() -> Iterator[None]:
    """Within it a process that starts does not run the user's script again, as one without a guard would be."""
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Within it Ctrl+C and SIGTERM have to wait, and a process that is started never gets Ctrl+C."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    if threading.current_thread() is not threading.main_thread() or None in before.values():
        yield
        return
    came: list[int] = []
    for number in before:
        signal.signal(number, lambda number, frame: came.append(number))
    masked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if hasattr(signal, "pthread_sigmask") else None
    try:
        yield
    finally:
        if masked is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        for number, handler in before.items():
            signal.signal(number, handler)
    if came:
        signal.raise_signal(came[0])


def _limited(work: Callable[..., Any], *arguments: Any) -> Any:
    """What work gives; its process ends where it takes too long, even in the middle of a library's code."""
    if _seconds is None:
        return work(*arguments)
    with open(os.devnull, "w") as nowhere:
        faulthandler.dump_traceback_later(_seconds, exit=True, file=nowhere)
        try:
            return work(*arguments)
        finally:
            faulthandler.cancel_dump_traceback_later()


def _begin(time_limit: float | None, day: dt.date) -> None:
    """Let a process finish its work after Ctrl+C, which reaches every process, and end when its parent ends."""
    global _seconds
    _seconds = time_limit
    stay_in(day)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
