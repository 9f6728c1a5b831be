"""The sheet Detail: the customers behind the month's movements."""

from __future__ import annotations

from typing import Any

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font

from mrr_xl.report import style
from mrr_xl.report.formulas import RATES, call, no_table, put_verdict
from mrr_xl.report.sheets import listing
from mrr_xl.rollforward.changes import MOVEMENTS

NAME = "Detail"
_ROW, _CUT = 6, "A5"


def add(workbook: Any, lambdas: bool = False) -> Any:
    """The sheet. lambdas: no program computes its list that does not make it longer, too."""
    sheet = workbook.create_sheet(NAME)
    style.title(sheet, NAME, "")
    sheet["A2"].value = '="The customers behind each movement of the "&Period_word&" picked on Summary, largest first."'
    listing.month_line(sheet)
    money = style.FORMATS["money"]
    rows = f"{_ROW + 1}:{{}}{_ROW + listing.ROOM}"
    words = {movement: movement.capitalize() for movement in MOVEMENTS}
    style.show_as(sheet, f"B{rows.format('B')}", words, listing.LINE)
    lost = FormulaRule([f"AND(ISNUMBER($E{_ROW + 1}),$E{_ROW + 1}<0)"], font=Font(color=style.BAD), border=listing.LINE)
    sheet.conditional_formatting.add(f"E{rows.format('E')}", lost)
    listing.add(sheet, _ROW, call("MRR_DETAIL"), ("@", "@", money, money, money), texts=2, cut="" if lambdas else _CUT)
    style.put(sheet["A4"], "Sum of the changes, compared with net new MRR + FX", style.LABEL, style.LEFT)
    # Where a list is shorter than the room that a file has for it, LibreOffice fills this up with #N/A.
    total = f'SUMIF($E${_ROW + 1}:$E$1048576,"<1E+300")'
    # With rates by month, the list is at the latest rates and the net new MRR at the month's.
    difference = f'IF(LEN({_CUT})>0,"rows missing",IF(COUNTA({RATES}[Month])>0,"latest rates","differs"))'
    for cell, formula, number_format in (
        ("C4", f"={total}", money),
        ("D4", f"={call('MRR_NET_NEW')}+{call('MRR_FX')}", money),
        ("E4", "", "General"),
    ):
        sheet[cell] = formula or None
        sheet[cell].font, sheet[cell].alignment, sheet[cell].number_format = (
            style.FORMULA_BOLD,
            style.FIGURE,
            number_format,
        )
    found = f'IF(ROUND(C4-D4,2)=0,"OK",{difference})'
    put_verdict(sheet["E4"], f'IF({no_table(f"$A${_ROW}", "Customer")},"not computed",{found})')
    sheet.conditional_formatting.add("E4", FormulaRule(['$E$4="OK"'], font=Font(color=style.GOOD, bold=True)))
    sheet.conditional_formatting.add(
        "E4", FormulaRule(['OR($E$4="differs",$E$4="not computed")'], font=Font(color=style.BAD, bold=True))
    )
    listing.view(sheet, NAME, (44, 18, 14, 14, 14), f"A{_ROW + 1}", landscape=False)
    return sheet
