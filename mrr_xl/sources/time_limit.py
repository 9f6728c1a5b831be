"""How long a query of a database's file may take: a view of somebody else's file may never end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

from mrr_xl.errors import MrrError, shown

VARIABLE = "MRR_XL_QUERY_SECONDS"
_USUAL = 300.0


@contextmanager
def time_limit(interrupt: Callable[[], object], name: str) -> Iterator[None]:
    """Interrupt what takes longer than 300 seconds, or than the environment variable says; raises MrrError then.

    interrupt: what ends it, called from another thread. name: of the file, for the sentence.
    """
    seconds = _seconds()
    late = False

    def end() -> None:
        nonlocal late
        late = True
        interrupt()

    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if not late:
            raise
        raise MrrError(
            f"{name} can't be read in {seconds:g} seconds; if it needs more, set the environment variable {VARIABLE}"
        ) from error
    finally:
        timer.cancel()
        timer.join()  # a thread that still waits when the process ends may abort it


def _seconds() -> float:
    given = os.environ.get(VARIABLE, "")
    try:
        seconds = float(given or _USUAL)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= 1_000_000:
        raise MrrError(f"{VARIABLE} is {shown(given)}; it must be a number of seconds, such as 600")
    return seconds
