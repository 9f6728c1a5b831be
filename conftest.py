"""What every test and doctest may use."""

import os
import sys
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

import mrr_xl

#: Run by other Pythons: Pyodide's and LibreOffice's.
collect_ignore = ["tests/support/node", "tests/support/office_client.py"]
if sys.platform != "win32":
    collect_ignore.append("tests/windows")

#: The worked example of docs/definitions.md: A 600→800, B 500→0, C 0→300, D 700→400.
NORTHSTAR = pd.DataFrame(
    {
        "customer": ["A", "A", "B", "C", "D", "D"],
        "month": pd.to_datetime(["2024-01", "2024-02", "2024-01", "2024-02", "2024-01", "2024-02"]),
        "mrr": [600, 800, 500, 300, 700, 400],
    }
)


@pytest.fixture
def northstar() -> pd.DataFrame:
    return NORTHSTAR.copy()


@pytest.fixture(autouse=True)
def _names_in_doctests(doctest_namespace: dict[str, object]) -> None:
    doctest_namespace.update(mrr_xl=mrr_xl, northstar=NORTHSTAR, metric=mrr_xl.metric, movements=mrr_xl.movements)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if sys.platform == "win32":
        absent = [item for item in items if item.get_closest_marker("posix")]
        config.hook.pytest_deselected(items=absent)
        items[:] = [item for item in items if item not in absent]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport() -> Iterator[Any]:
    """A test that is skipped has shown nothing: on the machine that decides, it has failed."""
    report = (yield).get_result()
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("MRR_XL_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr[2]}"
