"""Who sees little or nothing reads the report, too: contrasts, the order of charts, texts that stand for pictures.

That each chart says in words what it shows is in test_template.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mrr_xl.report import charts, style
from mrr_xl.report.template import build_plain, build_start, build_template

#: What WCAG 2.2 asks of a text of this size: https://www.w3.org/TR/WCAG22/#contrast-minimum.
LEAST = 4.5
#: What is to be blank to the eye, or nearly so: a figure that is not defined.
FAINT = {style.PAPER, style.RULE}
WORKBOOKS = {"template": build_template, "plain": build_plain, "start": build_start}


def contrast(one: str, other: str) -> float:
    """How far apart two colours are, from 1 to 21.

    >>> contrast("000000", "FFFFFF"), round(contrast("777777", "FFFFFF"), 2)
    (21.0, 4.48)
    """
    darker, lighter = sorted(luminance(colour) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def colour_of(colour: Any, usual: str) -> str:
    return usual if colour is None or not isinstance(colour.rgb, str) else colour.rgb[-6:]


def fill_of(fill: Any, usual: str = style.PAPER) -> str:
    return colour_of(fill.start_color, usual) if fill is not None and fill.fill_type == "solid" else usual


def texts(book: Any) -> Iterator[tuple[str, str, str]]:
    """Where a text stands, its colour, and the colour behind it: of cells, and of cells as a condition changes them."""
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    yield f"{sheet.title}!{cell.coordinate}", colour_of(cell.font.color, "000000"), fill_of(cell.fill)
        for area in sheet.conditional_formatting:
            for rule in area.rules:
                if rule.dxf is not None and rule.dxf.font is not None and rule.dxf.font.color is not None:
                    cell = sheet[str(area.sqref).split(":")[0].split()[0]]
                    fill = rule.dxf.fill
                    behind = fill_of(cell.fill) if fill is None else colour_of(fill.end_color, fill_of(cell.fill))
                    yield f"{sheet.title}, {area.sqref}: {rule.formula}", colour_of(rule.dxf.font.color, ""), behind


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_a_text_stands_out_from_what_is_behind_it(kind: str) -> None:
    found = {where: (text, behind) for where, text, behind in texts(WORKBOOKS[kind]()) if text not in FAINT}
    faint = {where: pair for where, pair in found.items() if contrast(*pair) < LEAST}
    assert found and faint == {}


def test_a_figure_stands_out_from_the_bar_or_the_shade_behind_it() -> None:
    shades = (style.BAR, charts.LIGHT, charts.COLOURS["MRR_CONTRACTION"])
    assert min(contrast("000000", shade) for shade in shades) >= LEAST


def test_charts_are_read_as_they_stand_line_by_line() -> None:
    """A screen reader goes through them in the order of the file."""
    for sheet in build_template():
        places = [(chart.anchor._from.row, chart.anchor._from.col) for chart in sheet._charts]
        assert places == sorted(places), sheet.title


def test_what_a_sheet_is_stands_in_its_first_lines() -> None:
    for sheet in build_template():
        first = "Customer" if sheet.title == "Subscriptions" else "MRR report" if sheet.title == "Summary" else None
        assert (first or sheet.title) in [cell.value for cell in sheet[1]]
