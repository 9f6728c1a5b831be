"""The currencies that stand beside the amounts themselves, such as €100 or 100 USD."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.answers import Answer
from mrr_xl.errors import MrrError, listed, shown
from mrr_xl.ledger.mistakes import Wrong
from mrr_xl.ledger.rates import Rates
from mrr_xl.ledger.reading import MARK, SOURCE, made_column
from mrr_xl.ledger.texts import is_missing
from mrr_xl.sources.columns import Layout
from mrr_xl.sources.number_texts import SHARED, code_of, currency_of, is_nothing, number_of
from mrr_xl.sources.table import Table, found


def with_currencies(
    table: Any, layout: Layout, rates: Rates, source: Table
) -> tuple[Any, Layout, list[Answer], list[tuple[str, Wrong]]]:
    """A table whose amounts say their currency, with a column for it where it has none. Raises MrrError.

    Beside what was found out stand the amounts whose column of currencies says another one.
    """
    headers = list(layout.months) if layout.kind == "wide" else [layout.roles.get("mrr") or layout.roles["amount"]]
    if not isinstance(table, nw.DataFrame):
        return table, layout, [], []
    marks = {header: marks for header in headers if any(marks := _marks(table, header))}
    different = sorted({mark for each in marks.values() for mark in each if mark})
    if not different:
        if source.mark is None or "currency" in layout.roles:
            return table, layout, [], []
        said = [found(f"currency of {headers[0]}", f"{source.mark}, as the sheet shows its numbers")]
        return table, replace(layout, mark=source.mark), said, []
    said = [found(f"currency of {headers[0]}", f"{listed(different, 5)}, as it stands beside the amounts")]
    only = different[0] if len(different) == 1 else ""
    if layout.kind == "wide":
        if not only:
            raise MrrError(f"the amounts are in {', '.join(different)}; put each currency into a schedule of its own")
        return table, replace(layout, mark=only), said, []
    header = headers[0]
    if "currency" in layout.roles:
        return table, layout, said, [(header, _others(table, header, layout.roles["currency"], marks[header]))]
    if only in SHARED and not rates.latest:
        return table, replace(layout, mark=only), said, []
    known = {mark: _among(mark, rates) for mark in different}
    amounts = table[SOURCE + header].to_list()
    # Nothing is nothing in any currency.
    column = [
        known.get(mark or only or (different[0] if _is_nothing(amount) else ""), "")
        for amount, mark in zip(amounts, marks[header])
    ]
    table = table.with_columns(nw.new_series(made_column(table, MARK), column, nw.String, backend=table.implementation))
    return table, replace(layout, roles={**layout.roles, "currency": MARK}), said, []


def _marks(table: Any, header: str) -> list[str | None]:
    """The currency beside each amount of a column."""
    column = table[SOURCE + header]
    if column.dtype.is_numeric():
        return []
    texts = column.to_list()
    known = {text: currency_of(text) for text in _different(column, texts) if isinstance(text, str)}
    if not any(known.values()):
        return []
    return [known[text] if isinstance(text, str) else None for text in texts]


def _different(column: Any, texts: list[Any]) -> list[Any]:
    return list(column.unique().to_list()) if column.dtype == nw.String else texts


def _is_nothing(amount: Any) -> bool:
    """Whether a cell is blank or 0."""
    if isinstance(amount, str):
        return is_missing(amount) or number_of(amount) == 0
    return is_nothing(amount) or amount == 0


def _among(mark: str, rates: Rates) -> str:
    """The currency of the rates that a sign stands for, if it is one of them only."""
    candidates = SHARED.get(mark, frozenset()) & set(rates.latest)
    return min(candidates) if len(candidates) == 1 else mark


def _others(table: Any, header: str, currency: str, marks: list[str | None]) -> Wrong:
    """The amounts beside which another currency stands than in the column of currencies."""
    rows = zip(table["row"].to_list(), table[SOURCE + header].to_list(), table[SOURCE + currency].to_list(), marks)
    wrong = []
    for row, amount, name, mark in rows:
        code = "" if is_nothing(name) else code_of(str(name))
        if mark and code and code != mark and code not in SHARED.get(mark, frozenset()):
            wrong.append((row, amount, f"{shown(amount)} is in {mark}, and column {currency} says {name}"))
    return wrong
