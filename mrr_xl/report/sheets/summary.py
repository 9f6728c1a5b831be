"""The sheet Summary: one month at a glance, in figures, in a sentence and in charts."""

from __future__ import annotations

from typing import Any

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink

from mrr_xl.metrics import find
from mrr_xl.report import charts, style
from mrr_xl.report.charts import COLOURS, Line
from mrr_xl.report.formulas import Lookup, call, define, lacking, put_verdict
from mrr_xl.report.sheets import checks, movements, retention
from mrr_xl.report.sheets.month import (
    FIGURES,
    FIGURES_ROW,
    MOVES,
    MOVES_ROW,
    Figure,
    add_figures,
    add_moves,
    sentence,
)

NAME = "Summary"
_MONTH, _FILTER, _LIGHT = "$C$4", "$F$4", "$J$4"
_CARDS_ROW, _CHARTS_ROW, _CHART_ROWS = 6, 15, 14
_LAST_MONTH, _LAST_YEAR = '"vs last month"', '"vs last year"'
_NOT_COMPUTED = '"● could not be computed"'
_BRIDGE = "Floating columns: what each movement added to or took from the MRR, and the net of all."


def add(
    workbook: Any,
    months: int,
    title: str,
    lookup: Lookup | None = None,
    agrees: str = "",
    undefined: Lookup | None = None,
    needs_addin: bool = True,
) -> Any:
    """The first sheet: inputs, sentence, cards and charts, with the figures behind them below.

    lookup: where no function of ours is called; then agrees is a condition that the light needs, too, and undefined
    the one that a figure that is an error has no value. needs_addin: whether the functions may not be there.
    """
    sheet = workbook.create_sheet(NAME)
    style.put(sheet["B1"], title, style.TITLE, style.LEFT)
    sheet.row_dimensions[1].height = 30
    sheet.merge_cells("B2:K2")
    style.put(sheet["B2"], None, style.SENTENCE, style.SENTENCE_ALIGNMENT)
    sheet["B2"].value = f"={sentence(by_period=lookup is None)}"
    sheet.row_dimensions[2].height = 36
    _inputs(workbook, sheet, months, lookup, agrees)
    _source(workbook, sheet, needs_addin)
    add_figures(sheet, lookup)
    add_moves(sheet, lookup)
    for number, shown in enumerate(FIGURES):
        corner = _CARDS_ROW + 4 * (number // 5), 2 + 2 * (number % 5)
        source = FIGURES_ROW + 1 + number
        blank = f"ISNA(D{source})"
        if undefined:
            blank = f"IF(ISERROR(D{source}),{undefined(shown.function, 'Report_month')},FALSE)"
        _card(sheet, shown, *corner, source, blank, by_period=lookup is None)
    _charts(sheet, months)
    _view(sheet)
    return sheet


def _inputs(workbook: Any, sheet: Any, months: int, lookup: Lookup | None, agrees: str) -> None:
    for cell, text in (("B4", "Month"), ("E4", "Filter"), ("I4", "Checks")):
        if lookup and text == "Filter":  # the values are those of all lines
            continue
        style.put(sheet[cell], text, style.LABEL, style.BESIDE_FIELD if cell != "B4" else style.LEFT)
    month = lookup("MRR_LAST_MONTH", "") if lookup else call("MRR_LAST_MONTH")
    inputs = ((_MONTH, f"={month}", style.MONTH), (_FILTER, None, "@"))
    for address, value, number_format in inputs[: 1 if lookup else 2]:
        cell = sheet[address.replace("$", "")]
        style.put_input(cell, None, number_format)
        cell.value = value
    define(workbook, "Report_month", NAME, _MONTH)
    if not lookup:
        sheet.merge_cells("F4:G4")
        sheet["G4"].border = style.INPUT_BOX
        define(workbook, "Report_filter", NAME, _FILTER)
    pick = DataValidation(type="list", formula1=movements.months_area(months), allow_blank=False)
    pick.errorTitle, pick.error, pick.showErrorMessage = (
        "Month",
        "Pick a month from the list, such as 2024-03-01.",
        True,
    )
    pick.add(_MONTH.replace("$", ""))
    note = DataValidation(allow_blank=True)
    note.promptTitle, note.showInputMessage = "Filter", True
    note.prompt = "A condition for the whole report, such as plan=Team; region<>Europe. Leave it blank for all lines."
    note.add(_FILTER.replace("$", ""))
    for rule in (pick, note)[: 1 if lookup else 2]:
        sheet.add_data_validation(rule)
    light = sheet[_LIGHT.replace("$", "")]
    # OK means that no check is a problem and that the movements add up to the closing.
    # In LibreOffice, a text that one of our functions returned equals another only once something is joined to it.
    problems, notes = (checks.counted(result, 999, plain=lookup is not None) for result in ("problem", "note"))
    adds_up, noted = f'{movements.NAME}!{movements.CHECKED}="OK"', f'IF({notes}=0,"",", "&{notes}&" to note")'
    adds_up = f"AND({adds_up},{agrees})" if agrees else adds_up
    differs = '"● difference"'
    if not lookup:
        not_added = f'{movements.NAME}!{movements.CHECKED}="{movements.NOT_COMPUTED}"'
        differs = f"IF({not_added},{_NOT_COMPUTED},{differs})"
    says = f'IF({problems}>0,"● "&{problems}&" to look at",IF({adds_up},"● OK"&{noted},{differs}))'
    if not lookup:
        says = f"IF({checks.FAILED},{_NOT_COMPUTED},{says})"
    put_verdict(light, says, plain=lookup is not None)
    light.font, light.alignment = style.LIGHT_FONT, style.LEFT
    good, bad = Font(color=style.GOOD, bold=True), Font(color=style.BAD, bold=True)
    sheet.conditional_formatting.add("J4", FormulaRule([f'MID({_LIGHT},3,2)="OK"'], font=good))
    sheet.conditional_formatting.add("J4", FormulaRule([f'MID({_LIGHT},3,2)<>"OK"'], font=bad))


def _source(workbook: Any, sheet: Any, needs_addin: bool) -> None:
    """Where the figures come from and what computes them anew; nothing where a program does so already."""
    line = sheet["B3"]
    unknown = lacking(call("MRR_LAST_MONTH"))
    line.value = f'=IF({unknown},Report_source,"")' if needs_addin else "=Report_source"
    line.font, line.alignment = style.UNIT, style.LEFT
    line.hyperlink = Hyperlink(ref="B3", location="Report_source", tooltip="How to compute the figures anew")
    sheet.merge_cells("B3:K3")


def _card(sheet: Any, figure: Figure, row: int, column: int, source: int, blank: str, by_period: bool) -> None:
    """Label, figure, and its changes month on month and year on year, over two columns and four rows.

    source: the row of its figure; blank: the condition that this is not defined.
    """
    unit = find(figure.function).unit
    side = Side(style="thin", color=style.RULE)
    for card_row in range(row, row + 3):
        for card_column in (column, column + 1):
            cell = sheet.cell(card_row, card_column)
            cell.fill = style.CARD
            cell.border = Border(
                left=side if card_column == column else None, right=side if card_column > column else None,
                top=side if card_row == row else None, bottom=side if card_row == row + 2 else None,
            )  # fmt: skip
    sheet.merge_cells(start_row=row, end_row=row, start_column=column, end_column=column + 1)
    sheet.merge_cells(start_row=row + 1, end_row=row + 1, start_column=column, end_column=column + 1)
    label = sheet.cell(row, column)
    label.value = f'=B{source}&" ("&Report_currency&")"' if unit == "money" else f"=B{source}"
    label.font, label.alignment = style.CARD_LABEL, style.INDENTED
    shown = sheet.cell(row + 1, column)
    shown.value = f'=IF({blank},"–",D{source})'
    shown.font, shown.alignment = style.CARD_FIGURE, style.CARD_ALIGNMENT
    shown.number_format = style.CARD_FORMATS[unit]
    before = '"vs last "&IF(Period_months=1,"month",IF(Period_months=3,"quarter","year"))' if by_period else _LAST_MONTH
    for offset, cell, period in ((0, f"G{source}", before), (1, f"I{source}", _LAST_YEAR)):
        change = sheet.cell(row + 2, column + offset)
        sign, text = f'IF({cell}>0,"▲ ",IF({cell}<0,"▼ ","● "))', _change_text(figure, cell)
        known = f"ISNUMBER({cell})"
        if by_period and offset:  # of a year the two are the same
            known = f"AND(Period_months<12,{known})"
        otherwise = '""' if offset else f'IF({blank},"not defined","")'
        change.value = f'=IF({known},{sign}&{text}&" "&{period},{otherwise})'
        change.font, change.alignment = style.CARD_CHANGE, style.CARD_ALIGNMENT
        good, bad = (style.BAD, style.GOOD) if figure.less_is_better else (style.GOOD, style.BAD)
        for comparison, colour in ((">", good), ("<", bad)):
            rule = FormulaRule([f"N(${cell[0]}${cell[1:]}){comparison}0"], font=Font(color=colour))
            sheet.conditional_formatting.add(change.coordinate, rule)


def _change_text(figure: Figure, cell: str) -> str:
    if figure.change == "amount":
        return f"FIXED(ABS({cell}),0)"
    if figure.change == "times":
        return f'FIXED(ABS({cell}),1)&"×"'
    return f'FIXED(ABS({cell})*100,1)&"{" %" if figure.change == "percent" else " pts"}"'


def _charts(sheet: Any, months: int) -> None:
    top, rows = _CHARTS_ROW, _CHART_ROWS
    first, last = MOVES_ROW + 1, MOVES_ROW + 1 + len(MOVES)

    def part(letter: str, colour: str) -> Line:
        return Line(f"{NAME}!${letter}${MOVES_ROW}", f"{NAME}!${letter}${first}:${letter}${last}", colour)

    colours = [COLOURS[function] for _, function, _ in MOVES]
    bars = [part(letter, charts.LINE) for letter in "HIJKL"]
    month = charts.bridge("What moved MRR", f"{NAME}!$N${first}:$N${last}", part("G", charts.LINE), bars, colours)
    charts.add_chart(sheet, month, (2, top, 6, top + rows), _BRIDGE)
    charts.add_chart(sheet, movements.gained_and_lost(months), (7, top, 11, top + rows), movements.GAINED)
    mrr = movements.line("MRR", months, charts.COLUMNS)
    closing = charts.columns("MRR at month end", movements.months_area(months), mrr)
    below, end = top + rows + 1, top + 2 * rows + 1
    charts.add_chart(sheet, closing, (2, below, 6, end), movements.CLOSING)
    charts.add_chart(sheet, retention.kept(months), (7, below, 11, end), retention.KEPT)


def _view(sheet: Any) -> None:
    sheet.column_dimensions["A"].width = 2
    for column in range(2, 12):
        sheet.column_dimensions[get_column_letter(column)].width = 18
    for letter in "LMN":
        sheet.column_dimensions[letter].width = 16
    for row in (_CARDS_ROW, _CARDS_ROW + 4):
        for offset, height in enumerate((18, 30, 17, 8)):
            sheet.row_dimensions[row + offset].height = height
    sheet.row_dimensions[4].height = 20
    sheet.sheet_properties.tabColor = style.NAVY
    sheet.sheet_view.showGridLines = False
    style.page(sheet, NAME)
    sheet.page_setup.fitToHeight = 1
    sheet.print_area = f"A1:K{_CHARTS_ROW + 2 * _CHART_ROWS + 1}"
