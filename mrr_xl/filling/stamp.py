"""What a filled workbook says of its own making, in the custom properties of its file."""

from __future__ import annotations

import dataclasses
import os
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from lxml import etree

from mrr_xl.errors import MrrError
from mrr_xl.filling import fingerprint
from mrr_xl.filling.workbook_rules import rates_of, rules_of
from mrr_xl.ledger.ledger import Ledger, read_ledger
from mrr_xl.months import month_label
from mrr_xl.rollforward.book import Book
from mrr_xl.settings import Settings
from mrr_xl.version import __version__
from mrr_xl.xlsx.package import Package, add_part, read_package, targets

_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_EMPTY = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="{_PROPERTIES}" xmlns:vt="{_VALUES}"/>'
)
#: What Office files every custom property under.
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_NAMED = "mrr_xl "


@dataclass(frozen=True)
class Stamp:
    """Of which template and which data a workbook was made, by which version and rules; it holds no time.

    Equal stamps mean equal figures: the same template and the same lines, read the same way.
    """

    version: str
    template: str  #: the fingerprint of the template's file
    data: str  #: the fingerprint of the data's lines, whatever their order
    rows: int
    through: str  #: the last month reported, such as 2025-03
    settings: str  #: the rules that are not the default, such as as_of=month_start, and how the workbook was filled


def read(source: str | os.PathLike[str] | bytes) -> Stamp | None:
    """The stamp of a workbook; None if it has none, or is no workbook, or is not there.

    Only the one part is read, so that a thousand files are looked at in a moment.
    """
    try:
        with zipfile.ZipFile(BytesIO(source) if isinstance(source, bytes) else source) as archive:
            package = Package([], {"_rels/.rels": archive.read("_rels/.rels")})
            part = _part(package)
            if part is None:
                return None
            package.parts[part] = archive.read(part)
    except (OSError, KeyError, zipfile.BadZipFile):
        return None
    return of_package(package)


def of_package(package: Package) -> Stamp | None:
    """The stamp that a workbook carries, if it does."""
    part = _part(package)
    if part is None:
        return None
    found = {
        (one.get("name") or "").removeprefix(_NAMED): "".join(one.itertext()).strip()
        for one in package.root(part)
        if (one.get("name") or "").startswith(_NAMED)
    }
    names = [field.name for field in dataclasses.fields(Stamp)]
    if not all(name in found for name in names) or not found["rows"].isdigit():
        return None
    return Stamp(**{name: int(found[name]) if name == "rows" else found[name] for name in names})  # type: ignore[arg-type]


def write(package: Package, stamp: Stamp) -> None:
    """The stamp among a workbook's custom properties; the user's own stay as they are."""
    part = _part(package)
    if part is None:
        part = _free(package)
        add_part(package, part, _EMPTY.encode(), _CONTENT_TYPE, _KIND, of="")
    root = package.root(part, touch=True)
    kept = {one.get("name"): one for one in root}
    last = max([1, *(int(one.get("pid") or 1) for one in root)])  # the first two numbers are not for properties
    for name, value in dataclasses.asdict(stamp).items():
        one = kept.get(_NAMED + name)
        if one is None:
            last += 1
            tag = f"{{{etree.QName(root).namespace}}}property"
            one = etree.SubElement(root, tag, fmtid=_FORMAT, pid=str(last), name=_NAMED + name)
        for old in list(one):
            one.remove(old)
        kind = "i4" if isinstance(value, int) else "lpwstr"
        etree.SubElement(one, f"{{{_VALUES}}}{kind}", nsmap={"vt": _VALUES}).text = str(value)


def expected(
    template: str | os.PathLike[str],
    data: object,
    *,
    table: str | None = None,
    strict: bool = False,
    values: bool = False,
    against: str | os.PathLike[str] | None = None,
) -> Stamp:
    """The stamp that mrr_xl.fill would write; a file that has it need not be filled again. Raises MrrError."""
    package = read_package(template)
    ledger = read_ledger(data, rates=rates_of(package))
    return of_fill(template, package, ledger, table=table, strict=strict, values=values, against=against)


def of_fill(template: str | os.PathLike[str], package: Package, ledger: Ledger, **options: Any) -> Stamp:
    """The stamp of a template's package filled with a ledger; options as mrr_xl.fill has them."""
    if options.get("against") is not None:
        options["against"] = fingerprint.of_bytes(_content(options["against"]))[:8]
    return of_ledger(package, ledger, fingerprint.of_bytes(_content(template)), options)


def of_ledger(package: Package, ledger: Ledger, template: str, options: dict[str, Any] | None = None) -> Stamp:
    """The stamp of a ledger under a workbook's own rules."""
    rules = rules_of(package)
    how = [name if value is True else f"{name}={value}" for name, value in (options or {}).items() if value]
    return Stamp(
        version=__version__,
        template=template,
        data=fingerprint.of_ledger(ledger),
        rows=ledger.lines,
        through=month_label(Book(ledger, rules).through),
        settings="; ".join([rules_text(rules), *how]),
    )


def rules_text(rules: Settings) -> str:
    """The rules that are not the default; most workbooks have none."""
    changed = [rule.name for rule in dataclasses.fields(rules) if getattr(rules, rule.name) != rule.default]
    return "; ".join(f"{name}={rules.text(name)}" for name in changed) or "default rules"


def _content(path: str | os.PathLike[str]) -> bytes:
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise MrrError(f"there is no file {path!s}") from None
    except OSError as error:
        raise MrrError(f"{path!s} can't be read ({error.strerror})") from None


def _part(package: Package) -> str | None:
    """The part with the custom properties, if there is one."""
    return next(iter(targets(package, "", "/custom-properties").values()), None)


def _free(package: Package) -> str:
    return next(
        name for number in range(len(package.parts) + 1)
        if (name := f"docProps/custom{number or ''}.xml") not in package.parts
    )  # fmt: skip
