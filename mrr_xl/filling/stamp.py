"""The stamp of a filled workbook: which template, data, rules and version it was made from."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mrr_xl.errors import MrrError
from mrr_xl.filling import fingerprint
from mrr_xl.months import month_label
from mrr_xl.rollforward.book import Book
from mrr_xl.settings import Settings
from mrr_xl.version import __version__
from mrr_xl.xlsx.custom_properties import read_properties, write_properties
from mrr_xl.xlsx.package import Package, read_package

PREFIX = "mrr_xl "  #: of the custom properties that hold it
_COLUMNS = f"{PREFIX}columns"  #: the property that says which columns of the table hold the data's values
_PROBLEMS = f"{PREFIX}problems"  #: the property that says how many cells hold no figure because of a mistake


@dataclass(frozen=True)
class Stamp:
    """What a workbook was made from; it holds no time.

    Equal stamps mean equal figures: the same template and the same lines, read the same way.
    """

    version: str
    template: str  #: the fingerprint of the template's file
    data: str  #: the fingerprint of the data's lines, whatever their order
    rows: int
    through: str  #: the last month reported, such as 2025-03
    settings: str  #: the rules that are not the default, such as as_of=month_start, and how the workbook was filled


def read(source: str | os.PathLike[str] | bytes) -> Stamp | None:
    """The stamp of a workbook's file; None if it has no stamp, is damaged, not a workbook, or does not exist."""
    return _stamp(_properties(source))


def is_up_to_date(report: str | os.PathLike[str], now: Stamp) -> bool:
    """Whether a report would be the same if it were made now, and holds every figure."""
    properties = _properties(report)
    return _stamp(properties) == now and properties.get(_PROBLEMS, "0") == "0"


def _properties(source: str | os.PathLike[str] | bytes) -> dict[str, str]:
    try:
        return read_properties(read_package(source))
    except MrrError:
        return {}


def note_problems(package: Package, count: int) -> None:
    """Keep in a workbook how many of its cells hold no figure because of a mistake, if any do or did."""
    if count or _PROBLEMS in read_properties(package):
        write_properties(package, {_PROBLEMS: str(count)})


def note_columns(package: Package, headers: Sequence[str]) -> None:
    """Keep in a workbook which columns of its table hold the data's values, if any do or did."""
    if headers or _COLUMNS in read_properties(package):
        write_properties(package, {_COLUMNS: json.dumps(headers, ensure_ascii=False)})


def columns_of(package: Package) -> frozenset[str]:
    """The columns that held the data's values when the table was filled last; none in older reports."""
    try:
        return frozenset(map(str, json.loads(read_properties(package).get(_COLUMNS, "[]"))))
    except (ValueError, TypeError):
        return frozenset()


def of_package(package: Package) -> Stamp | None:
    """The stamp that an opened workbook carries, if it has one."""
    return _stamp(read_properties(package))


def _stamp(properties: Mapping[str, str]) -> Stamp | None:
    fields = [field.name for field in dataclasses.fields(Stamp)]
    texts = {field: properties[PREFIX + field] for field in fields if PREFIX + field in properties}
    if len(texts) < len(fields) or not texts["rows"].isdigit():
        return None
    return Stamp(**{name: int(text) if name == "rows" else text for name, text in texts.items()})  # type: ignore[arg-type]


def write(package: Package, stamp: Stamp) -> None:
    """Write the stamp into a workbook's custom properties; the user's own stay as they are."""
    write_properties(package, {PREFIX + name: value for name, value in dataclasses.asdict(stamp).items()})


def of_book(book: Book, template: str, options: Mapping[str, Any] | None = None) -> Stamp:
    """The stamp of a ledger under a workbook's rules.

    template: the fingerprint of the template. options: how it is filled, as mrr_xl.fill has them.
    """
    how = [name if value is True else f"{name}={value}" for name, value in (options or {}).items() if value]
    return Stamp(
        version=__version__,
        template=template,
        data=fingerprint.of_ledger(book.ledger),
        rows=book.ledger.lines,
        through=month_label(book.through),
        settings="; ".join([rules_text(book.settings), *how]),
    )


def rules_text(rules: Settings) -> str:
    """The rules that are not the default; most workbooks have none."""
    changed = [rule.name for rule in dataclasses.fields(rules) if getattr(rules, rule.name) != rule.default]
    return "; ".join(f"{name}={rules.text(name)}" for name in changed) or "default rules"
