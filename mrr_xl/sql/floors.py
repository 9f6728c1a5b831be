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
from mrr_xl.months import Month
from mrr_xl.rollforward.changes import change_log
from mrr_xl.rollforward.periods import deltas, paid_periods
from mrr_xl.settings import Settings
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
    """The lines, whose MRR is a sentence that fails where something is wrong with one; columns: those that it has."""
    frame: Any = lines.frame
    refused = [(wrong, role, text) for wrong, role, text in lines.refused if text not in _OF_CELLS]
    flags = {f"wrong_{place}": wrong for place, (wrong, _, _) in enumerate(refused)}
    table = _native(frame)
    wrong = _native(frame.with_columns(**flags)).op().values
    customer = table["customer"].fill_null("")
    branches = [
        (wrong[name].to_expr(), _refused(customer.concat(f": {_sentence(lines, role, text)}")))
        for name, (_, role, text) in zip(flags, refused)
    ]
    mrr = ibis.cases(*branches, else_=table["mrr"])
    if columns is None:
        return table.mutate(mrr=mrr)
    return table.select(**{name: mrr if name == "mrr" else table[name] for name in columns})


def _sentence(lines: Ledger, role: str, sentence: str) -> str:
    header = lines.layout.roles[role]
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
