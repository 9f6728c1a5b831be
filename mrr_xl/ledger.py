"""Any table → the Ledger: one row per subscription period, checked and priced per month."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import narwhals as nw

from mrr_xl import months
from mrr_xl.columns import Layout, plain, recognise
from mrr_xl.errors import MrrError, cell, shown
from mrr_xl.pricing import LARGEST, MILLION, interval_shares, monthly_expr, number, share_of_month
from mrr_xl.sources import read_table

#: What a status says about the MRR of a line.
COUNTED = ("active", "past_due", "pastdue", "past due", "cancelled", "canceled", "non_renewing", "ended")
NOT_COUNTED = (
    "trialing",
    "trial",
    "in_trial",
    "paused",
    "incomplete",
    "incomplete_expired",
    "unpaid",
    "expired",
    "future",
)
ERROR_CELLS = ("#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")

Frame = nw.DataFrame[Any] | nw.LazyFrame[Any]
_SOURCE = "col:"  # a column as the user named it, so that no name of theirs meets one of ours
_WIDE = {"month": "(month)", "mrr": "(mrr)"}  # the columns that stand for those of a wide schedule


@dataclass(frozen=True)
class Ledger:
    """Subscription periods: customer, start, end (days, see months.py), mrr (Int64 millionths).

    Every column of the user's table is kept beside them, under "col:" + its header; `row` is its
    row in that table, the header being row 1, where the table has an order.
    """

    frame: Frame
    layout: Layout

    @property
    def in_memory(self) -> bool:
        return isinstance(self.frame, nw.DataFrame)

    @property
    def lines(self) -> int:
        return int(only_value(self.frame.select(nw.len())))

    def column(self, name: str) -> str:
        """The frame's column that a user means by `name`."""
        headers = [column.removeprefix(_SOURCE) for column in self.frame.columns if column.startswith(_SOURCE)]
        # As it stands first: a name without Latin letters and digits has nothing left once it is plain.
        for alike in (lambda text: text.strip().lower(), plain):
            for header in headers:
                if alike(name) and alike(header) == alike(name):
                    return _SOURCE + header
        if plain(name) in self.layout.roles:
            return _SOURCE + self.layout.roles[plain(name)]
        raise MrrError(f"there is no column {shown(name)}; the columns are {', '.join(headers)}")


def read_ledger(data: object) -> Ledger:
    """A pandas, Polars, DuckDB or Spark frame, or a file, as a Ledger.

    Three layouts are recognised by their headers: subscriptions (customer, start, [end], amount or mrr, ...),
    a long schedule (customer, month, mrr) and a wide one (customer, then one column a month).
    Raises MrrError naming row, column and value.
    """
    table = read_table(data)
    layout = recognise(table.columns)
    table = table.rename({header: _SOURCE + header for header in table.columns})
    if isinstance(table, nw.DataFrame):
        table = table.with_row_index("row").with_columns(nw.col("row").cast(nw.Int64) + 2)
    if layout.kind == "wide":
        table, layout = _unpivot(table, layout)
    reader = _Reader(table, layout)
    return Ledger(reader.read(), layout)


def _unpivot(table: Any, layout: Layout) -> tuple[Any, Layout]:
    wide = [_SOURCE + header for header in layout.months]
    kept = [column for column in table.columns if column not in wide]
    number_type = nw.Float64
    texts = [column for column, dtype in table.collect_schema().items() if column in wide and not dtype.is_numeric()]
    for column in texts:
        if not isinstance(table, nw.DataFrame):
            raise MrrError(f"column {column.removeprefix(_SOURCE)} of the wide schedule is no number; cast it first")
        table = table.with_columns(_each(table, column, lambda value: number(value, "an amount"), 0.0, number_type))
    table = table.with_columns(nw.col(*wide).cast(number_type))
    month, mrr = _SOURCE + _WIDE["month"], _SOURCE + _WIDE["mrr"]
    long = table.unpivot(on=wide, index=kept, variable_name=month, value_name=mrr)
    # A blank month is 0, and 0 is no customer.
    long = long.filter(~nw.col(mrr).is_null()).filter(nw.col(mrr) != 0)
    return long, Layout("wide", {"customer": layout.roles["customer"]} | _WIDE, layout.months)


