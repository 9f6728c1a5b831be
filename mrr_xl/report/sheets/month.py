"""What stands below the page Summary: the figures of the month, the steps of its bridge, and its sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mrr_xl.metrics import find
from mrr_xl.report import style
from mrr_xl.report.formulas import STEP, TRAILING, Lookup, across, call, in_the_period
from mrr_xl.report.sheets import checks
from mrr_xl.report.sheets.monthly import period_name

FIGURES_ROW = 48

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A figure of the page, and how its changes are shown: in per cent, in points, as an amount or as a multiple."""

    label: str
    function: str
    change: str
    less_is_better: bool = False


FIGURES = (
    Figure("MRR", "MRR", "percent"),
    Figure("Net new MRR", "MRR_NET_NEW", "amount"),
    Figure("Annual run rate (ARR)", "ARR", "percent"),
    Figure("Customers", "MRR_CUSTOMERS", "percent"),
    Figure("MRR per customer (ARPA)", "MRR_ARPA", "percent"),
    Figure("MRR growth in the month", "MRR_GROWTH", "points"),
    Figure("Net revenue retention", "MRR_NRR", "points"),
    Figure("Gross revenue retention", "MRR_GRR", "points"),
    Figure("Customer churn in the month", "MRR_LOGO_CHURN", "points", less_is_better=True),
    Figure("Quick ratio: gained ÷ lost", "MRR_QUICK_RATIO", "times"),
)
MOVES = (
    ("New", "MRR_NEW", "new"),
    ("Reactivation", "MRR_REACTIVATION", "reactivation"),
    ("Expansion", "MRR_EXPANSION", "expansion"),
    ("Contraction", "MRR_CONTRACTION", "contraction"),
    ("Churn", "MRR_CHURN", "churn"),
    ("Exchange rates", "MRR_FX", "exchange rates"),
)
MOVES_ROW = FIGURES_ROW + len(FIGURES) + 5


def add_figures(sheet: Any, lookup: Lookup | None = None) -> None:
    """The month's figures, those of the month and the year before, and the changes: what the cards show.

    Where the rule period says so, those of the quarter or year that ends with the month, and the one before.
    """
    by_period = lookup is None
    earlier, versus = "-1", "Month on month"
    if by_period:
        earlier = "-Period_months"
        versus = '=IF(Period_months=1,"Month on month",IF(Period_months=3,"Quarter on quarter","Year on year"))'
    style.put(sheet.cell(FIGURES_ROW - 1, 2), "The figures behind this page", style.SECTION, style.LEFT)
    heads = ("Figure", "", "=Report_month", f"=EDATE(Report_month,{earlier})", "=EDATE(Report_month,-12)", versus, "",
             "Year on year")  # fmt: skip
    for column, head in enumerate(heads, 2):
        cell = sheet.cell(FIGURES_ROW, column)
        cell.value, cell.font, cell.fill = head or None, style.HEADER, style.HEADER_FILL
        cell.border, cell.number_format = style.BELOW_HEADER, style.MONTH_ABOVE
        cell.alignment = style.LEFT if column == 2 else style.RIGHT
    for row, figure in enumerate(FIGURES, FIGURES_ROW + 1):
        unit = find(figure.function).unit
        style.put(sheet.cell(row, 2), figure.label, style.LABEL, style.INDENTED)
        if figure.label.endswith(" month"):
            sheet.cell(row, 2).value = in_the_period(figure.label.removesuffix("month"), by_period)
        across(sheet, row, range(4, 7), FIGURES_ROW, figure.function, lookup)
        for column in (4, 5, 6):
            cell = sheet.cell(row, column)
            cell.font, cell.number_format, cell.alignment = style.FORMULA, style.FORMATS[unit], style.FIGURE
        for column, earlier in ((7, "E"), (9, "F")):
            cell = sheet.cell(row, column)
            change = f"D{row}/{earlier}{row}-1" if figure.change == "percent" else f"D{row}-{earlier}{row}"
            cell.value = f'=IFERROR({change},"")'
            kind = "rate" if figure.change == "percent" else unit
            cell.font, cell.number_format, cell.alignment = style.FORMULA, style.FORMATS[kind], style.FIGURE
    style.without_undefined(sheet, f"D{FIGURES_ROW + 1}:F{FIGURES_ROW + len(FIGURES)}", plain=lookup is not None)


