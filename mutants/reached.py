"""Which tests reach which lines: what a mutant is tried against."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import coverage
import pytest
from made import functions_by_line

CORE = ("mrr_xl/ledger", "mrr_xl/rollforward", "mrr_xl/metrics")
GROUND = ("mrr_xl/months.py", "mrr_xl/settings.py", "mrr_xl/date_texts.py")
#: Tests that start no program and no server; pytest finds doctests in the modules.
TESTS = (
    *("tests/ledger", "tests/rollforward", "tests/metrics", "tests/functions/test_cell_errors.py"),
    *("tests/test_bad_input.py", "tests/test_definitions.py", "tests/test_months.py", "tests/test_settings.py"),
    *("tests/sources/test_rows.py", "tests/sources/test_price_changes.py", "tests/sources/test_unread_cells.py"),
    *(*CORE, *GROUND),
)
#: As little of pytest as there can be, as it starts anew for each mutant; where it rewrites asserts, it loads a module
#: whose doctests are run itself, and so the one that is not changed.
QUIET = [
    *("-q", "-x", "-o", "addopts=", "--assert=plain", "-k", "not Spark"),  # it starts a Java for each mutant
    *(word for name in ("cacheprovider", "unraisableexception", "threadexception") for word in ("-p", f"no:{name}")),
]
EXAMPLES = 8  # of a property, in place of its own number

Reached = dict[str, Any]  # by test: its seconds, and the lines it reaches as [module, function, text]


def test_files() -> list[str]:
    """Every file with tests or doctests that mutants are tried against."""
    found = []
    for place in map(Path, TESTS):
        files = sorted(place.rglob("*.py")) if place.is_dir() else [place]
        found += [str(file) for file in files if file.name.startswith("test_") or ">>> " in file.read_text()]
    return found


def digest(file: str) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()[:16]


def arguments(file: str) -> list[str]:
    """What pytest is told to run a file's tests or doctests."""
    return [*QUIET, file] if Path(file).name.startswith("test_") else [*QUIET, "--doctest-modules", file]


def few_examples(items: list[pytest.Item]) -> None:
    """Properties try few examples, the same each time, and do not look for the simplest one that fails."""
    from hypothesis import Phase, settings

    for item in items:
        test = getattr(item, "obj", None)
        if (asked := getattr(test, "_hypothesis_internal_use_settings", None)) is not None:
            fewer = min(asked.max_examples, EXAMPLES)
            phases = (Phase.explicit, Phase.generate)
            test._hypothesis_internal_use_settings = settings(
                asked, max_examples=fewer, derandomize=True, database=None, deadline=None, phases=phases
            )


class _Watch:
    """Says to coverage.py which test runs, and notes how long it takes."""

    def __init__(self, watched: coverage.Coverage) -> None:
        self.watched, self.seconds = watched, dict[str, float]()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        few_examples(items)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.watched.switch_context(item.nodeid)
        began = time.process_time()
        yield
        self.seconds[item.nodeid] = round(time.process_time() - began, 3)


def words_of_tests(tests: Iterable[str]) -> dict[str, set[str]]:
    """The words in each test's own lines and in its name."""
    inside: dict[tuple[str, str], set[str]] = {}
    for file in {test.partition("::")[0] for test in tests}:
        source = Path(file).read_text(encoding="utf-8")
        functions = functions_by_line(source)
        for number, line in enumerate(source.split("\n"), 1):
            inside.setdefault((file, functions[number]), set()).update(words(line))
    found = {}
    for test in tests:
        file, _, name = test.partition("::")
        function = name.partition("[")[0].removeprefix(file.removesuffix(".py").replace("/", ".") + ".")
        found[test] = inside.get((file, function), set()) | words(name)
    return found


def words(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z_]{3,}", text))


def reach(file: str) -> tuple[int, Reached]:
    """pytest's exit code for a file of tests, and what each of them reaches in the core."""
    watched = coverage.Coverage(data_file=None, config_file=False, include=[f"{folder}/*" for folder in CORE])
    watch = _Watch(watched)
    watched.start()
    code = pytest.main(arguments(file), plugins=[watch])
    watched.stop()
    found: Reached = {test: {"seconds": seconds, "lines": set()} for test, seconds in watch.seconds.items()}
    data = watched.get_data()
    for path in data.measured_files():
        module = os.path.relpath(path)
        source = Path(module).read_text(encoding="utf-8")
        inside, lines = functions_by_line(source), source.split("\n")
        for number, tests in data.contexts_by_lineno(path).items():
            for test in tests:
                if test in found and inside[number]:
                    found[test]["lines"].add((module, inside[number], lines[number - 1].strip()))
    for each in found.values():
        each["lines"] = sorted(each["lines"])
    return int(code), found


def write(file: str, to: Path) -> int:
    """Writes down what a file's tests reach; gives 1 if one of them fails."""
    code, found = reach(file)
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        return 1
    to.write_text(json.dumps(found))
    return 0
