"""The errors that a cell may hold, and what each host calls them: the one table of them.

Source: Excel's XlCVError and ErrorCellValueType, LibreOffice's error codes, ECMA-376 part 1, 18.17.3.
"""

from __future__ import annotations

from typing import NamedTuple


class CellError(NamedTuple):
    """An error as a cell shows it, and its names elsewhere."""

    text: str
    vba: int | None = None  #: the number that VBA's CVErr takes; None where Excel documents none
    calc: int | None = None  #: LibreOffice Calc's code
    office: str = ""  #: what Office.js calls it


NA = CellError("#N/A", 2042, 32767, "NotAvailable")
VALUE = CellError("#VALUE!", 2015, 519, "Value")
#: Programs may show others in a version to come; a number that stands for none of these is #UNKNOWN!.
UNKNOWN = CellError("#UNKNOWN!", 2048, None, "Unknown")

NUM = CellError("#NUM!", 2036, 503, "Num")
NAME = CellError("#NAME?", 2029, 525, "Name")

ALL = (
    NA,
    VALUE,
    NUM,
    CellError("#NULL!", 2000, 521, "Null"),
    CellError("#DIV/0!", 2007, 532, "Div0"),
    CellError("#REF!", 2023, 524, "Ref"),
    NAME,
    CellError("#GETTING_DATA", 2043, None, "GettingData"),
    CellError("#SPILL!", 2045, None, "Spill"),
    CellError("#CONNECT!", 2046, None, "Connect"),
    CellError("#BLOCKED!", 2047, None, "Blocked"),
    UNKNOWN,
    CellError("#FIELD!", 2049, None, "Field"),
    CellError("#CALC!", 2050, None, "Calc"),
    CellError("#BUSY!", None, None, "Busy"),
    CellError("#PYTHON!", None, None, "Python"),
    CellError("#EXTERNAL!", None, None, "External"),
    CellError("#TIMEOUT!", None, None, "Timeout"),
)
TEXTS = tuple(error.text for error in ALL)
#: What stands for a formula whose value a file does not have: no program shows it.
NOT_COMPUTED = "#NOT_COMPUTED!"
#: What a cell may hold that can't be read.
UNREAD = (*TEXTS, NOT_COMPUTED)

#: Those that every version of Excel reads from a file: ECMA-376 part 1, 18.17.3.
STORED = frozenset(["#N/A", "#VALUE!", "#NUM!", "#NULL!", "#DIV/0!", "#REF!", "#NAME?"])

#: COM hands an error over as this number plus the one of VBA.
COM_BASE = -2146828288
_COM_LAST = COM_BASE + 2999
_BY_VBA = {error.vba: error.text for error in ALL if error.vba is not None}
_BY_OFFICE = {error.office.lower(): error.text for error in ALL} | {"na": NA.text, "div": "#DIV/0!"}


def mend(text: str) -> str:
    """What is wrong with a cell that holds an error, and how to fix it.

    >>> mend("#N/A")
    'the cell holds the error #N/A; fix that cell first'
    """
    if text == NOT_COMPUTED:
        return (
            "the cell holds a formula whose value is not in the file; open the file in a spreadsheet program and save "
            "it, which computes it"
        )
    return f"the cell holds the error {text}; fix that cell first"


def stored(text: str) -> str:
    """The error that a file of Excel holds for one that a cell shows.

    Excel 365 itself stores #SPILL!, #CALC! and the others of its own as #VALUE!, with what they are in another part
    ([MS-XLSX] 2.3.6, error values of rich values), and so shows #VALUE! in versions without them; #GETTING_DATA is
    #N/A. What older versions make of the new texts is not documented.

    >>> stored("#CALC!"), stored("#DIV/0!"), stored("#GETTING_DATA")
    ('#VALUE!', '#DIV/0!', '#N/A')
    """
    if text in STORED:
        return text
    return NA.text if text == "#GETTING_DATA" else VALUE.text


def from_com(number: int) -> str | None:
    """The error that a whole number from COM stands for, or None if it is a number.

    >>> from_com(-2146826246), from_com(-2146826243), from_com(-2146826000), from_com(7)
    ('#N/A', '#SPILL!', '#UNKNOWN!', None)
    """
    if not COM_BASE + 2000 <= number <= _COM_LAST:
        return None
    return _BY_VBA.get(number - COM_BASE, UNKNOWN.text)


def from_office(name: str) -> str:
    """The error that Office.js calls by this name or text.

    >>> from_office("Div0"), from_office("#SPILL!"), from_office("NewKind")
    ('#DIV/0!', '#SPILL!', '#UNKNOWN!')
    """
    return name if name.startswith("#") else _BY_OFFICE.get(name.lower(), UNKNOWN.text)
