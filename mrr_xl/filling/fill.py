"""Data put into the ledger's table of any workbook, every formula computed, and the file written."""

from __future__ import annotations

import datetime as dt
import os
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from mrr_xl import clock
from mrr_xl.calculator.calculate import Computed, calculate
from mrr_xl.calculator.changed import changed, store
from mrr_xl.calculator.growing import let_tables_grow
from mrr_xl.calculator.kept import name_of
from mrr_xl.calculator.saved import is_as_written, is_computed
from mrr_xl.errors import MrrError, MrrWarning, listed
from mrr_xl.filling import redact, stamp
from mrr_xl.filling.compare import compare
from mrr_xl.filling.comparison_cells import show_comparison
from mrr_xl.filling.complete_through import set_complete_through
from mrr_xl.filling.currency import set_currency
from mrr_xl.filling.given_rules import refuse_other_rules, set_rates, set_rules
from mrr_xl.filling.inputs import Inputs, Options, read_inputs
from mrr_xl.filling.ledger_table import put_data
from mrr_xl.filling.proof import differing
from mrr_xl.filling.pseudonyms import people_of
from mrr_xl.filling.schedule import clear_schedule, is_plain, write_schedule
from mrr_xl.filling.source_line import lines_of, set_computed, show_lines, without_lines
from mrr_xl.filling.typed_months import MOVED, budget_not_used, months, months_before, no_first_day
from mrr_xl.filling.workbook_rules import not_done, set_status
from mrr_xl.functions.books import Source
from mrr_xl.hosts.lambdas.refusals import refuse_other_data, refuse_unknown_rules
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.metrics.checks import problems
from mrr_xl.rollforward.book import Book
from mrr_xl.settings import Settings
from mrr_xl.xlsx.calculation_chain import drop_stale_chain
from mrr_xl.xlsx.chart_points import refresh
from mrr_xl.xlsx.places import LAST_ROW
from mrr_xl.xlsx.soundness import refuse_unsound
from mrr_xl.xlsx.tables import Table
from mrr_xl.xlsx.workbook import Workbook
from mrr_xl.xlsx.writing import target_of, write_whole


@dataclass(frozen=True)
class Filled:
    """The file that was written, its subscription lines, its computed formula cells, and what to tell the user.

    problems: cells that hold no figure because of a mistake. warnings: what in the data may make the figures wrong.
    restated: how many figures of the report of last time have changed and customers gone, if it was compared. others:
    those of these changes that the notes only count.
    """

    path: Path
    lines: int
    formulas: int
    problems: list[str]
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    restated: int | None = None
    others: list[str] = field(default_factory=list)

    def warn(self, level: int = 3) -> Filled:
        """The same, once Python has been warned of the data; level: how far up the caller is that has to know."""
        if self.warnings:
            warnings.warn(MrrWarning(self.warnings), stacklevel=level)
        return self


#: Of formulas in fixed areas.
_CUT = (
    "the answer has more rows or columns than the fixed area that the formula fills, and these are not shown; enter "
    "the formula in one cell again, or fill a new template (libraries and LibreOffice save formulas that grow so)"
)


