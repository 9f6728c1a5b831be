"""The rules and exchange rates that a workbook holds."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.errors import MrrError
from mrr_xl.functions.books import settings_of
from mrr_xl.ledger.amounts import STOPPING
from mrr_xl.ledger.frames import only_value
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.rates import Rates, read_rates
from mrr_xl.months import in_system
from mrr_xl.settings import Settings
from mrr_xl.sources.how import How, split_given
from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.workbook import Workbook

_NAME, _MAPPING = "Rules", "Mapping"
#: What the header of a mapping may say.
_HEADERS = frozenset(
    ["role", "what", "column", "mapping", "option", "setting", "field", "key", "name", "feld", "rolle"]
)


def rules_of(workbook: Workbook) -> Settings:
    """The rules that the workbook's name Rules holds; without that name, the defaults."""
    with in_system(workbook.days_to_1900):
        return settings_of(_pairs(workbook, workbook.formula_of(_NAME)) or None)


def refuse_other_periods(workbook: Workbook, rules: Settings) -> None:
    """Raise MrrError where a report of months, as an earlier version wrote it, has a rule period that asks for others.

    Each of its columns is a month, and every month of a quarter would show the quarter's movements.
    """
    a_report, follows_period = workbook.formula_of("Months_shown"), workbook.formula_of("Period_months")
    plain = workbook.formula_of("Schedule_levels")  # which says itself that it needs months
    if rules.period != "month" and a_report and not follows_period and not plain:
        raise MrrError(
            f"the rule period is {rules.period}, and this report is of an earlier version, whose columns are months; "
            "remove that rule, or write a new report with mrr-xl template"
        )


def _pairs(workbook: Workbook, reference: str) -> list[list[Any]]:
    """The rows of a range of two columns."""
    area = workbook.area(reference)
    return [] if area is None else workbook.grid(area._replace(right=min(area.right, area.left + 1)))


def how_of(workbook: Workbook) -> How:
    """How the data is to be read, as the workbook's name, table or sheet Mapping says: roles and headers."""
    rows: list[Any] = []
    if workbook.formula_of(_MAPPING):
        rows = _pairs(workbook, workbook.formula_of(_MAPPING))
    elif table := next((table for table in workbook.tables if table.name.lower() == _MAPPING.lower()), None):
        rows = workbook.rows(table)[1:]
    elif sheet := next((name for name in workbook.parts if name.lower() == _MAPPING.lower()), None):
        rows = _pairs(workbook, f"'{sheet}'!$A$1:$B$100")
    given = {}
    for row in rows:
        key, value = [*row, None, None][:2]
        if key is not None and value is not None and str(key).strip().lower() not in _HEADERS:
            given[str(key)] = value
    rules, how = split_given(given)
    if rules:
        said = ", ".join(rules)
        raise MrrError(f"Mapping says {said}, which is not what a column can be and no way to read a file")
    return How.of(how)


def rates_of(workbook: Workbook) -> Rates:
    """The exchange rates that the workbook's table Rates holds, if it has one."""
    for table in workbook.tables:
        if table.name.lower() == "rates":
            with in_system(workbook.days_to_1900):
                return read_rates([row for row in workbook.rows(table) if any(value is not None for value in row)])
    return read_rates(None)


def status_is_of_the_line(ledger: Ledger, rules: Settings) -> bool:
    """Whether the rule status has to be line in a workbook that gets this ledger's lines.

    In a schedule a status is its own month's; in a table of subscriptions it could be taken for today's.
    """
    if ledger.layout.kind == "subscriptions" or rules.status != "auto" or not ledger.has("state"):
        return False
    return bool(only_value(ledger.frame.select(nw.col("state").is_in(STOPPING).any())))


def not_done(workbook: Workbook) -> list[str]:
    """A note for what the workbook asks of whatever computes it and that is not done here."""
    settings = workbook.root.find(f"{MAIN}calcPr")
    if settings is None or settings.get("fullPrecision") not in ("0", "false", "off"):
        return []
    return [
        "the workbook computes with the precision that its cells display (an option of Excel), which is not done here: "
        "the values are those of full precision until Excel computes them"
    ]


def set_status(workbook: Workbook, ledger: Ledger, rules: Settings) -> list[str]:
    """Set the workbook's rule status to line where it has to be; gives a note of it. Raises MrrError."""
    if not status_is_of_the_line(ledger, rules):
        return []
    area = workbook.area(workbook.formula_of(_NAME))
    for row in workbook.sheet(area.sheet).there(area.top, area.bottom) if area else ():
        cells = workbook.sheet(area.sheet).cells(row) if area else {}
        if area and str(workbook.value(cells.get(area.left)) or "").strip().lower() == "status":
            workbook.sheet(area.sheet).put(row, area.right, "line")
            return ["the rule status is now line, since each status of a schedule is that of its month"]
    raise MrrError(
        "the data is a schedule with lines that are paused or expired, and the workbook's rules have no status; add a "
        "row status with the value line to the range that is named Rules"
    )
