"""A change of price written into columns of its own → two lines: the old price until that day, the new one from it on.

Such a table has one column for the day (plan_change_date, Upgraded at) and one for the other price (new_mrr, New price,
previous mrr). Beside them, "new" and another column's header is what that column says after the change: new_plan
changes plan. Where it is not clear which column is which, nothing is changed, and MRR_CHECKS says that such a column
is not used.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.answers import NOTE, OK, Answer
from mrr_xl.errors import MrrError, cell, shown
from mrr_xl.months import Day, read_day
from mrr_xl.sources.billing.export import FIXED, ROW
from mrr_xl.sources.columns import recognise
from mrr_xl.sources.headers import words
from mrr_xl.sources.number_texts import is_nothing
from mrr_xl.sources.table import Table

_CHANGED = {"change", "changed", "upgrade", "upgraded", "downgrade", "downgraded", "switch", "switched"}
_DAY = {"date", "day", "at", "on"}
_BESIDE_DAY = {"plan", "price", "mrr", "amount", "fee", "subscription", "tier", "of", "effective", "last"}
_NEW, _OLD = {"new", "next", "updated", "upgraded", "changed"}, {"previous", "old", "prior", "former"}
_PRICES = {"mrr", "amount", "price", "fee"}
_BESIDE_PRICE = {"monthly", "unit", "plan", "subscription", "recurring", "per", "month"}
#: Statuses of today that say that a line stopped: from which day on is not known of either of two lines.
_STOPPED = {"paused", "suspended", "on hold", "on_hold", "frozen", "halted", "unpaid", "expired", "lapsed"}


@dataclass(frozen=True)
class _Columns:
    """The headers of the day of the change and of the price that it changes, and of what else is new after it."""

    day: str
    price: str
    other: str  #: the other price
    other_is_new: bool
    new: Mapping[str, str]  #: a column → the one that holds what it says after the change
    roles: Mapping[str, str]


def split_changes(table: Table, given: Sequence[str] = ()) -> Table:
    """A table with a line for each price. given: the headers that the user says are something else. Raises MrrError."""
    frame: Any = table.frame
    if table.roles is not None or not isinstance(frame, nw.DataFrame):
        return table
    columns = _columns([header for header in frame.columns if header != table.row])
    if columns is None or {columns.day, columns.other} & set(given):
        return table
    cells = {header: frame[header].to_list() for header in frame.columns}
    rows = [int(row) for row in cells[table.row]] if table.row else list(range(2, len(frame) + 2))
    changed = [not _is_blank(day) or not _is_blank(new) for day, new in zip(cells[columns.day], cells[columns.other])]
    status = columns.roles.get("status")
    if status and any(did and str(word).strip().lower() in _STOPPED for did, word in zip(changed, cells[status])):
        return table
    _refuse_without_a_day(columns, cells, rows, changed, table.files)
    return _split(table, columns, cells, rows, changed)


def _columns(headers: Sequence[str]) -> _Columns | None:
    days = [header for header in headers if _is_day(set(words(header)))]
    news = [header for header in headers if _is_price(set(words(header)), _NEW)]
    olds = [header for header in headers if _is_price(set(words(header)), _OLD)]
    if len(days) != 1 or (len(news), len(olds)) not in ((1, 0), (0, 1), (1, 1)):
        return None
    other = (news or olds)[0]
    new = {base: header for header in headers for base in headers if header != base and _is_new_of(header, base)}
    new = {base: header for base, header in new.items() if header not in (*days, *news, *olds)}
    rest = [header for header in headers if header not in (*days, *news, *olds, *new.values())]
    try:
        if news and olds:
            # Without a price of their own, the two are the prices.
            base = "mrr" if {"mrr", "monthly"} & set(words(olds[0])) else "amount"
            roles = recognise([*rest, base]).roles
            price = olds[0]
        else:
            roles = recognise(rest).roles
            price = roles.get("mrr") or roles["amount"]
    except MrrError:
        return None
    role = "mrr" if "mrr" in roles else "amount"
    if "start" not in roles or not _alike(set(words(price)), set(words(other)), role):
        return None
    return _Columns(days[0], price, other, bool(news), new, roles)


def _is_day(spelled: set[str]) -> bool:
    return bool(spelled & _CHANGED and spelled & _DAY) and spelled <= _CHANGED | _DAY | _BESIDE_DAY


def _is_price(spelled: set[str], when: set[str]) -> bool:
    return bool(spelled & when and spelled & _PRICES) and spelled <= when | _PRICES | _BESIDE_PRICE


def _is_new_of(header: str, base: str) -> bool:
    spelled = words(header)
    return spelled[:1] == ["new"] and spelled[1:] == words(base)


def _alike(price: set[str], other: set[str], role: str) -> bool:
    """Whether two prices are of one kind: an MRR is no price of an interval."""
    monthly = [bool({"mrr", "monthly", "month"} & spelled) for spelled in (price, other)]
    return monthly[0] == monthly[1] and bool(price & other & _PRICES or role == "amount" or all(monthly))


def _split(table: Table, columns: _Columns, cells: dict[str, list[Any]], rows: list[int], changed: list[bool]) -> Table:
    start, end = columns.roles["start"], columns.roles.get("end", "end")
    ends = cells.get(end, [None] * len(rows))
    lines: list[tuple[int, bool, Any, Any]] = []  # its place, whether it is after the change, its start and end
    late: list[int] = []
    for place, row in enumerate(rows):
        began, ended = cells[start][place], ends[place]
        if not changed[place]:
            lines.append((place, not columns.other_is_new, began, ended))
            continue
        day = _changed_on(cells, columns, place, row, began, table.files)
        if (until := _day(ended)) is not None and (on := _day(day)) is not None and on >= until:
            late.append(row)
            lines.append((place, False, began, ended))
        else:
            lines += [(place, False, began, day), (place, True, day, ended)]
    places = [place for place, *_ in lines]
    made = {header: [cells[header][place] for place in places] for header in cells if header != table.row}
    first, second = (columns.price, columns.other) if columns.other_is_new else (columns.other, columns.price)
    prices = [cells[second if after else first][place] for place, after, *_ in lines]
    for base, header in columns.new.items():
        made[base] = [
            cells[header if after and not _is_blank(cells[header][place]) else base][place]
            for place, after, *_ in lines
        ]
    for gone in (columns.day, columns.other, columns.price, *columns.new.values()):
        made.pop(gone, None)
    name = columns.roles.get("mrr") or columns.roles["amount"]
    made |= {name: prices, start: [began for _, _, began, _ in lines], end: [ended for *_, ended in lines]}
    lacking = tuple(header for header in (name, end) if header not in cells)
    kept = set(late)
    made[FIXED] = [not after and changed[place] and rows[place] not in kept for place, after, *_ in lines]
    made[ROW] = [rows[place] for place in places]
    columns_ = {header: _one_type(values) for header, values in made.items()}
    answers = (*table.answers, *_answers(columns, rows, changed, late))
    frame = nw.from_dict(columns_, backend=table.frame.implementation)
    return replace(table, frame=frame, row=ROW, fixed=FIXED, answers=answers, made=lacking)


def _answers(columns: _Columns, rows: list[int], changed: list[bool], late: list[int]) -> list[Answer]:
    kept = set(late)
    both = [row for row, did in zip(rows, changed) if did and row not in kept]
    first, second = (columns.price, columns.other) if columns.other_is_new else (columns.other, columns.price)
    says = f"{first} until the day in {columns.day}, and {second} from that day on"
    answers: list[Answer] = [("changes of price", OK, len(both), both[0] if both else None, says)]
    if late:
        says = f"{columns.day} is not before the end of these lines, so they keep their price"
        answers.append(("changes of price after the end", NOTE, len(late), late[0], says))
    return answers


def _one_is_blank(row: int, blank: str, filled: str, files: Sequence[str]) -> MrrError:
    return MrrError(f"{cell(row, blank, files)}: it is blank, and {filled} is not; fill in both or neither")


def _refuse_without_a_day(
    columns: _Columns, cells: Mapping[str, list[Any]], rows: list[int], changed: list[bool], files: Sequence[str]
) -> None:
    """Raise MrrError for a new quantity, interval and the like in a row without a day of the change."""
    for base, header in columns.new.items():
        if base in columns.roles.values():
            for row, did, now, then in zip(rows, changed, cells[base], cells[header]):
                if not did and not _is_blank(then) and then != now:
                    raise _one_is_blank(row, columns.day, header, files)


def _changed_on(
    cells: dict[str, list[Any]], columns: _Columns, place: int, row: int, began: Any, files: Sequence[str]
) -> Any:
    """The day of a line's change. Raises MrrError if it or the other price is missing, or if it is before the start."""
    day = cells[columns.day][place]
    for blank, filled in ((columns.day, columns.other), (columns.other, columns.day)):
        if _is_blank(cells[blank][place]):
            raise _one_is_blank(row, blank, filled, files)
    on, since = _day(day), _day(began)
    if on is not None and since is not None and on < since:
        raise MrrError(f"{cell(row, columns.day, files)}: the change {shown(day)} is before the start")
    return day


def _day(value: Any) -> Day | None:
    """A day that is written such that it can be only one; None for others, which the ledger reads."""
    try:
        return None if _is_blank(value) else read_day(value)
    except MrrError:
        return None


def _is_blank(value: Any) -> bool:
    return is_nothing(value) or (isinstance(value, str) and not value.strip())


def _one_type(values: list[Any]) -> list[Any]:
    """Values of two columns as one: dates and texts together as texts."""
    kinds = {type(value) for value in values if value is not None}
    if len(kinds) < 2:
        return values
    if kinds == {int, float}:
        return [None if value is None else float(value) for value in values]
    return [value if value is None or isinstance(value, str) else _text(value) for value in values]


def _text(value: Any) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, (dt.date, dt.datetime)) else str(value)
