"""The sheet Summary: one month at a glance, in figures, in a sentence and in charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula

from mrr_xl.metrics import find
from mrr_xl.report import charts, style
from mrr_xl.report.charts import COLOURS, Line
from mrr_xl.report.formulas import call, define
from mrr_xl.report.sheets import movements, retention

NAME = "Summary"
_MONTH, _FILTER, _LIGHT = "$C$4", "$F$4", "$J$4"
_CARDS_ROW, _CHARTS_ROW, _CHART_ROWS, _FIGURES_ROW = 6, 15, 14, 48
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A figure of the page, and how its changes are told: in per cent, in points, or as an amount."""

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
_MOVES = (
    ("New", "MRR_NEW", "new"),
    ("Reactivation", "MRR_REACTIVATION", "reactivation"),
    ("Expansion", "MRR_EXPANSION", "expansion"),
    ("Contraction", "MRR_CONTRACTION", "contraction"),
    ("Churn", "MRR_CHURN", "churn"),
    ("Exchange rates", "MRR_FX", "exchange rates"),
)
_BRIDGE = "Floating columns: what each movement added to or took from the MRR in the month, and the net of all."
_MOVES_ROW = _FIGURES_ROW + len(FIGURES) + 5


def add(workbook: Any, months: int, title: str) -> Any:
    """The first sheet: inputs, sentence, cards and charts; the figures behind them stand below."""
    sheet = workbook.create_sheet(NAME)
    style.put(sheet["B1"], title, style.TITLE, style.LEFT)
    sheet.row_dimensions[1].height = 30
    sheet.merge_cells("B2:K2")
    style.put(sheet["B2"], None, style.SENTENCE, style.SENTENCE_PLACE)
    sheet["B2"].value = f"={_sentence()}"
    sheet.row_dimensions[2].height = 36
    _inputs(workbook, sheet, months)
    _figures(sheet)
    _moves(sheet)
    for place, figure in enumerate(FIGURES):
        _card(sheet, figure, _CARDS_ROW + 4 * (place // 5), 2 + 2 * (place % 5), _FIGURES_ROW + 1 + place)
    _charts(sheet, months)
    _view(sheet)
    return sheet


def _inputs(workbook: Any, sheet: Any, months: int) -> None:
    for cell, text in (("B4", "Month"), ("E4", "Only lines where"), ("I4", "Checks")):
        style.put(sheet[cell], text, style.LABEL, style.RIGHT if cell != "B4" else style.LEFT)
    for place, value, number_format in (
        (_MONTH, f"={call('MRR_LAST_MONTH')}", style.MONTH),
        (_FILTER, None, "@"),
    ):
        cell = sheet[place.replace("$", "")]
        style.put_input(cell, None, number_format)
        cell.value = value
    sheet.merge_cells("F4:G4")
    sheet["G4"].border = style.INPUT_BOX
    define(workbook, "Report_month", NAME, _MONTH)
    define(workbook, "Report_filter", NAME, _FILTER)
    pick = DataValidation(type="list", formula1=f"={movements.months_area(months)}", allow_blank=False)
    pick.errorTitle, pick.error, pick.showErrorMessage = "Month", "Pick a month of the list, such as 2024-03-01.", True
    pick.add(_MONTH.replace("$", ""))
    note = DataValidation(allow_blank=True)
    note.promptTitle, note.showInputMessage = "Only lines where", True
    note.prompt = "A condition for the whole report, such as plan=Team; region<>Europe. Blank: all lines."
    note.add(_FILTER.replace("$", ""))
    for rule in (pick, note):
        sheet.add_data_validation(rule)
    light = sheet[_LIGHT.replace("$", "")]
    # Not one of the checks may be a problem, and the movements must make the closing.
    problems, adds_up = 'COUNTIF(Checks!$B:$B,"problem")', f'{movements.NAME}!{movements.CHECKED}="OK"'
    light.value = f'=IF({problems}>0,"● "&{problems}&" to look at",IF({adds_up},"● all OK","● difference"))'
    light.font, light.alignment = style.LIGHT_FONT, style.LEFT
    sheet.merge_cells("J4:K4")
    good, bad = Font(color=style.GOOD, bold=True), Font(color=style.BAD, bold=True)
    sheet.conditional_formatting.add("J4", FormulaRule([f'RIGHT({_LIGHT},2)="OK"'], font=good))
    sheet.conditional_formatting.add("J4", FormulaRule([f'RIGHT({_LIGHT},2)<>"OK"'], font=bad))


def _figures(sheet: Any) -> None:
    """The figures of the month, of the one before and of the year before, and the changes: what the cards show."""
    style.put(sheet.cell(_FIGURES_ROW - 1, 2), "The figures behind this page", style.SECTION, style.LEFT)
    heads = ("Figure", "", "=Report_month", "=EDATE(Report_month,-1)", "=EDATE(Report_month,-12)", "On the month", "",
             "On the year")  # fmt: skip
    for column, head in enumerate(heads, 2):
        cell = sheet.cell(_FIGURES_ROW, column)
        cell.value, cell.font, cell.fill = head or None, style.HEADER, style.HEADER_FILL
        cell.border, cell.number_format = style.BELOW_HEADER, style.MONTH_ABOVE
        cell.alignment = style.LEFT if column == 2 else style.RIGHT
    for row, figure in enumerate(FIGURES, _FIGURES_ROW + 1):
        unit = find(figure.function).unit
        style.put(sheet.cell(row, 2), figure.label, style.LABEL, style.INDENTED)
        header = f"$D${_FIGURES_ROW}:$F${_FIGURES_ROW}"
        sheet.cell(row, 4).value = ArrayFormula(f"D{row}:F{row}", f"={call(figure.function, month=header)}")
        for column in (4, 5, 6):
            cell = sheet.cell(row, column)
            cell.font, cell.number_format, cell.alignment = style.FORMULA, style.FORMATS[unit], style.FIGURE
        for column, earlier in ((7, "E"), (9, "F")):
            cell = sheet.cell(row, column)
            change = f"D{row}/{earlier}{row}-1" if figure.change == "percent" else f"D{row}-{earlier}{row}"
            cell.value = f'=IFERROR({change},"")'
            kind = "rate" if figure.change == "percent" else unit
            cell.font, cell.number_format, cell.alignment = style.FORMULA, style.FORMATS[kind], style.FIGURE


def _moves(sheet: Any) -> None:
    """The movements of the month, their place in the bridge, and their words in the sentence."""
    top = _MOVES_ROW
    style.put(sheet.cell(top - 1, 2), "The bridge of the month", style.SECTION, style.LEFT)
    heads = ("Movement", "", "Amount", "From", "To", "Below it", "Gain", "Gain under 0", "Loss", "Loss under 0",
             "Sum", "In words", "On the chart")  # fmt: skip
    for column, head in enumerate(heads, 2):
        cell = sheet.cell(top, column)
        style.put(cell, head or None, style.HEADER, style.LEFT if column == 2 else style.RIGHT)
        cell.fill, cell.border = style.HEADER_FILL, style.BELOW_HEADER
    for row, (label, function, word) in enumerate(_MOVES, top + 1):
        style.put(sheet.cell(row, 2), label, style.LABEL, style.INDENTED)
        after = f"E{row}+D{row}"
        low, high = f"MIN(E{row},F{row})", f"MAX(E{row},F{row})"
        above, under = f"MAX({high},0)-MAX({low},0)", f"MIN({low},0)-MIN({high},0)"
        rises = f"D{row}>=0"
        cells = (
            call(function), "0" if row == top + 1 else f"F{row - 1}", after, f"MAX(0,{low})+MIN(0,{high})",
            f"IF({rises},{above},0)", f"IF({rises},{under},0)", f"IF({rises},0,{above})", f"IF({rises},0,{under})",
            None, f'IF(ROUND(D{row},0)=0,"",", "&{_signed(f"D{row}")}&" {word}")',
            f'B{row}&CHAR(10)&{_signed(f"D{row}")}',
        )  # fmt: skip
        _bridge_row(sheet, row, cells)
    row = top + 1 + len(_MOVES)
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
    """An amount in words, with its sign; FIXED writes it as the reader's own Excel does."""
    return f'IF(ROUND({cell},0)<0,"−","+")&FIXED(ABS({cell}),0)'


def _sentence() -> str:
    """MRR rose 4.2 % to 51,300 EUR in March 2024: +3,100 new, −200 churn; 310 customers."""
    mrr, growth, customers = (
        f"D{_FIGURES_ROW + 1 + [figure.function for figure in FIGURES].index(name)}"
        for name in ("MRR", "MRR_GROWTH", "MRR_CUSTOMERS")
    )
    rose = f'IF({growth}>=0,"rose ","fell ")&FIXED(ABS({growth})*100,1)&" % to "'
    names = ",".join(f'"{name}"' for name in _MONTHS)
    month = f'CHOOSE(MONTH(Report_month),{names})&" "&YEAR(Report_month)'
    words = "&".join(f"M{row}" for row in range(_MOVES_ROW + 1, _MOVES_ROW + 1 + len(_MOVES)))
    return (
        f'IFERROR("MRR "&IF(ISNUMBER({growth}),{rose},"is ")&FIXED({mrr},0)&" "&Report_currency&" in "&{month}'
        f'&IF(LEN({words})>0,": "&MID({words},3,999),": nothing moved")&"; "&FIXED({customers},0)&" customers.",'
        '"No figures for this month: see the sheet Checks.")'
    )


def _card(sheet: Any, figure: Figure, row: int, column: int, source: int) -> None:
    """Label, figure, and its changes on the month and on the year, over two columns and four rows."""
    unit = find(figure.function).unit
    side = Side(style="thin", color=style.RULE)
    for at in range(row, row + 3):
        for inside in (column, column + 1):
            cell = sheet.cell(at, inside)
            cell.fill = style.CARD
            cell.border = Border(
                left=side if inside == column else None, right=side if inside > column else None,
                top=side if at == row else None, bottom=side if at == row + 2 else None,
            )  # fmt: skip
    sheet.merge_cells(start_row=row, end_row=row, start_column=column, end_column=column + 1)
    sheet.merge_cells(start_row=row + 1, end_row=row + 1, start_column=column, end_column=column + 1)
    named = sheet.cell(row, column)
    named.value = f'=B{source}&" ("&Report_currency&")"' if unit == "money" else f"=B{source}"
    named.font, named.alignment = style.CARD_LABEL, style.INDENTED
    shown = sheet.cell(row + 1, column)
    shown.value, shown.font, shown.alignment = f"=D{source}", style.CARD_FIGURE, style.CARD_PLACE
    shown.number_format = style.CARD_FORMATS[unit]
    for offset, cell, words in ((0, f"G{source}", "month"), (1, f"I{source}", "year")):
        told = sheet.cell(row + 2, column + offset)
        told.value = f'=IF(ISNUMBER({cell}),IF({cell}>=0,"▲ ","▼ ")&{_told(figure, cell)}&" {words}","")'
        told.font, told.alignment = style.CARD_CHANGE, style.CARD_PLACE
        good, bad = (style.BAD, style.GOOD) if figure.less_is_better else (style.GOOD, style.BAD)
        place, at = told.coordinate, f"${cell[0]}${cell[1:]}"
        sheet.conditional_formatting.add(place, FormulaRule([f"N({at})>0"], font=Font(color=good)))
        sheet.conditional_formatting.add(place, FormulaRule([f"N({at})<0"], font=Font(color=bad)))


def _told(figure: Figure, cell: str) -> str:
    if figure.change == "amount":
        return f"FIXED(ABS({cell}),0)"
    if figure.change == "times":
        return f'FIXED(ABS({cell}),1)&"×"'
    return f'FIXED(ABS({cell})*100,1)&"{" %" if figure.change == "percent" else " pts"}"'


def _charts(sheet: Any, months: int) -> None:
    top, rows = _CHARTS_ROW, _CHART_ROWS
    first, last = _MOVES_ROW + 1, _MOVES_ROW + 1 + len(_MOVES)

    def part(letter: str, colour: str) -> Line:
        return Line(f"{NAME}!${letter}${_MOVES_ROW}", f"{NAME}!${letter}${first}:${letter}${last}", colour)

    gain, loss = COLOURS["MRR_EXPANSION"], COLOURS["MRR_CHURN"]
    bars = [part("H", gain), part("I", gain), part("J", loss), part("K", loss), part("L", charts.LINE)]
    month = charts.bridge("What moved MRR in the month", f"{NAME}!$N${first}:$N${last}", part("G", gain), bars)
    charts.place(sheet, month, (2, top, 6, top + rows), _BRIDGE, turned=False)
    charts.place(sheet, movements.gained_and_lost(months), (7, top, 11, top + rows), movements.GAINED)
    mrr = movements.line("MRR", months, charts.COLUMNS)
    closing = charts.columns("MRR at month end", movements.months_area(months), mrr)
    below, end = top + rows + 1, top + 2 * rows + 1
    charts.place(sheet, closing, (2, below, 6, end), movements.CLOSING)
    charts.place(sheet, retention.kept(months), (7, below, 11, end), retention.KEPT)


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
