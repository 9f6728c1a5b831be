"""Data into the ledger's table of any workbook, every formula of it computed, and the file written."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mrr_xl.errors import MrrError
from mrr_xl.hosts.cells import Source
from mrr_xl.ledger import Ledger, read_ledger
from mrr_xl.report.calculate import calculate, store
from mrr_xl.report.contents import rates_of
from mrr_xl.report.drawings import refresh
from mrr_xl.report.ledger_table import LAST_ROW, find_table, put_data
from mrr_xl.report.package import Package, Table, read_package, write_whole


@dataclass(frozen=True)
class Filled:
    """What a fill did."""

    path: Path
    lines: int
    formulas: int
    problems: list[str]
    notes: list[str] = field(default_factory=list)


def fill(
    template: str | os.PathLike[str],
    data: object,
    out: str | os.PathLike[str],
    *,
    table: str | None = None,
    strict: bool = False,
) -> Filled:
    """A copy of the workbook `template` at `out`, its ledger's table holding `data`, its formulas computed.

    template: .xlsx or .xlsm. data: a frame or a path, in any of the three layouts. table: the table's name; left
    out, Subscriptions, or the only table that looks like a ledger. strict: columns of the data that the table lacks
    are refused instead of added. Only the table, the formulas' values and the table's extent change; all else comes
    through as it was. Data with more lines than a sheet holds, or in a database, does not go into the sheet: the
    figures are computed from it. Raises MrrError, and then writes nothing.
    """
    if Path(out).suffix.lower() != Path(template).suffix.lower():
        raise MrrError(f"{Path(out).name} must end in {Path(template).suffix} as the template does")
    package = read_package(template)
    place = find_table(package, table)
    ledger = read_ledger(data, rates=rates_of(package))
    if not _fits(ledger, place):
        raise NotImplementedError
    lines = put_data(package, place, ledger, strict)
    return finish(package, out, lines)


def _fits(ledger: Ledger, table: Table) -> bool:
    return ledger.in_memory and table.top + ledger.lines <= LAST_ROW


def finish(
    package: Package,
    out: str | os.PathLike[str],
    lines: int,
    embed: Callable[[bytes], bytes] | None = None,
    sources: Mapping[str, Source] | None = None,
) -> Filled:
    """A workbook's formulas computed, their values stored, and the file written.

    embed: what still goes into the file then, such as macros.
    """
    values, problems = calculate(package, sources)
    store(package, values)
    refresh(package)
    content = package.content()
    write_whole(embed(content) if embed else content, out)
    return Filled(Path(out), lines, sum(len(found) for found in values.values()), problems)
