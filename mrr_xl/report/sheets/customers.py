"""The sheet Customers: who pays the most, and how concentrated the MRR is."""

from __future__ import annotations

from typing import Any

from openpyxl.formatting.rule import DataBarRule
from openpyxl.worksheet.datavalidation import DataValidation

from mrr_xl.report import style
from mrr_xl.report.formulas import call
from mrr_xl.report.sheets import listing

NAME = "Customers"
_ROW, _COUNT = 13, "$B$4"
_SHARES = (1, 5, 10, 25)


def add(workbook: Any, lambdas: bool = False) -> Any:
    """The sheet. lambdas: no program computes its list that does not make it longer, too."""
    sheet = workbook.create_sheet(NAME)
    style.title(sheet, NAME, "The largest customers in the month picked on Summary, and their share of the MRR.")
    listing.month_line(sheet)
    sheet.merge_cells("A3:B3")
    style.put(sheet["A4"], "How many", style.LABEL, style.LEFT)
    style.put_input(sheet["B4"], 25, "0")
    sheet["B4"].alignment = style.LEFT
    whole = DataValidation(type="whole", operator="between", formula1="1", formula2="1000", showErrorMessage=True)
    whole.errorTitle, whole.error = "How many", "Enter a whole number from 1 to 1000."
    whole.add("B4")
    sheet.add_data_validation(whole)
    style.put(sheet["A6"], "Concentration", style.SECTION, style.LEFT)
    for row, n in enumerate(_SHARES, 7):
        counted = "the largest customer" if n == 1 else f"the {n} largest customers"
        _figure(sheet, row, f"Share of {counted}", call("MRR_TOP_SHARE", n=str(n)), "rate")
    _figure(sheet, 7 + len(_SHARES), "Herfindahl–Hirschman index (1: a single customer)", call("MRR_HHI"), "index")
    formats = ("0", "@", style.FORMATS["money"], style.FORMATS["rate"], style.FORMATS["rate"])
    area = listing.add(sheet, _ROW, call("MRR_TOP", n=_COUNT), formats, texts=2, cut="" if lambdas else "A12")
    bottom = area.split(":")[1][1:]
    bar = DataBarRule(start_type="num", start_value=0, end_type="max", color=style.BAR, showValue=True)
    sheet.conditional_formatting.add(f"C{_ROW + 1}:C{bottom}", bar)
    listing.view(sheet, NAME, (11, 46, 20, 14, 18), f"A{_ROW + 1}", landscape=False)
    return sheet


def _figure(sheet: Any, row: int, label: str, formula: str, unit: str) -> None:
    style.put(sheet.cell(row, 1), label, style.LABEL, style.INDENTED)
    cell = sheet.cell(row, 3)
    cell.value, cell.font, cell.alignment = f"={formula}", style.FORMULA, style.FIGURE
    cell.number_format = style.FORMATS.get(unit, "0.000")
