"""The charts, all in one style: quiet axes, no frame, colours that differ in greyscale too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.chart import BarChart, LineChart
from openpyxl.chart.data_source import AxDataSource, NumDataSource, NumRef, StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.marker import DataPoint
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties, RichTextProperties
from openpyxl.utils import range_boundaries

from mrr_xl.report import style

#: A movement's colour, the same in every chart. Gains in blues and green, losses in two reds; dark and light alternate,
#: so that they differ in print.
COLOURS = {
    "MRR_NEW": "1F4E79",
    "MRR_REACTIVATION": "9CC3E0",
    "MRR_EXPANSION": "4C9A6A",
    "MRR_CONTRACTION": "E8A598",
    "MRR_CHURN": "B83A2B",
    "MRR_FX": "A0A7B0",
}
LINE, COLUMNS, LIGHT = "22313F", "2F6F9F", "9CC3E0"
GRID = "E4E7EB"


@dataclass(frozen=True)
class Line:
    """A series: references to the cells of its name and of its values, and its colour."""

    name: str
    values: str
    colour: str
    dashed: bool = False


def stacked(title: str, categories: str, bars: Sequence[Line], line: Line | None = None) -> Any:
    """Stacked columns, gains above zero and losses below, with an optional line over them."""
    chart = _bars(title, categories, bars)
    chart.grouping, chart.overlap, chart.gapWidth = "stacked", 100, 55
    if line is None:
        return chart
    over = LineChart()
    over.series.append(_drawn(line, categories, ringed=True))
    chart += over
    return chart


def columns(title: str, categories: str, bars: Line) -> Any:
    """Plain columns from zero: a column's length is its value."""
    chart = _bars(title, categories, [bars])
    chart.grouping, chart.gapWidth = "clustered", 55
    chart.y_axis.scaling.min = 0
    chart.legend = None
    return chart


def bars(title: str, categories: str, bars: Line) -> Any:
    """Plain bars from zero, one for each name, the first at the top; each says its amount, but for one of 0."""
    chart = _bars(title, categories, [bars], named=True)
    chart.type, chart.grouping, chart.gapWidth = "bar", "clustered", 40
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.scaling.min, chart.y_axis.majorGridlines = 0, None
    chart.y_axis.number_format = ";;;"  # its figures would only repeat the bars'
    amounts = DataLabelList(numFmt=f"{style.MONEY};", txPr=_text(), showVal=True)
    amounts.showSerName = amounts.showCatName = amounts.showLegendKey = amounts.showPercent = False
    chart.series[0].dLbls = amounts
    chart.legend = None
    return chart


def beside_budget(title: str, categories: str, budget: Line, actual: Line) -> Any:
    """Two columns for each name: the budget outlined, what it became filled."""
    chart = _bars(title, categories, [budget, actual], named=True)
    chart.grouping, chart.gapWidth = "clustered", 60
    outline = LineProperties(solidFill=budget.colour, w=15_000)
    chart.series[0].graphicalProperties = GraphicalProperties(solidFill="FFFFFF", ln=outline)
    return chart


def lines(title: str, categories: str, series: Sequence[Line], unit: str = style.MONEY, *, named: bool = False) -> Any:
    """Lines over the months. named: over the texts in the categories' cells instead."""
    chart = LineChart()
    chart.title = title
    chart.y_axis.number_format = unit
    for each in series:
        chart.series.append(_drawn(each, categories, named=named))
    chart.display_blanks = "span"  # LibreOffice draws an undefined month as 0 where blank ones leave a gap
    chart.legend.position = "b"
    if len(series) == 1:
        chart.legend = None
    return chart


def bridge(title: str, categories: str, base: Line, bars: Sequence[Line], colours: Sequence[str]) -> Any:
    """Floating columns: `base` lifts them from zero and is not drawn; a column that crosses zero is in two parts.

    colours: of the first columns, whatever their sign.
    """
    chart = _bars(title, categories, [base, *bars], named=True)
    chart.grouping, chart.overlap, chart.gapWidth = "stacked", 100, 30
    chart.series[0].graphicalProperties = GraphicalProperties(noFill=True, ln=LineProperties(noFill=True))
    for series in chart.series[1:]:
        series.dPt = [
            DataPoint(idx=number, invertIfNegative=False, spPr=_filled(colour)) for number, colour in enumerate(colours)
        ]
    chart.legend = None
    return chart


