"""One mutant tried: its module as the import system gives it, its tests until one fails."""

from __future__ import annotations

import gc
import importlib.machinery
import os
import resource
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any

MEMORY = 4 << 30  # a mutant may build without end
NOT_TRIED = 99  # what a process ends with where the trial itself went wrong


def forked(work: Callable[[], int], said: str) -> int:
    """The id of a process of its own that does some work; what it prints goes into a file."""
    pid = os.fork()
    if pid:
        return pid
    code = NOT_TRIED
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        code = work()
    except Exception:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def load_early() -> None:
    """What every trial needs and no mutant changes is imported once; nothing is computed, as threads do not fork."""
    import click  # noqa: F401
    import coverage  # noqa: F401
    import duckdb  # noqa: F401
    import hypothesis  # noqa: F401
    import lxml.etree  # noqa: F401
    import narwhals.stable.v2  # noqa: F401
    import openpyxl  # noqa: F401
    import pandas  # noqa: F401
    import polars  # noqa: F401
    import pyarrow  # noqa: F401
    import pytest  # noqa: F401

    gc.collect()
    gc.freeze()


def survives(module: str, source: str, rounds: Sequence[tuple[str, Sequence[str]]], killer: str) -> int:
    """0 if every test passes with the module's source as it is given, 1 if not; the test that failed goes to a file."""
    import pytest
    from reached import arguments

    _give(os.path.abspath(module), source)
    for file, tests in rounds:
        chosen = _Chosen(tests)
        try:
            code = pytest.main(arguments(file), plugins=[chosen])
        except Exception:  # of the mutant, where pytest does not expect one
            code = pytest.ExitCode.INTERNAL_ERROR
        if code == pytest.ExitCode.NO_TESTS_COLLECTED and not chosen.failed:
            continue
        if code != pytest.ExitCode.OK or chosen.failed:
            with open(killer, "w") as out:
                out.write(chosen.failed or file)
            return 1
    return 0


def _give(path: str, source: str) -> None:
    """The import system gives this source for the module at a path."""
    from_file = importlib.machinery.SourceFileLoader.get_code

    def get_code(self: Any, name: str) -> Any:
        if os.path.abspath(self.path) == path:
            return compile(source, path, "exec", dont_inherit=True)
        return from_file(self, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign]


class _Chosen:
    """Runs some tests of a file, in their order."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.place, self.failed = {test: at for at, test in enumerate(tests)}, ""

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        from reached import few_examples

        items[:] = sorted(
            (item for item in items if item.nodeid in self.place), key=lambda item: self.place[item.nodeid]
        )
        few_examples(items)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.failed = report.nodeid