def add_moves(sheet: Any, lookup: Lookup | None = None) -> None:
    """The movements of the month, their columns in the bridge chart, and their text in the sentence."""
    top = MOVES_ROW
    style.put(sheet.cell(top - 1, 2), None, style.SECTION, style.LEFT)
    sheet.cell(top - 1, 2).value = in_the_period("The bridge for the ", lookup is None)
    heads = ("Movement", "", "Amount", "From", "To", "Base", "Gain", "Gain below 0", "Loss", "Loss below 0",
             "Net", "In words", "Chart label")  # fmt: skip
    for column, head in enumerate(heads, 2):
        cell = sheet.cell(top, column)
        style.put(cell, head or None, style.HEADER, style.LEFT if column == 2 else style.RIGHT)
        cell.fill, cell.border = style.HEADER_FILL, style.BELOW_HEADER
    for row, (label, function, noun) in enumerate(MOVES, top + 1):
        style.put(sheet.cell(row, 2), label, style.LABEL, style.INDENTED)
        after = f"E{row}+D{row}"
        low, high = f"MIN(E{row},F{row})", f"MAX(E{row},F{row})"
        above, under = f"MAX({high},0)-MAX({low},0)", f"MIN({low},0)-MIN({high},0)"
        rises = f"D{row}>=0"
        amount = lookup(function, "Report_month") if lookup else call(function)
        cells = (
            amount, "0" if row == top + 1 else f"F{row - 1}", after, f"MAX(0,{low})+MIN(0,{high})",
            f"IF({rises},{above},0)", f"IF({rises},{under},0)", f"IF({rises},0,{above})", f"IF({rises},0,{under})",
            None, f'IF(ROUND(D{row},0)=0,"",", "&{_signed(f"D{row}")}&" {noun}")',
            f'B{row}&CHAR(10)&{_signed(f"D{row}")}',
        )  # fmt: skip
        _bridge_row(sheet, row, cells)
    row = top + 1 + len(MOVES)
    style.put(sheet.cell(row, 2), "Net", style.LABEL_BOLD, style.INDENTED)
    _bridge_row(sheet, row, (f"F{row - 1}", None, None, None, None, None, None, None, f"D{row}", None,
                             f'B{row}&CHAR(10)&{_signed(f"D{row}")}'))  # fmt: skip


def _bridge_row(sheet: Any, row: int, formulas: tuple[str | None, ...]) -> None:
    for column, formula in enumerate(formulas, 4):
        cell = sheet.cell(row, column)
        cell.value = formula and f"={formula}"
        cell.font, cell.alignment = style.FORMULA, style.FIGURE
        cell.number_format = style.FORMATS["money"]


def _signed(cell: str) -> str:
    """An amount as text, with its sign; FIXED uses the separators of the reader's Excel."""
    return f'IF(ROUND({cell},0)<0,"−","+")&FIXED(ABS({cell}),0)'


def sentence(by_period: bool) -> str:
    """A formula for: MRR rose 4.2 % to 51,300 EUR in March 2024: +3,100 new, −200 churn; 310 customers."""
    rows = {figure.function: row for row, figure in enumerate(FIGURES, FIGURES_ROW + 1)}
    # The growth on the card includes exchange rates; MRR_GROWTH does not.
    mrr, growth, customers = f"D{rows['MRR']}", f"G{rows['MRR']}", f"D{rows['MRR_CUSTOMERS']}"
    rose = f'IF({growth}>0,"rose ","fell ")&FIXED(ABS({growth})*100,1)&" % to "'
    names = ",".join(f'"{name}"' for name in MONTHS)
    month = f'CHOOSE(MONTH(Report_month),{names})&" "&YEAR(Report_month)'
    if by_period:
        month = f'IF({TRAILING},"the twelve months to ","")&IF({STEP}=1,{month},{period_name("Report_month")})'
    count = f'FIXED({customers},0)&IF({customers}=1," customer."," customers.")'
    changes = "&".join(f"M{row}" for row in range(MOVES_ROW + 1, MOVES_ROW + 1 + len(MOVES)))
    no_figures = '"No figures for this month: see the sheet Checks."'
    if by_period:
        no_figures = f'IF({checks.LACKING},"No figures: this program lacks the functions of mrr-xl.",{no_figures})'
    return (
        f'IFERROR("MRR "&IF(ABS(N({growth}))>=0.0005,{rose},"was ")&FIXED({mrr},0)&" "&Report_currency&" in "&{month}'
        f'&IF(LEN({changes})>0,": "&MID({changes},3,999),": no movements")&"; "&{count},'
        f"{no_figures})"
    )
