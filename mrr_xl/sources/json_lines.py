"""JSON: one object a line, an array of objects, or a list as an API gives it: {"data": [...]} or {"entries": [...]}."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NoReturn

import narwhals.stable.v2 as nw

from mrr_xl.answers import PROBLEM, Answer
from mrr_xl.errors import MrrError, shown
from mrr_xl.errors import listed as named
from mrr_xl.sources.billing import export_of
from mrr_xl.sources.table import Table, found, frame_of

ROW = "(row)"  #: the column that says which object a row is
#: Under which key an API's answer has its list: Stripe's (https://docs.stripe.com/api/pagination), ChartMogul's
#: (https://dev.chartmogul.com/reference/list-activities).
_LISTS = ("data", "entries")

Record = dict[str, Any]


def read_json(content: bytes, name: str) -> Table:
    """The table of a file of JSON objects. Raises MrrError.

    Objects that a billing system's API gives become what its module makes of them. Of others, each is a row; an object
    within becomes columns parent.child, and a list within stays the text that it is. A row's number is that of its
    object, the first being 1: that of its line, where each object has one.
    """
    try:
        return _table(content.decode("utf-8-sig"), name)
    except UnicodeDecodeError:
        raise MrrError(f"{name} is not UTF-8 text, as JSON has to be; export it again") from None
    except RecursionError:
        raise MrrError("the JSON is nested too deeply; give a list of objects") from None


def _table(text: str, name: str) -> Table:
    records, answers = _records(text, name)
    if not records:
        raise MrrError(f"{name} has no objects; give a list of subscriptions")
    export = export_of(list(records[0]), records=True)
    if export is None:
        return Table(_flat(records, name), answers, row=ROW)
    table = export.read(records)
    return replace(table, answers=(*answers, found("billing system", export.what), *table.answers))


def _records(text: str, name: str) -> tuple[list[Record], tuple[Answer, ...]]:
    """The objects of a file, and whether it says that there are more."""
    try:
        documents = [_parsed(text)]
    except json.JSONDecodeError as error:
        if error.msg != "Extra data":
            raise _broken(name, error) from None
        documents = list(_lines(text, name))
    records: list[Record] = []
    goes_on, others = False, list[str]()
    for document in documents:
        listed = _listed(document)
        records += [document] if listed is None else listed
        others += [] if listed is None or listed is document else _other_lists(document, listed)
        goes_on = isinstance(document, dict) and listed is not None and document.get("has_more") is True
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict):
            raise MrrError(f'{name}: object {number} is {shown(record)}; give objects, such as {{"id": 1}}')
        if (twice := _key_twice(record)) is not None:
            raise MrrError(f"{name}: object {number} has {twice} twice; rename one of them")
    for document in documents:
        if isinstance(document, _Twice):
            raise MrrError(f"{name} has {document.key} twice; rename one of them")
    answers = []
    if others:
        left = named(list(dict.fromkeys(others)), 5)
        left_out = f"{name} has other lists of objects, of which nothing is read: {left}; give each its own file"
        answers.append(("other lists", PROBLEM, len(others), None, left_out))
    says = f"{name} says that there is more (has_more), and only its {len(records):,} objects are read: export the rest"
    if goes_on:
        answers.append(("rest of the list", PROBLEM, len(records), None, says))
    return records, tuple(answers)


def _lines(text: str, name: str) -> Iterator[Any]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield _parsed(line)
            except json.JSONDecodeError as error:
                raise _broken(name, error, number) from None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number, object_pairs_hook=_object)
    except (json.JSONDecodeError, MrrError):
        raise
    except ValueError:
        raise MrrError("the JSON holds a number with too many digits; export it again") from None


def _no_number(constant: str) -> NoReturn:
    raise MrrError(f"the JSON holds {constant}, which is not a number; export it again")


class _Twice(dict[str, Any]):
    """An object in whose text a key stands twice; dict keeps the last value."""

    key = ""


def _object(pairs: list[tuple[str, Any]]) -> Record:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    keys = [key for key, _ in pairs]
    found = _Twice(pairs)
    found.key = next(key for key in keys if keys.count(key) > 1)
    return found


def _key_twice(value: Any) -> str | None:
    """The key that stands twice in an object, or in one within it, as parent.child."""
    if isinstance(value, _Twice):
        return value.key
    inside = value.items() if isinstance(value, dict) else (("", each) for each in value)
    for key, each in inside:
        if isinstance(each, (dict, list)) and (twice := _key_twice(each)) is not None:
            return f"{key}.{twice}" if key else twice
    return None


def _broken(name: str, error: json.JSONDecodeError, line: int | None = None) -> MrrError:
    what = f"{error.msg[:1].lower()}{error.msg[1:]}"
    return MrrError(f"{name} is not JSON: line {line or error.lineno}, character {error.colno}: {what}")


def _listed(document: Any) -> list[Any] | None:
    """The list that a document is or holds; None if it is an object of its own."""
    if isinstance(document, list):
        return document
    if isinstance(document, dict):
        return next((document[key] for key in _LISTS if isinstance(document.get(key), list)), None)
    return None


def _other_lists(document: Record, read: list[Any]) -> list[str]:
    """The keys of a document's other lists of objects."""
    lists = ((key, value) for key, value in document.items() if isinstance(value, list) and value is not read)
    return [key for key, value in lists if any(isinstance(one, dict) for one in value)]


def _flat(records: list[Record], name: str) -> nw.DataFrame[Any]:
    """Objects as a table: a column for each key in the order in which they appear."""
    rows = [_columns(record, number, name) for number, record in enumerate(records, 1)]
    headers = list(dict.fromkeys(header for row in rows for header in row))
    columns: dict[str, list[Any]] = {header: [row.get(header) for row in rows] for header in headers}
    return frame_of({ROW: list(range(1, len(rows) + 1))} | columns)


def _columns(record: Record, number: int, name: str) -> Record:
    """An object's values by header.

    >>> _columns({"id": 7, "plan": {"id": "pro", "seats": [1, 2]}}, 1, "a.json")
    {'id': 7, 'plan.id': 'pro', 'plan.seats': '[1, 2]'}
    """
    columns: Record = {}
    for key, value in record.items():
        within = _columns(value, number, name) if isinstance(value, dict) else {"": value}
        for child, cell in within.items():
            header = f"{key}.{child}" if child else key
            if header in columns:
                raise MrrError(f"{name}: object {number} has {header} twice; rename one of them")
            columns[header] = json.dumps(cell, ensure_ascii=False) if isinstance(cell, list) else cell
    return columns