def fill(
    template: str | os.PathLike[str],
    data: object,
    out: str | os.PathLike[str],
    *,
    table: str | None = None,
    strict: bool = False,
    values: bool = False,
    against: str | os.PathLike[str] | None = None,
    settings: object = None,
    rates: object = None,
    currency: str | None = None,
    **reading: object,
) -> Filled:
    """Write a copy of the workbook `template` to `out`, with `data` in its ledger's table and its formulas computed.

    Parameters
    ----------
    template : path
        an .xlsx or .xlsm file
    data : frame, path or URL
        in any of the three layouts. Data with more lines than a sheet holds, or in a database, does not go into the
        sheet: the figures are computed from it, and values is implied.
    out : path
        the file to write, which ends as the template does
    table : str, optional
        the table's name; if left out, Subscriptions, or the only table that looks like a ledger
    strict : bool
        refuse columns of the data that the table does not have, instead of adding them
    values : bool
        values only, data removed, for external readers: every formula becomes its value, the table's lines are
        removed, and customers are called Customer 1, Customer 2 ...
    against : path, optional
        the report of last time; what has changed since in months that it reported is in the notes and, in our own
        report, on the sheet Checks
    settings : dict or Settings, optional
        rules to be written into the workbook's range Rules; or each as a keyword
    rates : frame, path or dict, optional
        exchange rates, in place of those of the workbook's table Rates: currency, [month] and rate
    currency : str, optional
        what is shown beside the amounts, in the cell named Report_currency; if left out, the data's only currency
    **reading
        each rule as a keyword, and how the data is to be read, as for movements; the workbook may say the latter, too,
        in a range, table or sheet called Mapping

    Returns
    -------
    Filled
        The file, its lines and computed formula cells, cells without a figure (problems), notes and warnings; with
        against, how many figures it restates.

    Raises
    ------
    MrrError
        What is wrong, where, and how to mend it; nothing is written then.

    Warns
    -----
    MrrWarning
        What in the data may make the figures wrong.

    Notes
    -----
    Only the table, its extent, the formulas' values, the file's stamp (filling/stamp.py), what is given, and the cells
    named Report_currency and Complete_through change; everything else stays as it was (docs/filling.md).
    """
    given: dict[str, Any] = {"settings": settings, "rates": rates, "currency": currency, **reading}
    options = Options.of(table=table, strict=strict, values=values, against=against, **given)
    with clock.one_day():
        filled = fill_with(read_inputs(template, data, out, options), out)
    return filled.warn()


def fill_with(inputs: Inputs, out: str | os.PathLike[str]) -> Filled:
    """The same as fill, with everything opened already; it changes the opened template. Raises MrrError."""
    workbook, table, ledger = inputs.template, inputs.table, inputs.book.ledger
    # The stamp stays in a file of ours that Excel has saved since.
    stamped = stamp.of_package(workbook.package) is not None
    ours = is_as_written(workbook) and stamped
    if stamped:  # in others, areas may be meant to stay
        let_tables_grow(workbook)
    now, before = (None, None) if ours else _computed_before(workbook, table)
    fits = _fits(ledger, table)
    values = inputs.options.values or not fits
    notes = [*not_done(workbook), *([] if fits else [_why_values(ledger)])]
    before_months = months_before(workbook, table)
    if values:
        redact.refuse_copies(workbook, table)
    people = people_of(workbook, table, ledger) if values else None
    stamp.write(workbook.package, inputs.stamp)
    comparison = None if inputs.earlier is None else compare(inputs, inputs.earlier)
    show_comparison(workbook, comparison, names=not values)
    notes += [] if comparison is None else comparison.notes()
    set_rules(workbook, inputs.options.rules)
    notes += set_rates(workbook, inputs.options.rates) if inputs.options.rates.pairs else []
    notes += set_currency(workbook, ledger, inputs.options.currency, new_rates=bool(inputs.options.rates.pairs))
    set_complete_through(workbook)
    set_computed(workbook, only_values=values)
    old_bottom = table.bottom
    meant = inputs.book.settings if inputs.options.rules else None
    if fits:
        lines, sources = ledger.lines, None
        notes += put_data(workbook, table, inputs.book, strict=inputs.options.strict, ours=ours)
        if said := set_status(workbook, ledger, inputs.book.settings):
            notes, meant = [*notes, *said], meant and replace(meant, status="line")
    else:
        redact.clear(workbook, table)
        lines, sources = ledger.lines, {table.name.lower(): Source(inputs.data, ledger, inputs.book.settings)}
    if is_plain(workbook):
        notes += write_schedule(workbook, inputs.book, inputs.stamp)
    redacted = None if people is None else partial(redact.redact, table=table, old_bottom=old_bottom, people=people)
    before, write = _outside(table, before), not inputs.options.dry_run
    filled = finish(
        workbook, out, lines, sources=sources, redacted=redacted, before=before, now=now, write=write, meant=meant
    )
    problems_left = [*filled.problems, *(differing(workbook) if is_plain(workbook) and not values else [])]
    notes += [MOVED] if before_months not in (None, months(workbook)) else []
    notes += [] if values else _not_by_lambdas(workbook, inputs.book)
    notes += no_first_day(workbook) + budget_not_used(workbook)
    return replace(
        filled,
        notes=[*notes, *filled.notes],
        problems=problems_left,
        warnings=problems_of(inputs.book),
        restated=None if comparison is None else comparison.changes,
        others=comparison.others() if comparison else [],
    )


