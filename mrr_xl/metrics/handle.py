"""A ledger as one cell, for sheets with many formulas over a large table."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from mrr_xl.ledger.frames import only_value
from mrr_xl.metrics.registry import handle
from mrr_xl.months import Day, month_label, month_of
from mrr_xl.rollforward.book import Book, data_edge


@handle("MRR_LEDGER", group="start")
def ledger(book: Book) -> str:
    """The subscriptions read once, as a text in a cell: every function takes that cell in place of data, and is faster.

    With `=MRR_LEDGER(Subscriptions[#All])` in B1, `=MRR_NET_NEW(B1,A5)` is `=MRR_NET_NEW(Subscriptions[#All],A5)`. The
    text says how many lines the table has and of which months it tells, from the first start to the data edge
    (docs/definitions.md); in a cell it ends with a sign of the content, such as #a1b2c3d4e5f6, so that it changes with
    every cell of the table and all that reads it is computed again.

    Settings and rates that are given here hold for every function over the cell. A function that gives settings of its
    own takes those alone, none of these; the same goes for rates. An earlier table (against) is read as data is.

    The text stands for nothing once Python is started anew, as when a saved workbook is opened: a formula that is
    computed then is #VALUE! until MRR_LEDGER is computed again. The add-in for Excel does that by itself; elsewhere
    recalculate all formulas, in Excel with Ctrl+Alt+F9, in LibreOffice with Ctrl+Shift+F9.

    >>> metric("MRR_LEDGER", northstar)
    '6 lines, 2024-01 to 2024-02'
    """
    lines = nw.col("row").n_unique() if book.ledger.has("row") else nw.len()
    count = int(only_value(book.ledger.frame.select(lines)))
    if not count:
        return "0 lines"
    first = month_of(Day(only_value(book.ledger.frame.select(nw.col("start").min()))))
    last = max(first, data_edge(book.ledger, book.settings))
    return f"{count:,} line{'s' * (count > 1)}, {month_label(first)} to {month_label(last)}"
