"""The two charts below the figures: the movements, and the MRR at month end."""

from __future__ import annotations

from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties, RichTextProperties

from mrr_xl.report import style

#: Gains in calm greens and blues, losses in orange and red; the order is the order of the stack.
COLOURS = {
    "MRR_NEW": "2F6F9F",
    "MRR_REACTIVATION": "7FB2D0",
    "MRR_EXPANSION": "5FA777",
    "MRR_CONTRACTION": "F0A45D",
    "MRR_CHURN": "CF5C4E",
}
LINE, COLUMNS = "22313F", "2F6F9F"
GRID = "E4E7EB"
ROWS_HIGH = 24


def add_charts(sheet: Any, rows: dict[str, int], header: int, first: int, last: int) -> None:
    """Both charts below the last row, side by side and together as wide as the table."""
    months = Reference(sheet, min_col=first, max_col=last, min_row=header)

    def series(function: str) -> Any:
        values = Reference(sheet, min_col=first, max_col=last, min_row=rows[function])
        found = Series(values, title_from_data=False)
        found.tx = SeriesLabel(strRef=StrRef(f"'{sheet.title}'!$A${rows[function]}"))
        return found

    # The label columns are as wide as three or four months.
    top, end = max(rows.values()) + 1, max(last, 14)
    middle = (end + first + 4) // 2 - 4
    for chart, left, right in (
        (_movements(series, months), 0, middle),
        (_closing(series, months), middle, end),
    ):
        _dress(chart)
        start, stop = AnchorMarker(left, 60_000 if left else 0, top), AnchorMarker(right, 0, top + ROWS_HIGH)
        chart.anchor = TwoCellAnchor(editAs="oneCell", _from=start, to=stop)
        sheet.add_chart(chart)


def _movements(series: Any, months: Reference) -> Any:
    """Stacked columns, gains above zero and losses below, and the net of them as a line."""
    bars = BarChart()
    bars.title = "MRR gained and lost"
    bars.type, bars.grouping, bars.overlap, bars.gapWidth = "col", "stacked", 100, 55
    for function, colour in COLOURS.items():
        one = series(function)
        one.invertIfNegative = False  # or a loss is drawn upward
        one.graphicalProperties = GraphicalProperties(solidFill=colour, ln=LineProperties(noFill=True))
        bars.series.append(one)
    bars.set_categories(months)
    line = LineChart()
    net = series("MRR_NET_NEW")
    net.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=LINE, w=22_000))
    net.smooth = False
    net.marker.symbol, net.marker.size = "circle", 5
    net.marker.graphicalProperties = GraphicalProperties(
        solidFill="FFFFFF", ln=LineProperties(solidFill=LINE, w=15_000)
    )
    line.series.append(net)
    line.set_categories(months)
    bars.legend.position = "b"
    bars += line
    return bars


def _closing(series: Any, months: Reference) -> Any:
    bars = BarChart()
    bars.title = "MRR at month end"
    bars.y_axis.scaling.min = 0  # a column's length is its value
    bars.type, bars.grouping, bars.gapWidth = "col", "clustered", 55
    one = series("MRR")
    one.invertIfNegative = False
    one.graphicalProperties = GraphicalProperties(solidFill=COLUMNS, ln=LineProperties(noFill=True))
    bars.series.append(one)
    bars.set_categories(months)
    bars.legend = None
    return bars


def _dress(chart: Any) -> None:
    chart.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=_letters(1200, style.NAVY, bold=True))
    for run in chart.title.tx.rich.p[0].r:
        run.rPr = _letters(1200, style.NAVY, bold=True)
    chart.title.overlay = False
    chart.roundedCorners = False
    chart.display_blanks = "gap"
    across, up = chart.x_axis, chart.y_axis
    across.delete = up.delete = False  # openpyxl leaves them out otherwise
    across.number_format, across.tickLblPos = style.MONTH, "low"
    across.numFmt.sourceLinked = False
    across.majorTickMark = up.majorTickMark = "none"
    across.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=style.MUTED, w=9_525))
    across.txPr = _text(turned=True)
    up.number_format, up.numFmt.sourceLinked = "#,##0", False
    up.txPr = _text()
    up.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
    up.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=GRID, w=9_525))
    if chart.legend is not None:
        chart.legend.txPr = _text()
    chart.graphical_properties = GraphicalProperties(solidFill="FFFFFF", ln=LineProperties(solidFill=GRID))


def _letters(size: int, colour: str, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(sz=size, b=bold, solidFill=colour, latin=Font(typeface=style.FONT_NAME))


def _text(size: int = 900, turned: bool = False) -> RichText:
    body = RichTextProperties(rot=-2_700_000, vert="horz") if turned else RichTextProperties()
    words = Paragraph(pPr=ParagraphProperties(defRPr=_letters(size, "52606D")), endParaRPr=CharacterProperties())
    return RichText(bodyPr=body, p=[words])