def _not_by_lambdas(workbook: Workbook, book: Book) -> list[str]:
    """What to tell of a workbook with LAMBDAs that can't compute what is now in it."""
    if not workbook.formula_of("LEDGER_SETTINGS"):
        return []
    try:
        refuse_unknown_rules(book.settings)
        refuse_other_data(book.ledger)
    except MrrError as lacking:
        return [f"Excel shows #VALUE! once it computes this workbook anew: {lacking}"]
    return []


def problems_of(book: Book) -> list[str]:
    """What in a book's data may make the figures wrong; where there are none, the reason."""
    try:
        return problems(book)
    except MrrError as mistake:
        return [str(mistake)]


def _fits(ledger: Ledger, table: Table) -> bool:
    return ledger.in_memory and table.top + ledger.lines + table.has_totals <= LAST_ROW


def _why_values(ledger: Ledger) -> str:
    why = f"{ledger.lines:,} lines are more than a sheet can hold" if ledger.in_memory else "the data is in a database"
    return f"{why}; the figures were computed from the data and written as values, without customers' names"


def finish(
    workbook: Workbook,
    out: str | os.PathLike[str],
    lines: int,
    embed: Callable[[bytes], bytes] | None = None,
    sources: Mapping[str, Source] | None = None,
    redacted: Callable[[Workbook], tuple[bytes, list[str]]] | None = None,
    before: Computed | None = None,
    now: dt.datetime | None = None,
    write: bool = True,
    meant: Settings | None = None,
) -> Filled:
    """Compute a workbook's formulas, store their values, and write the file.

    embed: what is put into the file last, such as macros. sources: data used instead of a table's own rows.
    redacted: gives the file's bytes for a workbook that goes to external readers, and what to tell of it. before: what
    its formulas gave before it was changed; values that are the same now stay as the file has them. now: when that was.
    write: whether the file is written, or only what would prevent that is said. meant: the rules that were given.
    """
    computed = calculate(workbook, sources, now=now)
    lines_shown = lines_of(workbook)
    after, before = without_lines(computed, lines_shown), before and without_lines(before, lines_shown)
    values, otherwise = changed(workbook, before, after)
    store(workbook, values)
    show_lines(workbook, lines_shown)
    if meant is not None:
        refuse_other_rules(workbook, meant)
    notes, problems_left = list[str](), [*after.sentences, *otherwise]
    if after.cut:
        cells = listed([name_of(*formula) for formula in after.cut], 5)
        notes.append(f"{cells}: {_CUT}")
    stamp.note_problems(workbook.package, len(problems_left))
    if redacted is None:
        refresh(workbook)
        drop_stale_chain(workbook)
        refuse_unsound(workbook)
        content = workbook.package.content()
    else:
        if is_plain(workbook):
            clear_schedule(workbook)
        content, said = redacted(workbook)
        notes += said
    if write:
        write_whole(embed(content) if embed else content, out)
    else:
        target_of(out)
    return Filled(Path(out), lines, sum(map(len, after.values.values())), problems_left, notes)


def _outside(table: Table, computed: Computed | None) -> Computed | None:
    """What was computed outside a table: inside, a row's formulas are now those of another line."""
    if computed is None:
        return None
    values = {
        (name, at): cells
        for (name, at), cells in computed.values.items()
        if not table.contains(name, at.row, at.column)
    }
    return computed._replace(values=values)


_Key = tuple[str, str, dt.date]
_before: dict[_Key, tuple[dt.datetime, Computed]] = {}  #: of the template that was filled last: a bulk run has one


def _computed_before(workbook: Workbook, table: Table) -> tuple[dt.datetime | None, Computed | None]:
    """What a template's formulas give with its own rows, and when; nothing where nobody computed what it has."""
    if not is_computed(workbook):
        return None, None
    now = clock.now()
    key = (workbook.package.digest, table.name, now.date())
    if key not in _before:
        computed = calculate(workbook, ledger=table, now=now)
        _before.clear()
        _before[key] = now, computed
    return _before[key]
