"""Amounts that a sheet shows in several currencies: by the number formats of their cells, as $100 and £100."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from mrr_xl.errors import MrrError, listed
from mrr_xl.sources.columns import is_month_header
from mrr_xl.sources.headers import roles_of
from mrr_xl.sources.how import How
from mrr_xl.sources.number_texts import SHARED, SIGNS
from mrr_xl.sources.opened import BROKEN, Opened
from mrr_xl.sources.percent_cells import cells_of_xlsx
from mrr_xl.sources.unread_cells import SAFELY

_SOME = 1_000
_AMOUNTS = frozenset(["mrr", "amount", "arr", "tcv"])
_SYMBOL = re.compile(r"\[\$([^\]-]+)(?:-[0-9A-Fa-f]+)?\]")
_OTHERS = re.compile("|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True) if not sign.isalpha()))
_LOCALE = re.compile(r"\[\$-[0-9A-Fa-f]+\]")


def only_currency(
    file: Opened, sheet: str, rows: Sequence[Sequence[object]], corner: tuple[int, int], titles: int, how: How
) -> str | None:
    """The currency in which a sheet shows its amounts, by its code or its sign; None where it shows none.

    corner: the first cell's row and column, from 0. titles: in how many rows the header may stand. Raises MrrError
    where a column of amounts is shown in several currencies, and no column says which.
    """
    if file.suffix not in (".xlsx", ".xlsm") or not (known := _merged(_formats(file))):
        return None
    headers = [(column, text) for row in rows[:titles] for column, text in enumerate(row) if isinstance(text, str)]
    if any("currency" in roles_of(text) for _, text in headers) or "currency" in dict(how.columns):
        return None
    said = {header for role, header in how.columns if role in _AMOUNTS}
    of_amounts = {
        corner[1] + column: header
        for column, header in reversed(headers)
        if header in said or _AMOUNTS & roles_of(header).keys() or is_month_header(header)
    }
    if not of_amounts:
        return None
    shown: dict[int, set[str | None]] = {column: set() for column in of_amounts}
    cells = cells_of_xlsx(file, sheet, shown.keys())
    # Where the workbook has several, every cell is looked at; a name for the only one needs no more than some cells.
    for row, column, value, number_format in cells if len(known) > 1 else islice(cells, _SOME):
        if row >= corner[0] and isinstance(value, (int, float)) and value:
            shown[column].add(currency_shown(number_format))
    for column, header in of_amounts.items():
        different = _merged(shown[column])
        if len(different) > 1:
            raise MrrError(
                f"column {header} is shown in {listed(sorted(different), 5)}; write the currency of each row into a "
                "column currency, and give rates"
            )
    different = _merged(currency for each in shown.values() for currency in each)
    return different.pop() if len(different) == 1 else None


def currency_shown(number_format: str) -> str | None:
    """The currency that a number format shows, by its code or by a sign; None if it shows none.

    >>> [currency_shown(text) for text in ('[$£-809]#,##0.00', '#,##0.00 [$€-407]', '"$"#,##0', '[$-409]0.00')]
    ['GBP', 'EUR', '$', None]
    """
    found = _SYMBOL.search(number_format) or _OTHERS.search(_LOCALE.sub("", number_format))
    sign = found[found.lastindex or 0].strip() if found else ""
    return SIGNS.get(sign) or sign or None


def _merged(currencies: Iterable[str | None]) -> set[str]:
    """The different currencies, without a sign that may be another one of them."""
    different = {currency for currency in currencies if currency}
    return {one for one in different if not SHARED.get(one, frozenset()) & different}


def _formats(file: Opened) -> Iterator[str | None]:
    """The currencies of a workbook's own number formats."""
    from lxml import etree  # which a browser's Python may lack

    try:
        with zipfile.ZipFile(file.source) as package:
            styles = etree.fromstring(package.read("xl/styles.xml"), etree.XMLParser(**SAFELY))
    except (KeyError, etree.XMLSyntaxError, *BROKEN):
        return
    for element in styles.iter("{*}numFmt"):
        yield currency_shown(element.get("formatCode") or "")
