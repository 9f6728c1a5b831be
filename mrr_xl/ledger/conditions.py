"""`where`: which lines of a ledger to look at."""

from __future__ import annotations

import re
from dataclasses import replace

import narwhals.stable.v2 as nw

from mrr_xl import cell_errors
from mrr_xl.errors import MrrError, cell, shown
from mrr_xl.ledger.frames import as_text, first_row, only_value, to_memory, trimmed
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.pricing import number
from mrr_xl.ledger.reading import SOURCE
from mrr_xl.sources.number_texts import EXACT, LOST, LOST_DIGITS
from mrr_xl.sources.spelling import BLANKS, refuse_half_characters

_TERM = re.compile(r"\s*([^<>=!]+?)\s*(=|<>|!=)\s*([^<>=!].*?|)\s*")


def select(ledger: Ledger, where: str | None) -> Ledger:
    """The lines that a condition picks: "plan=Pro", "plan=Pro; region=EU", "region<>US", without regard to case.

    A column or a value that the ledger does not have is an error, so that a typing error cannot pass for 0.
    """
    frame, wanted = ledger.frame, dict[str, str]()
    refuse_half_characters(str(where or ""), "where")
    for term in str(where or "").split(";"):
        if not term.strip():
            continue
        parts = _TERM.fullmatch(term)
        if not parts:
            raise MrrError(f"condition {shown(term.strip())} can't be read; write it as plan=Pro or region<>US")
        name, sign, value = parts.groups()
        if sign == "=" and (other := wanted.setdefault(ledger.column(name), value)) != value:
            raise MrrError(f"no row can have {name} = {other} and {value} at once")
        column = nw.col(ledger.column(name))
        dtype = frame.collect_schema()[ledger.column(name)]
        if dtype.is_numeric():
            same = _equals(ledger, name, value)
        else:
            refuse_error_cells(ledger, ledger.column(name))
            same = trimmed(as_text(column).fill_null("")).str.to_lowercase() == value.strip(BLANKS).lower()
        same = same.fill_null(False)
        if (value or sign == "=") and not only_value(ledger.frame.filter(same).select(nw.len())):
            raise MrrError(f"no row has {name} = {value}{_known_values(ledger, name)}")
        frame = frame.filter(same if sign == "=" else ~same)
    return replace(ledger, frame=frame, of=ledger.whole)


def _equals(ledger: Ledger, name: str, value: str) -> nw.Expr:
    """Whether a column of numbers has this one; a whole number that no float keeps is compared by its digits."""
    column, wanted = nw.col(ledger.column(name)), number(value, f"a number, as column {name} has")
    if abs(wanted) < EXACT:
        return column.cast(nw.Float64) == wanted
    refuse_lost_digits(ledger, ledger.column(name))
    return as_text(column) == (str(int(value)) if re.fullmatch(r"[-+]?\d+", value) else value)


def refuse_lost_digits(ledger: Ledger, column: str) -> None:
    """Raises MrrError if a column has a float that may stand for several whole numbers, as those of long ids do."""
    dtype = ledger.frame.collect_schema()[column]
    if dtype.is_float():
        lost = (nw.col(column).cast(nw.Float64).abs() >= EXACT) & nw.col(column).is_finite()
    elif dtype.is_numeric():
        return
    else:
        lost = as_text(nw.col(column)).fill_null("").str.contains(LOST_DIGITS)
    wrong = ledger.frame.filter(lost)
    if only_value(wrong.select(nw.len())):
        row = first_row(wrong)
        where = cell(row.get("row"), column.removeprefix(SOURCE), ledger.files)
        raise MrrError(f"{where}: {LOST.replace('{value}', shown(row[column]))}")


def refuse_error_cells(ledger: Ledger, column: str) -> None:
    """Raises MrrError if a cell of the column is an error: what should stand there nobody knows."""
    if ledger.frame.collect_schema()[column].is_numeric():
        return
    text = trimmed(as_text(nw.col(column)).fill_null(""))
    wrong = ledger.frame.filter(text.is_in(cell_errors.UNREAD))
    if only_value(wrong.select(nw.len())):
        row = first_row(wrong.with_columns(text.alias("error")))
        where = cell(row.get("row"), column.removeprefix(SOURCE), ledger.files)
        raise MrrError(f"{where}: {cell_errors.mend(row['error'])}")


def _known_values(ledger: Ledger, name: str) -> str:
    distinct = ledger.frame.select(as_text(nw.col(ledger.column(name))).alias("value")).unique()
    values = to_memory(distinct)["value"].to_list()
    known = sorted(value for value in values if isinstance(value, str) and value)  # pandas' blank is NaN
    return f"; the column has {', '.join(known[:8])}{', ...' if len(known) > 8 else ''}" if known else ""
