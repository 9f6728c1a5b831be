"""LibreOffice as a second opinion on the battery's values: where it knows the functions, it gives Excel's, too.

What it gives otherwise, of version 24.8 to 25.2, is listed with the reason. Its errors go by other names.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import to_excel

from support import office
from support.battery import same, sheets
from support.battery.arrays import IN_ROWS, INTERSECTING, SPILLED
from support.battery.otherwise import OTHERWISE
from support.battery.rows import ROWS

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("calc")]

#: Functions that it does not know, or not by the name that Excel writes into files.
_UNKNOWN = re.compile(
    r"\b(?:_xlfn\.)?(TEXTBEFORE|TEXTAFTER|TEXTSPLIT|ARRAYTOTEXT|VALUETOTEXT|REGEX\w+|PHONETIC|TAKE|DROP|CHOOSE(?:COL|ROW)S"
    r"|[VH]STACK|TO(?:COL|ROW)|WRAP(?:COL|ROW)S|EXPAND|LAMBDA|MAP|REDUCE|SCAN|BY(?:COL|ROW)|MAKEARRAY|GROUPBY|SINGLE"
    r"|NET|GETPIVOTDATA|INFO)\("
)
_LOGICAL = "a logical value in a cell is a number to it"
_FROM_1899 = "its days begin on 30 December 1899, and 29 February 1900 is none of them"
#: The formulas of which it gives another value, and why.
_OTHERWISE = {
    "COUNTIF(E!A1:A8,TRUE)": _LOGICAL,
    "COUNT(E!A1:A8)": _LOGICAL,
    "{SUM(IF(ISNUMBER(E!A1:A8),E!A1:A8))}": _LOGICAL,
    "_xlfn.AGGREGATE(9,6,E!A1:A8)": _LOGICAL,
    "MAX(E!A5,E!A4)": _LOGICAL,
    'TRUE&""': _LOGICAL,
    'TRUE>"z"': _LOGICAL,
    'SUM("5",TRUE)': "a text is no number to SUM",
    "SUM(OFFSET(D!D7,0,0,-3))": "OFFSET takes no height below 0",
    "DATE(108,1,2)": "years below 1900 are not added to it",
    "DATE(1900,2,29)": _FROM_1899,
    "DAY(60)": _FROM_1899,
    "DATE(1900,3,1)-DATE(1900,2,28)": _FROM_1899,
    "MONTH(0)": _FROM_1899,
    'DATEVALUE("2011/02/23")': "slashes are no date of its language's settings",
    "DOLLAR(-1234.567,-2)": "negative money has a minus sign",
    '_xlfn.NUMBERVALUE("3.5%")': "it takes the decimal sign of no language where none is given",
    'AGGREGATE(15,6,D!D2:D7/(D!C2:C7="Pro"),1)': "it takes no arrays where the prefix is missing",
    "MROUND(5,-2)": "signs may differ",
    "1*(0.5-0.4-0.1)": "every difference of nearly 0 is 0",
    'CONVERT(1,"lbm","kg")': "its pound is 0.45359231 kg",
}  # fmt: skip
_ERRORS = re.compile(r"#\w+[!?]|#N/A|#DIV/0!")


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What LibreOffice gives for every formula."""
    if why := office.missing():
        pytest.skip(why)
    folder = tmp_path_factory.mktemp("opinion")
    single = [row[0] for row in (*ROWS, *OTHERWISE)]
    file = folder / "battery.xlsx"
    file.write_bytes(sheets.workbook(single, spread=True))
    return _read(office.Office(folder / "office").convert(file), single)


def _read(file: Path, single: list[str]) -> dict[str, Any]:
    book = openpyxl.load_workbook(file, data_only=True)

    def value(sheet: str, row: int, column: int) -> Any:
        found = book[sheet].cell(row, column).value
        if isinstance(found, (dt.date, dt.time, dt.timedelta)):
            return to_excel(found)
        return "" if found is None else found

    answers = book["Spilled"]
    filled = [cell for row in answers.iter_rows() for cell in row if cell.value is not None]
    spilled = {(cell.row, cell.column): value("Spilled", cell.row, cell.column) for cell in filled}
    return {
        **sheets.single_values(single, value),
        **sheets.spilled_values(spilled),
        **{f"in its row: {formula}": column for formula, column in sheets.column_values(value).items()},
    }


def _agree(found: Any, value: Any) -> bool:
    if isinstance(value, list):
        return len(found) == len(value) and all(map(_agree, found, value))
    if isinstance(value, str) and _ERRORS.fullmatch(value):
        return isinstance(found, str) and _ERRORS.fullmatch(found) is not None
    if isinstance(value, float) and isinstance(found, float):
        return same(found, value) or abs(found - value) < 1e-14
    return same(found, value)


def test_libreoffice_gives_excels_values(given: dict[str, Any]) -> None:
    expected: dict[str, Any] = {row[0]: row[1] for row in (*ROWS, *OTHERWISE)}
    expected |= dict(SPILLED)
    expected |= {f"in its row: {formula}": column for formula, column in (*INTERSECTING, *IN_ROWS)}
    known = {formula: value for formula, value in expected.items() if not _UNKNOWN.search(formula)}
    assert len(known) > 520
    otherwise = {formula for formula, value in known.items() if not _agree(given[formula], value)}
    shown = [
        f"{formula}: {given[formula]!r}, not {known[formula]!r}" for formula in sorted(otherwise - set(_OTHERWISE))
    ]
    assert not shown, "\n".join(shown)


def test_what_it_gives_otherwise_is_in_the_battery() -> None:
    assert set(_OTHERWISE) <= {formula for formula, _, _ in ROWS}
