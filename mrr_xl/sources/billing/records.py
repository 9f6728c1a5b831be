"""What is in an API's JSON object where it has the kind that is asked for."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]


def object_in(value: Any) -> Record:
    """An object; an empty one for anything else.

    >>> object_in({"id": "cus_1"}), object_in("cus_1"), object_in(None)
    ({'id': 'cus_1'}, {}, {})
    """
    return value if isinstance(value, dict) else {}


def objects_in(value: Any) -> list[Record]:
    """The objects of a list, or of one that an API gives as {"data": [...]}."""
    listed = object_in(value).get("data") if isinstance(value, dict) else value
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def id_of(value: Any) -> str | None:
    """The id of an object, of which there may be only the id.

    >>> id_of({"id": "cus_1", "name": "Ada"}), id_of("cus_1"), id_of(None)
    ('cus_1', 'cus_1', None)
    """
    found = value.get("id") if isinstance(value, dict) else value
    return None if found is None else str(found)