def _each(table: nw.DataFrame[Any], column: str, read: Callable[[Any], Any], blank: Any, dtype: Any) -> nw.Series[Any]:
    """A column of texts or mixed values, each read once; the first that can't be read is the error."""
    known: dict[Any, Any] = {None: blank, "": blank}
    values = []
    cells = table[column]
    for row, value, missing in zip(table["row"].to_list(), cells.to_list(), cells.is_null().to_list()):
        if missing:
            value = None
        if value not in known:
            empty = value != value or (isinstance(value, str) and not value.strip())
            try:
                known[value] = blank if empty else read(_not_an_error_cell(value))
            except MrrError as error:
                raise MrrError(f"{cell(row, column.removeprefix(_SOURCE))}: {error}") from None
        values.append(known[value])
    return nw.new_series(column, values, dtype, backend=table.implementation)


def _not_an_error_cell(value: Any) -> Any:
    if value in ERROR_CELLS:
        raise MrrError(f"the cell holds the error {value}; mend that cell first")
    return value


class _Reader:
    """One table on its way to a ledger; problems are collected as expressions and looked for in one pass."""

    def __init__(self, table: Any, layout: Layout) -> None:
        self.table, self.layout = table, layout
        self.problems: list[tuple[nw.Expr, str, str]] = []
        self.derived: list[Any] = []  # computed together, so that the engine can use every core

    def read(self) -> Frame:
        self._drop_blank_rows()
        self._customer()
        if self.layout.kind == "subscriptions":
            self._day("start", "start")
            self._day("end", "end")
            self.problems.append((nw.col("end") < nw.col("start"), "end", "the end {value} is before the start"))
        else:
            self._month()
        self.table = self.table.with_columns(*self.derived)
        self._mrr()
        self._raise_the_first()
        total = only_value(self.table.select(nw.col("mrr").cast(nw.Float64).sum()))
        if total is not None and total > 9 * LARGEST * MILLION:
            raise MrrError(
                f"the amounts add up to more than {9 * LARGEST:,.0f}; split the ledger by currency or entity"
            )
        if isinstance(self.table, nw.DataFrame):
            # Each name once: several times faster to sort and to carry along.
            self.table = self.table.with_columns(nw.col("customer").cast(nw.Categorical))
        return self.table

    def header(self, role: str) -> str | None:
        return self.layout.roles.get(role)

    def _type(self, role: str) -> Any:
        return self.table.collect_schema()[_SOURCE + self.layout.roles[role]]

    def _is_text(self, role: str) -> bool:
        dtype = self._type(role)
        return not dtype.is_numeric()

    def _drop_blank_rows(self) -> None:
        used = [nw.col(_SOURCE + header) for header in self.layout.roles.values()]
        texts = self.table.collect_schema()
        blank = [
            column.is_null() | (column == "") if texts[_SOURCE + header] == nw.String else column.is_null()
            for column, header in zip(used, self.layout.roles.values())
        ]
        some = nw.all_horizontal(*blank, ignore_nulls=True)
        if not isinstance(self.table, nw.DataFrame) or only_value(self.table.select(some.any())):
            self.table = self.table.filter(~some)

    def _customer(self) -> None:
        column, dtype = nw.col(_SOURCE + self.layout.roles["customer"]), self._type("customer")
        if dtype.is_float():
            # Cells and pandas make whole ids floats: 7.0 is the customer 7, and 7.5 is another one.
            value = column.cast(nw.Float64).fill_null(0)
            whole = (value == value.floor()) & (value.abs() < 2**53)
            digits = nw.when(whole).then(value).otherwise(nw.lit(0.0)).cast(nw.Int64).cast(nw.String)
            named = nw.when(whole).then(digits).otherwise(column.cast(nw.String))
            column = nw.when(~column.is_null() & ~value.is_nan()).then(named)
        elif dtype != nw.String:
            column = column.cast(nw.String)
        self.derived.append(column.str.strip_chars().alias("customer"))
        customer = nw.col("customer")
        self.problems.append(
            (customer.is_null() | (customer == ""), "customer", "the customer is blank; fill it in or remove the row")
        )
        self.problems.append(
            (customer.is_in(ERROR_CELLS), "customer", "the cell holds the error {value}; mend that cell first")
        )

    def _day(self, role: str, name: str) -> None:
        header = self.header(role)
        if header is None:
            self.derived.append(nw.lit(months.OPEN).cast(nw.Int64).alias(name))
            return
        dtype = self._type(role)
        if getattr(dtype, "time_zone", None):
            raise MrrError(f"column {header} carries a time zone; convert it to plain dates")
        if isinstance(dtype, (nw.Date, nw.Datetime)):
            day = self._days(header)
        elif isinstance(self.table, nw.DataFrame):
            day = _each(self.table, _SOURCE + header, months.read_day, months.OPEN, nw.Int64)
        else:
            raise MrrError(f"column {header} is no date in the database; cast it to DATE")
        self.derived.append(day.alias(name))
        self._bounds(role, name, "the start is blank; fill in the first day of service" if name == "start" else None)

    def _days(self, header: str) -> Any:
        name = _SOURCE + header
        return (
            months.days_of(self.table[name]) if isinstance(self.table, nw.DataFrame) else months.day_expr(nw.col(name))
        )

    def _bounds(self, role: str, name: str, blank: str | None) -> None:
        day, low, high = nw.col(name), months.FIRST_YEAR * 384, (months.LAST_YEAR + 1) * 384
        years = f"{months.FIRST_YEAR} to {months.LAST_YEAR}"
        self.problems.append(
            ((day < low) | ((day >= high) & (day < months.OPEN)), role, "{value} is outside the years " + years)
        )
        if blank:
            self.problems.append((day >= months.OPEN, role, blank))

    def _month(self) -> None:
        header = self.layout.roles["month"]
        dtype, column = self._type("month"), _SOURCE + header
        month: nw.Expr | nw.Series[Any]
        if isinstance(dtype, (nw.Date, nw.Datetime)):
            month = self._days(header) // 32
        elif self.layout.kind == "wide":
            month = nw.lit(0)
            for name, index in self.layout.months.items():
                month = nw.when(nw.col(column) == _SOURCE + name).then(nw.lit(index)).otherwise(month)
        elif isinstance(self.table, nw.DataFrame):
            month = _each(self.table, column, months.read_month, months.OPEN // 32, nw.Int64)
        else:
            raise MrrError(f"column {header} is no date in the database; cast it to DATE")
        # A month of a schedule is a period from its first day to the next month's.
        first = (month * 32 + 1).cast(nw.Int64)
        self.derived += [first.alias("start"), (first + 32).alias("end")]
        self._bounds("month", "start", "the month is blank; write it as 2024-03")

    def _number(self, role: str, meaning: str) -> nw.Expr:
        column = _SOURCE + self.layout.roles[role]
        if self._is_text(role):
            if not isinstance(self.table, nw.DataFrame):
                raise MrrError(f"column {self.header(role)} is no number in the database; cast it to DOUBLE")
            read = _each(self.table, column, lambda value: number(value, meaning), None, nw.Float64)
            self.table = self.table.with_columns(read.alias(f"{role}_read"))
            column = f"{role}_read"
        value = nw.col(column).cast(nw.Float64)
        self.problems.append((nw.col(column).is_null(), role, f"{meaning} is missing; write 0 for none"))
        self.problems.append(
            (~value.fill_null(0).is_finite(), role, "{value} is not " + meaning + "; write a plain number")
        )
        return value.fill_null(0)

    def _mrr(self) -> None:
        role = "mrr" if self.header("mrr") else "amount"
        line = self._number(role, "an amount")
        self.problems.append((line < 0, role, "{value} is negative; reductions go into a column discount"))
        interval: nw.Expr | None = None
        shares: dict[str, Any] = {}
        if role == "amount" and self.layout.kind == "subscriptions":
            if self.header("quantity"):
                quantity = self._number("quantity", "a quantity")
                self.problems.append((quantity < 0, "quantity", "{value} is negative; a quantity is 0 or more"))
                line = line * quantity
            if self.header("discount"):
                discount = self._number("discount", "a discount")
                wrong = (discount < 0) | (discount > 1)
                self.problems.append(
                    (wrong, "discount", "{value} is no discount; write a fraction from 0 to 1, 0.2 for 20 %")
                )
                line = line * (1 - discount)
            if self.header("interval"):
                interval, shares = self._interval()
        above = max([1.0, *(float(share) for share in shares.values())])
        too_large = f"{{value}} is too large; an MRR above {LARGEST:,.0f} cannot be summed exactly"
        self.problems.append((line * above > LARGEST, role, too_large))
        self._raise_the_first()
        mrr = monthly_expr(line, interval, shares)
        if self.header("status"):
            mrr = nw.when(self._counted()).then(mrr).otherwise(nw.lit(0))
        self.table = self.table.with_columns(mrr.cast(nw.Int64).alias("mrr"))

    def _words(self, role: str, known: Callable[[str], object]) -> tuple[nw.Expr, list[str]]:
        """A small vocabulary's column and its distinct words; `known` raises on a word that is none."""
        header = self.layout.roles[role]
        column = nw.col(_SOURCE + header).cast(nw.String).fill_null("").str.strip_chars()
        distinct = self.table.select(column.alias("word")).unique()
        words = (distinct if isinstance(distinct, nw.DataFrame) else distinct.collect())["word"].to_list()
        wrong = {}
        for word in words:
            try:
                known(_not_an_error_cell(word))
            except MrrError as error:
                wrong[word] = str(error)
        if wrong:
            found = _first(self.table.filter(column.is_in(list(wrong))).with_columns(column.alias("word")))
            raise MrrError(f"{cell(found.get('row'), header)}: {wrong[found['word']]}")
        return column, words

    def _interval(self) -> tuple[nw.Expr, dict[str, Any]]:
        column, words = self._words("interval", share_of_month)
        return column, interval_shares(words)

    def _counted(self) -> nw.Expr:
        def known(word: str) -> None:
            if word and word.lower() not in COUNTED + NOT_COUNTED:
                raise MrrError(
                    f"{shown(word)} is not a known status; the known ones are {', '.join(COUNTED + NOT_COUNTED)}"
                )

        column, words = self._words("status", known)
        return ~column.is_in([word for word in words if word.lower() in NOT_COUNTED] or ["-"])

    def _raise_the_first(self) -> None:
        if not self.problems:
            return
        flags = self.table.select(*(wrong.any().alias(f"{i}") for i, (wrong, _, _) in enumerate(self.problems)))
        flags = flags if isinstance(flags, nw.DataFrame) else flags.collect()
        if not any(flags.row(0)):
            self.problems = []
            return
        code: Any = nw.lit(0)
        for index, (wrong, _, _) in reversed(list(enumerate(self.problems, 1))):
            code = nw.when(wrong).then(nw.lit(index)).otherwise(code)
        found = _first(self.table.with_columns(code.alias("problem")).filter(nw.col("problem") > 0))
        _, role, message = self.problems[found["problem"] - 1]
        header = self.layout.roles[role]
        raw = found.get(_SOURCE + header)
        if header == _WIDE["mrr"]:
            header = found[_SOURCE + _WIDE["month"]].removeprefix(_SOURCE)
        value = f"{raw:%Y-%m-%d}" if hasattr(raw, "strftime") else raw
        raise MrrError(f"{cell(found.get('row'), header)}: {message.replace('{value}', shown(value))}")


def only_value(frame: Any) -> Any:
    return (frame if isinstance(frame, nw.DataFrame) else frame.collect()).item()


def _first(frame: Any) -> dict[str, Any]:
    found = frame.sort("row").head(1) if isinstance(frame, nw.DataFrame) else frame.head(1).collect()
    return {name: values[0] for name, values in found.to_dict(as_series=False).items()}
