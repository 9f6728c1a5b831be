"""A table on its way to a ledger: its columns read by role, and the cells noted that can't be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.errors import MrrError, cell, raise_first
from mrr_xl.ledger import days
from mrr_xl.ledger.frames import as_text, first_row, only_value, to_memory, trimmed
from mrr_xl.ledger.mistakes import Wrong, of_each_kind
from mrr_xl.ledger.texts import is_blank, not_an_error_cell, number_in, percentage_in
from mrr_xl.sources.columns import INTERVAL, Layout
from mrr_xl.sources.headers import is_percent
from mrr_xl.sources.how import How
from mrr_xl.sources.number_texts import NO_NUMBER

SOURCE = "col:"  # a column as the user named it, so that no name of theirs meets one of ours
MARK = "(currency)"  # the column of the currencies that stand beside the amounts
VOCABULARIES = ("interval", "currency", "kind", "status", "discount_duration")  #: the roles of columns of few words
WIDE = {"month": "(month)", "mrr": "(mrr)"}  # the columns that stand for those of a wide schedule


def made_column(table: Any, name: str) -> str:
    """The column of a name of ours, which is put into a table. Raises MrrError if its data has one of that name."""
    if SOURCE + name in table.collect_schema():
        raise MrrError(f"column {name} has a name that is given to a column which is made of others here; rename it")
    return SOURCE + name


class Reading:
    """A table, what its headers mean, and what may be wrong with it, looked for in one pass."""

    def __init__(
        self, table: Any, layout: Layout, how: How, files: Sequence[str], numbers: Mapping[str, frozenset[str]]
    ) -> None:
        self.table, self.layout, self.how, self.files, self.numbers = table, layout, how, files, numbers
        self.problems: list[tuple[nw.Expr, str, str]] = []
        self.derived: list[Any] = []  # computed together, so that the engine can use every core
        self.currencies: tuple[str, ...] = ()
        self.looked_for: list[tuple[nw.Expr, str, str]] = []  # problems that no line has
        self.mistakes: list[MrrError] = []  # of cells in memory, so that all of them can be said at once
        self.unread_rows: dict[str, set[int | None]] = {}  # by header, those whose cell can't be read
        self.values: dict[str, nw.Expr] = {}  # by role, what its column says; a role that is not here changes nothing
        self.vocabulary: dict[str, tuple[str, ...]] = {}  # by role, the different words of its column
        self.sums: dict[str, nw.Expr] = {}  # of amounts that a database has not priced yet
        self.unpriced: Any = None  # a database's table, before its lines are priced
        self._words: dict[str, list[str]] = {}

    def header(self, role: str) -> str | None:
        return self.layout.roles.get(role)

    def type_of(self, role: str) -> Any:
        return self.table.collect_schema()[SOURCE + self.layout.roles[role]]

    def is_text(self, role: str) -> bool:
        dtype = self.type_of(role)
        return not dtype.is_numeric()

    def unread(self, header: str, mistakes: Wrong) -> None:
        """Note cells that can't be read, each as in `mistaken`; what else hangs on them is not looked at."""
        if mistakes:
            self.mistaken(header, mistakes)
            self.unread_rows.setdefault(header, set()).update(row for row, _, _ in mistakes)

    def mistaken(self, header: str, mistakes: Wrong) -> None:
        """Note what is wrong in a column, for each row its value and the sentence; `all_mistakes` raises it."""
        self.mistakes += of_each_kind(header, mistakes, self.files)

    @contextmanager
    def all_mistakes(self) -> Iterator[None]:
        """Raises MrrError for the first of the mistakes that are found within it, which tells the others."""
        try:
            yield
        except Exception as error:
            if isinstance(error, MrrError):
                self.mistakes.append(error)
            elif not self.mistakes:  # else a cell that has no value is why
                raise
        raise_first(self.mistakes)

    def drop_blank_rows(self) -> None:
        roles = self.layout.roles.items()
        headers = [header for role, header in roles if header not in (MARK, INTERVAL) and role != "parent"]
        used = [nw.col(SOURCE + header) for header in headers]
        texts = self.table.collect_schema()
        blank = [
            column.is_null() | (column == "") if texts[SOURCE + header] == nw.String else column.is_null()
            for column, header in zip(used, headers)
        ]
        some = nw.all_horizontal(*blank, ignore_nulls=True)
        if not isinstance(self.table, nw.DataFrame) or only_value(self.table.select(some.any())):
            self.table = self.table.filter(~some)

    def day(self, role: str, name: str, blank: str | None, timezone: str | None) -> None:
        """A column of days, OPEN where blank; `blank` says what is wrong with that, if it is."""
        header = self.layout.roles[role]
        dtype, column = self.type_of(role), SOURCE + header
        if getattr(dtype, "time_zone", None):
            if timezone is not None:
                self.table = days.local(self.table, column, timezone)
            elif not self.table.implementation.is_pyspark():  # whose session has a zone, in which it shows them
                raise MrrError(f"column {header} carries a time zone; set timezone to that of your books")
        if isinstance(dtype, (nw.Date, nw.Datetime)):
            in_memory = isinstance(self.table, nw.DataFrame)
            day: Any = days.days_of(self.table[column]) if in_memory else days.day_expr(nw.col(column))
        elif isinstance(self.table, nw.DataFrame):
            day = self.each(role, self._day_of(role, timezone), months.OPEN, nw.Int64)
        else:
            raise MrrError(f"column {header} is not a date in the database; cast it to DATE")
        self.derived.append(day.alias(name))
        self.values[role] = nw.col(name)
        self.bounds(role, name, blank)

    def _day_of(self, role: str, timezone: str | None) -> Callable[[Any], int]:
        order = self.how.order(role)
        return lambda value: months.read_day(value, timezone, order)

    def bounds(self, role: str, name: str, blank: str | None) -> None:
        day, low, high = nw.col(name), months.FIRST_YEAR * 384, (months.LAST_YEAR + 1) * 384
        years = f"{months.FIRST_YEAR} to {months.LAST_YEAR}"
        self.problems.append(
            ((day < low) | ((day >= high) & (day < months.OPEN)), role, "{value} is outside the years " + years)
        )
        if blank:
            self.problems.append((day >= months.OPEN, role, blank))

    def each(self, role: str, read: Callable[[Any], Any], blank: Any, dtype: Any) -> Any:
        """A column of texts or mixed values, each read once; those that can't be read are mistakes, and blank."""
        values, wrong = each(self.table, SOURCE + self.layout.roles[role], read, blank, dtype)
        self.unread(self.layout.roles[role], wrong)
        return values

    def number(self, role: str, meaning: str, blank: float | None = None) -> nw.Expr:
        """A column of numbers; blank: what a blank cell is, an error if nothing."""
        return self._number(
            role,
            meaning,
            partial(number_in, sign=self.how.sign(role), meaning=meaning, numbers=self._numbers(role)),
            blank,
        )

    def _numbers(self, role: str) -> frozenset[str]:
        return self.numbers.get(self.layout.roles[role], frozenset())

    def discount(self) -> nw.Expr:
        """The discounts as fractions; a blank one is 0. In a column of percentages 20 and 20% are a fifth."""
        header, meaning = self.layout.roles["discount"], "a discount"
        if not is_percent(header):
            return self.number("discount", meaning, blank=0.0)
        read = partial(
            percentage_in, sign=self.how.sign("discount"), meaning=meaning, numbers=self._numbers("discount")
        )
        value = self._number("discount", meaning, read, 0.0)
        unclear = "{value} may be a fraction or a percentage; write it with its sign, such as 20%, or rename the column"
        if self.is_text("discount"):
            return value
        self.problems.append(((value > 0) & (value <= 1), "discount", f"{unclear} discount"))
        self.values["discount"] = value / 100
        return self.values["discount"]

    def _number(self, role: str, meaning: str, read: Callable[[Any], float], blank: float | None) -> nw.Expr:
        column = SOURCE + self.layout.roles[role]
        if self.is_text(role):
            if not isinstance(self.table, nw.DataFrame):
                raise MrrError(f"column {self.header(role)} is not a number in the database; cast it to DOUBLE")
            self.table = self.table.with_columns(self.each(role, read, None, nw.Float64).alias(f"{role}_read"))
            column = f"{role}_read"
        value = nw.col(column).cast(nw.Float64)
        if blank is None:
            self.problems.append((nw.col(column).is_null(), role, f"{meaning} is missing; write 0 for none"))
        filled = value.fill_null(0 if blank is None else blank)
        self.problems.append((~filled.is_finite(), role, "{value} is not " + meaning + "; write a plain number"))
        self.values[role] = filled
        return filled

    def words(self, role: str, known: Callable[[str], object]) -> tuple[nw.Expr, list[str]]:
        """A small vocabulary's column and its distinct words; `known` raises on a word that is none."""
        header = self.layout.roles[role]
        column = trimmed(as_text(nw.col(SOURCE + header)).fill_null(""))
        if header == MARK:
            header = self.layout.roles.get("mrr") or self.layout.roles["amount"]
        distinct = self._different(role, column)
        if missing := [word for word in distinct if word.lower() in NO_NUMBER]:
            column = nw.when(column.is_in(missing)).then(nw.lit("")).otherwise(column)
        words = sorted({"" if word in missing else word for word in distinct})
        wrong = {}
        for word in words:
            try:
                known(not_an_error_cell(word))
            except MrrError as error:
                wrong[word] = str(error)
        if wrong:
            lines = self.table.filter(column.is_in(list(wrong))).with_columns(column.alias("word"))
            if not isinstance(lines, nw.DataFrame):
                word = first_row(lines)["word"]
                raise MrrError(f"{cell(None, header)}: {wrong[word]}")
            self.mistaken(header, [(row, word, wrong[word]) for row, word in lines.select("row", "word").rows()])
            words = [word for word in words if word not in wrong]
        self.values[role] = column
        self.vocabulary[role] = tuple(words)
        self.looked_for.append((~column.is_in(words), role, "{value} is not a word that this column had"))
        return column, words

    def _different(self, role: str, column: nw.Expr) -> list[str]:
        """The different words of a column; from a database those of all such columns come in one query."""
        if isinstance(self.table, nw.DataFrame):
            return self.table.select(column.alias("word")).unique()["word"].to_list()
        if not self._words:
            parts = []
            for name in (name for name in VOCABULARIES if name in self.layout.roles):
                word = trimmed(as_text(nw.col(SOURCE + self.layout.roles[name])).fill_null(""))
                parts.append(self.table.select(nw.lit(name).alias("role"), word.alias("word")).unique())
            for name, text in to_memory(nw.concat(parts)).rows():
                self._words.setdefault(name, []).append(text)
        return self._words.get(role, [])


def each(
    table: nw.DataFrame[Any],
    column: str,
    read: Callable[[Any], Any],
    blank: Any,
    dtype: Any,
) -> tuple[nw.Series[Any], Wrong]:
    """A column of texts or mixed values, each read once, and those that can't be, which are blank: row, value, why."""
    known: dict[Any, Any] = {None: blank, "": blank}
    wrong: dict[Any, str] = {}
    cells = table[column]
    texts = cells.to_list()
    if cells.null_count():
        texts = [None if missing else value for value, missing in zip(texts, cells.is_null().to_list())]
    try:
        different = dict.fromkeys(texts)
    except TypeError:
        raise MrrError(f"column {column.removeprefix(SOURCE)} holds several values in a cell; give it one") from None
    for value in different.keys() - known.keys():
        try:
            known[value] = blank if is_blank(value, dtype) else read(not_an_error_cell(value))
        except MrrError as error:
            known[value], wrong[value] = blank, str(error)
    rows = zip(table["row"].to_list(), texts) if wrong else ()
    mistakes = [(row, value, wrong[value]) for row, value in rows if value in wrong]
    values = [known[value] for value in texts]
    return nw.new_series(column, values, dtype, backend=table.implementation), mistakes
