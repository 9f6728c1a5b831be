"""Whether the figures add up, and what a careful reader of the ledger would ask about."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.answers import NOTE, OK, PROBLEM, Answer
from mrr_xl.errors import PER_FILE, MrrError, in_figures, listed, row_name
from mrr_xl.later import pd
from mrr_xl.ledger.frames import Frame, to_pandas
from mrr_xl.ledger.pricing import money
from mrr_xl.metrics.columns import Column
from mrr_xl.metrics.line_checks import amounts, doubtful_columns, line_checks
from mrr_xl.metrics.missing_months import missing_months
from mrr_xl.metrics.odd_lines import cancelled, ends, overlaps, totals
from mrr_xl.metrics.questions import Question, settled
from mrr_xl.metrics.registry import table
from mrr_xl.metrics.segments import segment_movements
from mrr_xl.months import Month
from mrr_xl.rollforward.book import Book
from mrr_xl.rollforward.bridge import label, phase_of
from mrr_xl.rollforward.changes import MOVEMENTS
from mrr_xl.rollforward.periods import end_month, first_month, paid_periods
from mrr_xl.sources.headers import plain

#: The columns that the check of segments looks for.
SEGMENTED = ("plan", "product", "region", "country")


@table(
    "MRR_CHECKS",
    group="trust",
    columns=(
        Column("Check", "what was looked at", "text"),
        Column("Result", "OK, note or problem", "text"),
        Column("Lines", "how many lines it concerns", "count"),
        Column("First row", "the row of the first of them, the header being row 1; blank for none", "count"),
        Column("Says", "what was found, and what to do about it", "text"),
    ),
)
def checks(book: Book, against: Book | None = None) -> pd.DataFrame:
    """What was left out of the MRR and why, and whether the figures add up.

    Each check says OK, note or problem, how many lines it concerns, and the first one's row. against: an
    earlier state of the same table; what has changed in the months it reported is then a note. In a cell, data
    that can't be read at all is a problem that says why, where every other function is #VALUE!.

    >>> metric("MRR_CHECKS", northstar)[["check", "result", "lines"]].head(3)
                  check result  lines
    0        lines read     OK      6
    1      columns read     OK      0
    2  columns not read     OK      0
    """
    book = book.at_hand()
    asked = [*line_checks(book), _periods_make_the_closing(book), _customers(book)]
    *answers, straight, customers_add_up = settled(asked, book)
    answers += [_roll_forward(book), straight, customers_add_up, _segments(book), _gross(book)]
    if against is not None:
        answers += [_restated(book, against), _vanished(book, against)]
    return _answered([_with_file(answer, book) for answer in answers])


def _with_file(answer: Answer, book: Book) -> Answer:
    """An answer whose first row is one of a file's, where the ledger's rows come from several."""
    check, result, lines, row, sentence = answer
    if row is None or not book.ledger.files:
        return answer
    name = row_name(row, book.ledger.files)
    return check, result, lines, row % PER_FILE, f"{sentence}; the first is {name}"


def problems(book: Book) -> list[str]:
    """What may be wrong with the figures of a book, in sentences: what everything that shows figures has to say."""
    asked = [*book.ledger.answers, *doubtful_columns(book), amounts(book), overlaps(book), cancelled(book)]
    asked += [ends(book), totals(book), missing_months(book)]
    return [sentence for _, result, _, _, sentence in settled(asked, book) if result == PROBLEM]


def unreadable(mistake: MrrError) -> pd.DataFrame:
    """The checks of data that can't be read: one problem, which says why; elsewhere it is an error."""
    return _answered([("data can be read", PROBLEM, 0, None, str(mistake))])


def _answered(answers: list[Answer]) -> pd.DataFrame:
    table = pd.DataFrame(answers, columns=["check", "result", "lines", "first_row", "says"])
    return table.astype({"first_row": "Int64"})


def _roll_forward(book: Book) -> Answer:
    table = book.by_period
    moved = table["net_new"] + table.get("fx", 0)
    by_month = book.movements["closing"].reindex(table.index)
    wrong = (table["opening"] + moved != table["closing"]) | (table["closing"] != by_month)
    lost = [label(end, book.settings) for end in table.index[wrong]]
    counted = f"{len(table)} {'month' if book.settings.period == 'month' else 'period'}{'s' * (len(table) != 1)}"
    sentence = f"not in {', '.join(lost)}" if lost else f"in {counted}, to the last millionth"
    return "movements make the closing", PROBLEM if lost else OK, 0, None, sentence


def _running(book: Book, *columns: str, amount: str = "mrr") -> Frame:
    """The periods that run in the last month reported, straight from the ledger."""
    as_of, month = book.settings.as_of, book.through
    runs = (first_month(nw.col("start"), as_of) <= month) & (end_month(nw.col("end"), as_of) > month)
    return paid_periods(book.lines, book.settings, *columns, amount=amount).filter(runs)


def _closing(book: Book, column: str) -> int:
    return int(book.movements[column].iloc[-1]) if len(book.movements) else 0


