"""What data is called, in messages and in the names of reports."""

from __future__ import annotations

import os
from pathlib import Path

from mrr_xl.sources.opened import PACKED, Opened
from mrr_xl.sources.place import database_file, is_url
from mrr_xl.sources.url import url_of


def name_of(data: object, number: int) -> str:
    """What a report is called after its data: the file without its ending, or the database; a frame by its number.

    >>> name_of("exports/may.csv.gz", 1), name_of("postgresql://ada:secret@localhost/billing#subs", 2)
    ('may', 'billing')
    """
    if isinstance(data, str) and is_url(data):
        return Path(url_of(data).database).stem or str(number)
    if isinstance(data, (str, os.PathLike)):
        database = database_file(os.fspath(data))
        path = Path(data) if database is None else database[0]
        return Path(path.stem).stem if path.suffix.lower() in PACKED else path.stem
    return data.name if isinstance(data, Opened) else str(number)


def file_name(data: object, number: int) -> str:
    """What messages call data: a file by its name; a database's URL may hold a password."""
    if isinstance(data, (str, os.PathLike)) and not is_url(data) and database_file(os.fspath(data)) is None:
        return Path(data).name
    return name_of(data, number)
