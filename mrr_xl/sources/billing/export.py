"""An export of a billing system: how it is recognised, and what turns it into a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mrr_xl.sources.headers import plain
from mrr_xl.sources.table import Table


@dataclass(frozen=True)
class Export:
    """One kind of export.

    system: the name that --from takes, such as stripe. headers: those that are always there and that together no other
    table has, in any case and spelling. read: its table → a table whose columns are named by role. records: it is made
    of JSON objects, and read gets their list.
    """

    system: str
    what: str
    headers: tuple[str, ...]
    read: Callable[[Any], Table]
    records: bool = False

    def lacks(self, headers: Sequence[str]) -> list[str]:
        """The headers that a table lacks to be this export."""
        there = {plain(header) for header in headers}
        return [header for header in self.headers if plain(header) not in there]