def add_chart(sheet: Any, chart: Any, area: tuple[int, int, int, int], alt: str) -> None:
    """Format a chart and put it over cells: left column, top row, right column, bottom row, counted from 1.

    alt: its alternative text, for readers who can't see it.
    """
    chart.alt = alt
    _format(chart)
    left, top, right, bottom = area
    start, stop = AnchorMarker(left - 1, 40_000, top - 1, 20_000), AnchorMarker(right, -40_000, bottom, 0)
    chart.anchor = TwoCellAnchor(editAs="oneCell", _from=start, to=stop)
    sheet.add_chart(chart)


def _bars(title: str, categories: str, bars: Sequence[Line], named: bool = False) -> Any:
    chart = BarChart()
    chart.title, chart.type = title, "col"
    for each in bars:
        series = _series(each, categories, named)
        series.invertIfNegative = False  # or a loss is drawn upward
        series.graphicalProperties = _filled(each.colour)
        chart.series.append(series)
    chart.legend.position = "b"
    return chart


def _filled(colour: str) -> Any:
    return GraphicalProperties(solidFill=colour, ln=LineProperties(noFill=True))


def _drawn(each: Line, categories: str, ringed: bool = False, named: bool = False) -> Any:
    """A line with its points, the only one of a young company's too. ringed: to be seen before columns."""
    series = _series(each, categories, named)
    dash = "sysDash" if each.dashed else None
    series.graphicalProperties = GraphicalProperties(
        ln=LineProperties(solidFill=each.colour, w=24_000, prstDash=dash, cap="rnd")
    )
    series.smooth = False
    outline = LineProperties(solidFill=each.colour, w=15_000)
    series.marker.symbol, series.marker.size = "circle", 5 if ringed else 3
    series.marker.graphicalProperties = GraphicalProperties(solidFill="FFFFFF" if ringed else each.colour, ln=outline)
    return series


def _series(each: Line, categories: str, named: bool = False) -> Any:
    series = Series()
    series.val = NumDataSource(numRef=NumRef(f=each.values))
    series.cat = AxDataSource(strRef=StrRef(categories)) if named else AxDataSource(numRef=NumRef(f=categories))
    series.tx = SeriesLabel(strRef=StrRef(each.name))
    return series


def _format(chart: Any) -> None:
    chart.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=_letters(1200, style.NAVY, bold=True))
    for run in chart.title.tx.rich.p[0].r:
        run.rPr = _letters(1200, style.NAVY, bold=True)
    chart.title.overlay = False
    chart.roundedCorners = False
    across, up = chart.x_axis, chart.y_axis
    across.delete = up.delete = False  # openpyxl leaves them out otherwise
    across.number_format, across.tickLblPos = style.MONTH, "low"
    across.numFmt.sourceLinked = False
    across.majorTickMark = up.majorTickMark = "none"
    across.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=style.MUTED, w=9_525))
    across.txPr = _text()
    months = chart.series[0].cat.numRef
    if months is not None:
        across.tickLblSkip = across.tickMarkSkip = _months_to_a_label(months.f)
    if up.number_format in (None, "General"):
        up.number_format = style.MONEY
    up.numFmt.sourceLinked = False
    up.txPr = _text()
    up.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
    if up.majorGridlines is not None:
        up.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=GRID, w=9_525))
    if chart.legend is not None:
        chart.legend.txPr = _text()
    chart.graphical_properties = GraphicalProperties(solidFill="FFFFFF", ln=LineProperties(solidFill=GRID))


def _letters(size: int, colour: str, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(sz=size, b=bold, solidFill=colour, latin=Font(typeface=style.FONT_NAME))


def _months_to_a_label(reference: str) -> int:
    """How many months share a label, which is level, so that the labels have room.

    >>> [_months_to_a_label(f"Movements!$C$7:${last}$7") for last in ("N", "Z", "AL", "BJ")]
    [1, 3, 3, 6]
    """
    left, top, right, bottom = range_boundaries(reference.partition("!")[2])
    months = (right - left + 1) * (bottom - top + 1)
    return 1 if months <= 12 else 3 if months <= 36 else 6 if months <= 72 else 12


def _text(size: int = 900) -> RichText:
    body = RichTextProperties(rot=0, vert="horz")
    words = Paragraph(pPr=ParagraphProperties(defRPr=_letters(size, "52606D")), endParaRPr=CharacterProperties())
    return RichText(bodyPr=body, p=[words])
