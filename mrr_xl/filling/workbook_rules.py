"""The rules and exchange rates that a workbook holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import narwhals.stable.v2 as nw

from mrr_xl.errors import MrrError
from mrr_xl.functions.books import settings_of
from mrr_xl.ledger.amounts import STOPPING
from mrr_xl.ledger.frames import only_value
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.rates import Rates, read_rates
from mrr_xl.months import in_system
from mrr_xl.settings import RULES, Settings, rule_name
from mrr_xl.sources.how import How, split_given
from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.tables import Table
from mrr_xl.xlsx.workbook import Workbook

_NAME, _MAPPING = "Rules", "Mapping"
#: What the header of a mapping may say.
_HEADERS = frozenset(
    ["role", "what", "column", "mapping", "option", "setting", "field", "key", "name", "feld", "rolle"]
)


def rules_of(workbook: Workbook, given: Mapping[str, Any] | None = None) -> Settings:
    """The rules that the workbook's name Rules holds; without that name, the defaults.

    given: rules that are about to be written there, by name; formulas that follow a preset follow one that is given.
    """
    pairs = _pairs(workbook, workbook.formula_of(_NAME))
    if given:
        cells = {cell.row: cell for cell in cells_of_rules(workbook)}
        top = area.top if (area := workbook.area(workbook.formula_of(_NAME))) else 0
        follows = [row for row, cell in cells.items() if cell.name in given or ("preset" in given and cell.is_formula)]
        pairs = [pair for row, pair in enumerate(pairs, top) if row not in follows]
        pairs += [[name, RULES[name].text(value)] for name, value in given.items()]
    with in_system(workbook.days_to_1900):
        return settings_of(pairs or None)


class CellOfRule(NamedTuple):
    """The cell with the value of a rule; is_formula: whether it holds a formula."""

    name: str
    sheet: str
    row: int
    column: int
    is_formula: bool


def cells_of_rules(workbook: Workbook) -> list[CellOfRule]:
    """Where the workbook's name Rules has which rule."""
    area, found = workbook.area(workbook.formula_of(_NAME)), list[CellOfRule]()
    if area is None:
        return found
    for row in workbook.sheet(area.sheet).there(area.top, area.bottom):
        cells, column = workbook.sheet(area.sheet).cells(row), area.left + 1
        name = rule_name(workbook.value(cells.get(area.left)))
        is_formula = column in cells and cells[column].find(f"{MAIN}f") is not None
        found.append(CellOfRule(name, area.sheet, row, column, is_formula))
    return found


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
    if (table := rates_table(workbook)) is None:
        return read_rates(None)
    with in_system(workbook.days_to_1900):
        return read_rates([row for row in workbook.rows(table) if any(value is not None for value in row)])


def rates_table(workbook: Workbook) -> Table | None:
    """The workbook's table Rates, if it has one."""
    return next((table for table in workbook.tables if table.name.lower() == "rates"), None)


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
    for cell in cells_of_rules(workbook):
        if cell.name == "status":
            workbook.sheet(cell.sheet).put(cell.row, cell.column, "line")
            return ["the rule status is now line, since each status of a schedule is that of its month"]
    raise MrrError(
        "the data is a schedule with lines that are paused or expired, and the workbook's rules have no status; add a "
        "row status with the value line to the range that is named Rules"
    )
