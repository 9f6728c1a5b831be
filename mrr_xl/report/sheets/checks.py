"""The sheet Checks: what was left out and why, and whether the figures add up."""

from __future__ import annotations

from typing import Any

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font

from mrr_xl.report import style
from mrr_xl.report.formulas import call, define, lacking, no_table, put_verdict
from mrr_xl.report.sheets import listing

NAME = "Checks"
_ROW = 4
LIST = f"{NAME}!$A${_ROW}"
#: The conditions that there is no list, and that it is an error for want of the functions.
FAILED, LACKING = no_table(LIST, "Check"), lacking(LIST)
_COMPARED, _ROOM = _ROW + 63, 60  #: where fill --against writes what has changed since an earlier file


def add(workbook: Any, written: bool = False) -> Any:
    """The sheet. written: without a formula, as mrr-xl writes the values."""
    sheet = workbook.create_sheet(NAME)
    style.title(sheet, NAME, "What was left out of the MRR and why, and whether the figures add up.")
    area = f"A{_ROW + 1}:E{_ROW + _ROOM}"
    styles: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("OK", f"B{_ROW + 1}:B{_ROW + _ROOM}", {"font": Font(color=style.GOOD, bold=True)}),
        ("problem", area, {"font": Font(color=style.BAD, bold=True), "fill": style.BAD_CELL}),
        ("note", area, {"font": Font(color=style.NOTE)}),
    )
    for result, cells, look in styles:
        rule = FormulaRule([f'$B{_ROW + 1}&""="{result}"'], border=listing.LINE, **look)
        sheet.conditional_formatting.add(cells, rule)
    formula = "" if written else call("MRR_CHECKS")
    listing.add(sheet, _ROW, formula, ("@", "@", "#,##0", "#,##0", "@"), room=60, texts=2)
    if written:
        define(workbook, "Checks_written", NAME, f"$A${_ROW}:$E${_ROW + 60}")
    for row in range(_ROW, _ROW + 61):
        sheet.cell(row, 5).alignment = style.WRAPPED
    _problems_first(sheet, written)
    _compared(sheet)
    define(workbook, "Compared", NAME, f"$A${_COMPARED}:$E${_COMPARED + _ROOM - 1}")
    listing.view(sheet, NAME, (40, 12, 10, 12, 90), f"A{_ROW + 1}")
    sheet.sheet_properties.tabColor = style.GOOD
    return sheet


def counted(result: str, bottom: int, plain: bool = False) -> str:
    """How many of the checks, down to a row, have a result, as a formula for put_verdict from any sheet.

    Where a list is shorter than the room that a file has for it, LibreOffice fills this up with #N/A.
    """
    results = f"{NAME}!$B${_ROW + 1}:$B${bottom}"
    texts = f'{results}&""' if plain else f'IF(ISNA({results}),"",{results}&"")'
    return f'SUMPRODUCT(--({texts}="{result}"))'


def _problems_first(sheet: Any, plain: bool) -> None:
    """Above the list: which checks are a problem, or that none is, or that they could not be computed."""
    first, last = _ROW + 1, _ROW + _ROOM
    problems, notes = (counted(result, last, plain) for result in ("problem", "note"))
    # TEXTJOIN is not in every program.
    named = 'IF(B{row}&""="problem",", "&A{row},"")' if plain else 'IFERROR(IF(B{row}&""="problem",", "&A{row},""),"")'
    names = "&".join(named.format(row=row) for row in range(first, last + 1))
    passed = f'"All checks passed"&IF({notes}=0,"",", "&{notes}&" to note")'
    line = sheet["E3"]
    found = f'IF(LEN(A{first})=0,"",IF({problems}=0,{passed},"Look at: "&MID({names},3,999)))'
    if not plain:  # where no array has grown, the rows below its error are blank
        found = f"IF({FAILED},{LIST},{found})"
    why = "" if plain else f'&IF({LACKING},": this program lacks the functions of mrr-xl","")'
    put_verdict(line, f'IFERROR({found},"The checks could not be computed"{why})', plain)
    line.font, line.alignment = style.LABEL_BOLD, style.INDENTED
    for comparison, colour in (("<>", style.BAD), ("=", style.GOOD)):
        rule = FormulaRule([f'MID(E3,1,3){comparison}"All"'], font=Font(color=colour, bold=True))
        sheet.conditional_formatting.add("E3", rule)


def _compared(sheet: Any) -> None:
    """The cells, formatted, for what has changed since an earlier file; blank unless fill --against writes them."""
    sheet["A3"] = f'=IF(INDEX(Compared,1,1)="","",INDEX(Compared,1,1)&": see row {_COMPARED}")'
    sheet["A3"].font, sheet["A3"].alignment = style.FORMULA, style.LEFT
    sheet.cell(_COMPARED, 1).font = style.SECTION
    for row in range(_COMPARED + 1, _COMPARED + _ROOM):
        for column in range(1, 6):
            cell = sheet.cell(row, column)
            cell.font = style.LABEL
            cell.alignment = style.LEFT if column == 1 else style.WRAPPED if column == 5 else style.FIGURE
            if 1 < column < 5:
                cell.number_format = style.FORMATS["money"]
    area = f"A{_COMPARED + 1}:E{_COMPARED + _ROOM - 1}"
    header = FormulaRule([f'$B{_COMPARED + 1}&""="Reported"'], font=Font(bold=True, color=style.NAVY))
    sheet.conditional_formatting.add(area, header)
