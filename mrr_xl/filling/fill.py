"""Data into the ledger's table of any workbook, every formula of it computed, and the file written."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from mrr_xl.calculator.calculate import calculate, store
from mrr_xl.errors import MrrError
from mrr_xl.filling import compare, redact, stamp
from mrr_xl.filling.ledger_table import LAST_ROW, find_table, put_data
from mrr_xl.filling.pseudonyms import people_of
from mrr_xl.filling.stale_addresses import left_behind
from mrr_xl.filling.workbook_rules import rates_of
from mrr_xl.functions.books import Source
from mrr_xl.ledger.ledger import Ledger, read_ledger
from mrr_xl.xlsx.drawings import refresh
from mrr_xl.xlsx.package import Package, read_package
from mrr_xl.xlsx.tables import Table
from mrr_xl.xlsx.writing import write_whole


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
    values: bool = False,
    against: str | os.PathLike[str] | None = None,
) -> Filled:
    """A copy of the workbook `template` at `out`, its ledger's table holding `data`, its formulas computed.

    template: .xlsx or .xlsm. data: a frame or a path, in any of the three layouts. table: the table's name; left
    out, Subscriptions, or the only table that looks like a ledger. strict: columns of the data that the table lacks
    are refused instead of added. values: for people outside, every formula becomes its value, the table's lines go,
    and customers are called Customer 1, Customer 2 ... against: the workbook filled last time; what has changed since
    in months that it reported is in the notes and, in our own report, on the sheet Checks. Only the table, its extent,
    the formulas' values and the file's stamp (filling/stamp.py) change; all else comes through as it was. Data with
    more lines than a sheet holds, or in a database, does not go into the sheet: the figures are computed from it, and
    values is implied.
    Raises MrrError, and then writes nothing.
    """
    if Path(template).suffix.lower() not in (".xlsx", ".xlsm"):
        raise MrrError(f"the template {Path(template).name} is no workbook (.xlsx or .xlsm)")
    if Path(out).suffix.lower() != Path(template).suffix.lower():
        raise MrrError(f"{Path(out).name} must end in {Path(template).suffix} as the template does")
    _refuse_inputs(out, template, data, against)
    asked = {"table": table, "strict": strict, "values": values, "against": against}
    package = read_package(template)
    place = find_table(package, table)
    ledger = read_ledger(data, rates=rates_of(package))
    fits, notes = _fits(ledger, place), []
    if not fits:
        notes, values = [_why_values(ledger)], True
    if values:
        redact.refuse_copies(package, place)
    people = people_of(package, place, ledger) if values else None
    stamp.write(package, stamp.of_fill(template, package, ledger, **asked))
    notes += compare.put(package, ledger, against, table=table, names=not values)
    held = place.bottom
    if fits:
        lines, sources = put_data(package, place, ledger, strict), None
        notes += left_behind(package, place, held)
    else:
        redact.clear(package, place)
        lines, sources = ledger.lines, {place.name.lower(): Source(data, ledger)}
    leave = None if people is None else partial(redact.leave, table=place, held=held, people=people)
    done = finish(package, out, lines, sources=sources, leave=leave)
    return replace(done, notes=[*notes, *done.notes])


def _refuse_inputs(out: str | os.PathLike[str], *inputs: object) -> None:
    """What is read stays as it is, under whatever other name or link it is written to."""
    for path in inputs:
        there = isinstance(path, (str, os.PathLike)) and os.path.exists(path) and os.path.exists(out)
        if there and os.path.samefile(path, out):  # type: ignore[arg-type]
            raise MrrError(f"{os.fspath(out)} is the file that is read, {path}; name another file")


def _fits(ledger: Ledger, table: Table) -> bool:
    return ledger.in_memory and table.top + ledger.lines + (1 if table.has_totals else 0) <= LAST_ROW


def _why_values(ledger: Ledger) -> str:
    why = f"{ledger.lines:,} lines are more than a sheet holds" if ledger.in_memory else "the data is in a database"
    return f"{why}; the figures were computed from the data and stand as values, without customers' names"


def finish(
    package: Package,
    out: str | os.PathLike[str],
    lines: int,
    embed: Callable[[bytes], bytes] | None = None,
    sources: Mapping[str, Source] | None = None,
    leave: Callable[[Package], bytes] | None = None,
) -> Filled:
    """A workbook's formulas computed, their values stored, and the file written.

    embed: what still goes into the file then, such as macros. sources: data in place of a table's own rows. leave:
    what makes the file's bytes of a workbook that goes outside.
    """
    values, problems = calculate(package, sources)
    store(package, values)
    if leave is None:
        refresh(package)
    content = leave(package) if leave else package.content()
    write_whole(embed(content) if embed else content, out)
    return Filled(Path(out), lines, sum(len(found) for found in values.values()), problems)
