"""What a fill reads: the template, the data and the last report, each opened once."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

from mrr_xl.errors import MrrError
from mrr_xl.filling import fingerprint
from mrr_xl.filling.ledger_table import find_table
from mrr_xl.filling.stamp import Stamp, of_book
from mrr_xl.filling.workbook_rules import how_of, rates_of, refuse_other_periods, rules_of
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.rollforward.book import Book
from mrr_xl.sources.how import AS_FOUND, How
from mrr_xl.xlsx.tables import Table
from mrr_xl.xlsx.workbook import Workbook, read_workbook


@dataclass(frozen=True)
class Options:
    """How a report is made: the options of mrr_xl.fill."""

    table: str | None = None
    strict: bool = False
    values: bool = False
    against: str | os.PathLike[str] | None = None
    how: How = AS_FOUND
    dry_run: bool = False  #: everything is done but writing the file


@dataclass(frozen=True)
class Inputs:
    """The opened template, its ledger's table, the data under the template's rules, and the last report."""

    template: Workbook
    table: Table
    data: object
    book: Book
    earlier: Workbook | None
    options: Options

    @cached_property
    def stamp(self) -> Stamp:
        """The stamp of the report; a file that has it need not be filled again."""
        how = asdict(replace(self.options, how=AS_FOUND, dry_run=False)) | {"how": None}
        if self.earlier is not None:
            how["against"] = self.earlier.package.digest[:8]
        return of_book(self.book, self.template.package.digest[: fingerprint.LENGTH], how)


def read_inputs(
    template: str | os.PathLike[str], data: object, out: str | os.PathLike[str], options: Options
) -> Inputs:
    """Open what a report at `out` is made from. Raises MrrError."""
    _check_names(Path(template), Path(out))
    _refuse_to_overwrite(out, template, data, options.against)
    workbook = read_workbook(template)
    table = find_table(workbook, options.table)
    rules = rules_of(workbook)
    refuse_other_periods(workbook, rules)
    how = options.how.over(how_of(workbook))
    book = Book(
        read_ledger(data, timezone=rules.timezone, factors=rules.factors, rates=rates_of(workbook), how=how), rules
    )
    earlier = None if options.against is None else read_workbook(options.against)
    return Inputs(workbook, table, data, book, earlier, options)


def _check_names(template: Path, out: Path) -> None:
    if template.suffix.lower() not in (".xlsx", ".xlsm"):
        raise MrrError(f"the template {template.name} is not a workbook (.xlsx or .xlsm)")
    if out.suffix.lower() != template.suffix.lower():
        raise MrrError(f"{out.name} must end in {template.suffix} as the template does")


def _refuse_to_overwrite(out: str | os.PathLike[str], *inputs: object) -> None:
    """Raise MrrError if the report would be written to a file that is read, under whatever other name or link."""
    for path in inputs:
        both_exist = isinstance(path, (str, os.PathLike)) and os.path.exists(path) and os.path.exists(out)
        if both_exist and os.path.samefile(path, out):  # type: ignore[arg-type]
            raise MrrError(f"{os.fspath(out)} would overwrite {path}, which is read; name another file")
