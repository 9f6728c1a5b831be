"""The part that runs inside LibreOffice, in its own Python: it hands every call on to mrr_xl's server.

It must run in any Python from 3.8 and imports nothing but what LibreOffice has.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import queue
import subprocess
import threading
import time
from pathlib import Path
from typing import Any, Callable  # noqa: UP035

CONFIGURATION = "mrr_xl.json"  #: beside this file: the Python that has mrr_xl
OVERRIDE = "MRR_XL_PYTHON"
_LARGE = 1000  # cells, from which a range is kept on the other side and sent once
_KEPT = 8
_START, _LONGEST, _PAUSE = 60.0, 300.0, 30.0  # seconds: to start, to compute, until a failed start is tried again
_NULL_DATE = (1899, 12, 30)


class Unavailable(Exception):
    """There is no Python with mrr_xl; the message is what the cell shows."""


def python_of(configuration: Path) -> str:
    """The Python to run: MRR_XL_PYTHON (a Python, or the folder of its environment), or the one that is written down.

    Raises Unavailable.
    """
    given = os.environ.get(OVERRIDE)
    if not given:
        return str(json.loads(configuration.read_text(encoding="utf-8"))["python"])
    if os.path.isdir(given):
        names = [os.path.join(given, *slot) for slot in (("bin", "python"), ("Scripts", "python.exe"))]
        given = next(filter(os.path.isfile, names), given)
    return given


class Server:
    """The process that computes: started at the first call, and anew if it has ended."""

    def __init__(self, python: Callable[[], str]) -> None:
        self.python = python
        self.process: subprocess.Popen[bytes] | None = None
        self.failed: tuple[float, str] | None = None
        self.answers: queue.Queue[Any] = queue.Queue()
        self.slots: list[Any] = []
        self.next = 0

    def answer(self, name: str, arguments: list[Any]) -> Any:
        """A cell or rows of cells. Raises Unavailable."""
        process = self._running()
        assert process.stdin is not None
        question = (name, [self._sent(raw) for raw in arguments])
        try:
            pickle.dump(question, process.stdin, 4)
            process.stdin.flush()
            return self._received(_LONGEST)
        except (OSError, EOFError, queue.Empty):
            self.stop()
            raise Unavailable(f"mrr_xl stopped while it computed {name}; recalculate to try again") from None

    def stop(self) -> None:
        process, self.process = self.process, None
        if process and process.stdin:
            process.kill()
            process.wait()
            with contextlib.suppress(OSError):  # what it never read
                process.stdin.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self.process and self.process.poll() is None:
            return self.process
        self.stop()
        # A sheet of 200 formulas must not wait 200 times for what has just failed.
        if self.failed and time.monotonic() - self.failed[0] < _PAUSE:
            raise Unavailable(self.failed[1])
        self.slots, self.next, self.answers = [None] * _KEPT, 0, queue.Queue()
        python = self.python()
        try:
            self.process = subprocess.Popen(
                [python, "-E", "-P", "-m", "mrr_xl.hosts.calc.server"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
            threading.Thread(target=_listen, args=(self.process.stdout, self.answers), daemon=True).start()
            self._received(_START)
        except (OSError, EOFError, queue.Empty):
            self.stop()
            sentence = (
                f"mrr_xl can't be started with {python}: run `mrr-xl addin calc` again and install the new "
                f"extension, or set {OVERRIDE} to the Python that has mrr_xl, and restart LibreOffice"
            )
            self.failed = (time.monotonic(), sentence)
            raise Unavailable(sentence) from None
        return self.process

    def _received(self, seconds: float) -> Any:
        answer = self.answers.get(timeout=seconds)
        if answer is _ENDED:
            raise EOFError
        return answer

    def _sent(self, raw: Any) -> tuple[int | None, Any]:
        """The argument as it is sent: a large range that is on the other side already goes by its slot alone."""
        if not isinstance(raw, tuple) or not raw or len(raw) * len(raw[0]) < _LARGE:
            return None, raw
        raw = trimmed(raw)
        for slot, rows in enumerate(self.slots):
            if rows == raw:
                return slot, None
        slot, self.next = self.next, (self.next + 1) % _KEPT
        self.slots[slot] = raw
        return slot, raw


_ENDED = object()


def _listen(stream: Any, answers: queue.Queue[Any]) -> None:
    with stream:
        try:
            while True:
                answers.put(pickle.load(stream))
        except Exception:  # the end, or bytes that are no answer
            answers.put(_ENDED)


def trimmed(raw: tuple[Any, ...]) -> tuple[Any, ...]:
    """Without the blank rows below the last one with content: whole columns have a million of them."""
    last = len(raw)
    while last > 1 and raw[last - 1].count("") == len(raw[last - 1]):
        last -= 1
    return raw[:last]


def refusal(null_date: tuple[int, int, int]) -> str | None:
    """What to say to a document that counts its days from another date: its serials would be read as other dates."""
    if null_date == _NULL_DATE:
        return None
    return (
        "this document counts its days from {}-{:02}-{:02}: set Tools > Options > LibreOffice Calc > Calculate > "
        "Date to 12/30/1899 and enter the dates again".format(*null_date)
    )


def getComponentFactory(name: str, manager: Any, key: Any) -> Any:
    """What LibreOffice makes the add-in with; only there are `uno` and the interface."""
    import uno
    import unohelper
    from com.sun.star.lang import XServiceInfo

    folder = Path(__file__).parent
    service = json.loads((folder / CONFIGURATION).read_text(encoding="utf-8"))["service"]
    server = Server(lambda: python_of(folder / CONFIGURATION))

    functions: Any = uno.getClass(f"{service.rpartition('.')[0]}.XFunctions")

    class Functions(unohelper.Base, XServiceInfo, functions):  # type: ignore[misc]
        def __init__(self, context: Any, *_: Any) -> None:
            self.context = context

        def __getattr__(self, function: str) -> Callable[..., Any]:
            if not function.isupper():
                raise AttributeError(function)

            def call(*given: Any) -> Any:
                start = getattr(given[0], "NullDate", None)  # the document comes first, where dates matter
                sentence = start and refusal((start.Year, start.Month, start.Day))
                try:
                    answer = sentence or server.answer(function, list(given[1:] if start else given))
                except Unavailable as reason:
                    answer = str(reason)
                return answer if isinstance(answer, tuple) else ((answer,),)

            return call

        def getImplementationName(self) -> str:
            return service

        def supportsService(self, wanted: str) -> bool:
            return wanted in self.getSupportedServiceNames()

        def getSupportedServiceNames(self) -> tuple[str, ...]:
            return (service, "com.sun.star.sheet.AddIn")

    helper = unohelper.ImplementationHelper()
    helper.addImplementation(Functions, service, (service, "com.sun.star.sheet.AddIn"))
    return helper.getComponentFactory(name, key, manager)