def _periods_make_the_closing(book: Book) -> Question:
    if not book.ledger.rates.by_month:
        total = _running(book).select(_total("mrr"))
        return Question(total, lambda rows: _make_the_closing(book, int(rows[0][0] or 0)))
    running: Any = _running(book, "currency", amount="local")
    totals = running.with_columns(nw.col("currency").cast(nw.String)).group_by("currency").agg(nw.col("mrr").sum())

    def say(rows: list[tuple[Any, ...]]) -> Answer:
        """The running periods' amounts in each currency are worth its rate of the last month reported."""
        rates, month = book.ledger.rates, book.through
        worth = (math.floor(int(total) * rates.at(name, month) + 0.5) for name, total in rows if total)
        return _make_the_closing(book, sum(worth))

    return Question(totals.select("currency", nw.col("mrr").cast(nw.Int64)), say)


def _total(name: str) -> nw.Expr:
    return nw.col(name).sum().cast(nw.Int64)


def _make_the_closing(book: Book, straight: int) -> Answer:
    check = "periods make the closing"
    closing = _closing(book, "closing")
    sentence = f"MRR of {months.month_label(book.through)} is {in_figures(money(closing))}"
    good = straight == closing
    return (
        check,
        OK if good else PROBLEM,
        0,
        None,
        sentence if good else f"{sentence}, but its periods add up to {in_figures(money(straight))}",
    )


def _customers(book: Book) -> Question:
    count = _running(book).select(nw.col("customer").n_unique().alias("customers"))
    return Question(count, lambda rows: _customers_make_the_closing(book, int(rows[0][0] or 0)))


def _customers_make_the_closing(book: Book, straight: int) -> Answer:
    closing = _closing(book, "closing_customers")
    sentence = f"{closing:,} at the end of {months.month_label(book.through)}"
    good = straight == closing
    return (
        "customers add up",
        OK if good else PROBLEM,
        0,
        None,
        sentence if good else f"{sentence}, but its periods add up to {straight:,}",
    )


def usual_segment(headers: Sequence[str]) -> str | None:
    """The column that is segmented by where nobody says by which: the first of SEGMENTED that there is."""
    return next((header for name in SEGMENTED for header in headers if plain(header) == name), None)


def _segments(book: Book) -> Answer:
    """Every movement summed over the segments of the first column of SEGMENTED that there is."""
    check, headers = "segments add up", [name.removeprefix("col:") for name in book.ledger.frame.columns]
    column = usual_segment(headers)
    if column is None:
        return check, OK, 0, None, f"there is no column {', '.join(SEGMENTED)}"
    sums = segment_movements(book, column, phase_of(book.through, book.settings))
    parts = ["opening", *MOVEMENTS, "closing"]
    sums = sums.groupby("month")[[*parts, "transfer_in", "transfer_out"]].sum()
    whole = book.by_period_at_one_rate.reindex(sums.index)
    good = (
        sums[parts].equals(whole[parts].astype(sums[parts].dtypes))
        and not (sums["transfer_in"] + sums["transfer_out"]).any()
    )
    return (
        check,
        OK if good else PROBLEM,
        0,
        None,
        f"by {column}, to the last millionth" if good else f"not by {column}",
    )


def _gross(book: Book) -> Answer:
    """What gross netting counts that nets out inside the months."""
    check = "gross reconciles to net"
    if book.settings.netting != "gross":
        return check, OK, 0, None, "netting is net"
    rows = to_pandas(book.changes)
    steps: dict[tuple[Any, int], int] = {}
    gross = 0
    for customer, month, before, after in zip(*(rows[name] for name in ("customer", "month", "before", "after"))):
        steps[customer, month] = steps.get((customer, month), 0) + after - before
        gross += abs(after - before)
    net = sum(map(abs, steps.values()))
    amounts = [in_figures(money(amount)) for amount in (gross, gross - net)]
    sentence = f"movements of {amounts[0]} in all, of which {amounts[1]} nets out within months"
    good = sum(steps.values()) == _closing(book, "closing")
    return check, (NOTE if gross > net else OK) if good else PROBLEM, 0, None, sentence


def _restated(book: Book, against: Book) -> Answer:
    """Months that an earlier state of the table reported otherwise."""
    reported = range(int(against.movements.index.min()), against.through + 1) if len(against.movements) else range(0)
    columns = [name for name in against.movements.columns if name in book.movements.columns]
    before, now = (one.movements.reindex(reported, fill_value=0)[columns] for one in (against, book))
    changed = [months.month_label(Month(month)) for month in reported if not before.loc[month].equals(now.loc[month])]
    sentence = f"{listed(changed, 3)} differ from the earlier file" if changed else "none"
    return "history restated", NOTE if changed else OK, len(changed), None, sentence


def _vanished(book: Book, against: Book) -> Answer:
    gone = vanished(book, against)
    sentence = f"{', '.join(gone[:3])}{' ...' if len(gone) > 3 else ''}: their lines are gone" if gone else "none"
    return "customers vanished", PROBLEM if gone else OK, len(gone), None, sentence


def vanished(book: Book, against: Book) -> list[str]:
    """Customers of an earlier state of the table that are in no line any more: their churn would be unseen."""
    return sorted(customers(against) - customers(book))


def customers(book: Book) -> set[Any]:
    """The customers of a book's lines, whether they pay or not."""
    return set(to_pandas(book.lines.frame.select("customer").unique())["customer"])
