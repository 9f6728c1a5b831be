"""Which library holds the tables in memory that come from no other one's frame."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Literal


def engine() -> Literal["polars", "pandas"]:
    """Polars, or pandas where Polars can't be had."""
    return "polars" if find_spec("polars") else "pandas"
