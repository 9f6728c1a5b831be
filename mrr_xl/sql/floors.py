"""The floors of a book as steps of Ibis, each over a table that is named after the floor before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import ibis
import ibis.expr.operations as ops
import narwhals.stable.v2 as nw

from mrr_xl import cell_errors
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.written import DATES
from mrr_xl.months import Month
from mrr_xl.rollforward.changes import change_log
from mrr_xl.rollforward.periods import deltas, paid_periods
from mrr_xl.settings import Settings
from mrr_xl.sources.columns import INTERVAL
from mrr_xl.sources.number_texts import LOST
from mrr_xl.sql.readable import REFUSED
from mrr_xl.sql.typed import GIVEN

#: What only the cells of a spreadsheet can hold.
_OF_CELLS = (cell_errors.mend(cell_errors.NOT_COMPUTED), cell_errors.mend("{value}"), LOST)


def floors(lines: Ledger, settings: Settings, through: Month) -> dict[str, Any]:
    """The floors from the lines to the change log by name, each with the columns that the next one needs.

    lines: over a table of a database, as `typed` gives them.
    """
    read: Any = lines.frame.to_native()
    ledger = _checked(replace(lines, frame=_named("lines", read)))
    above = replace(lines, frame=_named("ledger", ledger), of=lines.whole)
    periods = _native(paid_periods(above, settings)).select("customer", "start", "end", "mrr")
    parts = _native(deltas(_named("periods", periods), settings))
    log = change_log(_named("deltas", parts), settings).filter(nw.col("month") <= through)
    changes = _native(log).select("customer", "month", "before", "after", "movement")
    parts = parts.select(*_used(changes, "deltas", parts))
    ledger = _checked(replace(lines, frame=_named("lines", read)), _used(periods, "ledger", ledger))
    read = read.select(*_used(ledger, "lines", read))
    return {"lines": read, "ledger": ledger, "periods": periods, "deltas": parts, "changes": changes}


def used_of_given(lines: Any) -> list[str]:
    """The columns of the user's table that the lines need, in their order."""
    table = next(node for node in lines.op().find(ops.DatabaseTable))
    return _used(lines, GIVEN, table.to_expr())


def _checked(lines: Ledger, columns: Sequence[str] | None = None) -> Any:
    """The lines, of which a day or the MRR fails with a sentence where something is wrong with it.

    A wrong day fails by itself: whether an engine looks at a line's MRR if its days leave it out is not known. columns:
    those that the lines have; else all.
    """
    frame: Any = lines.frame
    table = _native(frame)
    refused = [(wrong, role, text) for wrong, role, text in lines.refused if text not in _OF_CELLS]
    refused = [(wrong, role, text) for wrong, role, text in refused if lines.layout.roles[role] != INTERVAL]
    flags = {f"wrong_{place}": wrong for place, (wrong, _, _) in enumerate(refused)}
    values = _native(frame.with_columns(**flags)).op().values
    customer = table["customer"].fill_null("")
    branches: dict[str, list[Any]] = {}
    for name, (_, role, text) in zip(flags, refused):
        sentence = _refused(customer.concat(f": {_sentence(lines.layout.roles[role], text)}"))
        column = "start" if role == "month" else role if role in DATES else "mrr"
        branches.setdefault(column, []).append((values[name].to_expr(), sentence))
    names = table.columns if columns is None else columns
    checked = {
        name: ibis.cases(*branches[name], else_=table[name]) if name in branches else table[name] for name in names
    }
    return table.select(**checked)


def _sentence(header: str, sentence: str) -> str:
    """What is said of a line, without the value."""
    says = (
        sentence.replace("{value}", "a value", 1)
        if sentence.startswith("{value}")
        else sentence.replace("{value} ", "")
    )
    return f"column {header}: {says}"


def _refused(sentence: Any) -> Any:
    @ibis.udf.scalar.builtin(name=REFUSED, signature=((str,), int))
    def refused(text):  # type: ignore[no-untyped-def]
        ...

    return refused(sentence)


def _native(frame: Any) -> Any:
    return frame.to_native()


def _named(name: str, table: Any) -> Any:
    """A table of that name with the columns of another one, of which nothing else is known."""
    return nw.from_native(ibis.table(table.schema(), name=name))


def _used(expression: Any, name: str, table: Any) -> list[str]:
    """The columns of a table of that name at which an expression looks, in their order."""
    fields = expression.op().find(ops.Field)
    used = {field.name for field in fields if getattr(_rows_of(field.rel), "name", None) == name}
    return [column for column in table.columns if column in used]


def _rows_of(relation: Any) -> Any:
    """The table whose columns a relation has, if it only picks rows of one."""
    while isinstance(relation, (ops.Filter, ops.Sort, ops.Distinct, ops.JoinReference)):
        relation = relation.parent
    return relation
