"""Values of a column that differ in case alone: a condition takes them as one, and segments as several."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.answers import NOTE, Answer
from mrr_xl.errors import listed
from mrr_xl.ledger.doubts import unused
from mrr_xl.ledger.reading import SOURCE
from mrr_xl.rollforward.book import Book

_TEXTS = (nw.String, nw.Categorical, nw.Enum)
_MOST = 200  #: values of a column whose segments somebody looks at; others are remarks


def spellings(book: Book) -> list[Answer]:
    """A note for each column of segments with such values, where the table is in memory."""
    ledger = book.ledger
    product = [ledger.layout.roles["product"]] if "product" in ledger.layout.roles else []
    return [answer for header in [*product, *unused(ledger)] if (answer := _of_column(ledger.frame, header))]


def _of_column(frame: Any, header: str) -> Answer | None:
    if not isinstance(frame, nw.DataFrame) or not isinstance(frame[SOURCE + header].dtype, _TEXTS):
        return None
    texts = {value.strip() for value in frame[SOURCE + header].unique().to_list() if isinstance(value, str)}
    if len(texts) > _MOST:
        return None
    alike: dict[str, list[str]] = {}
    for text in sorted(texts):
        alike.setdefault(text.lower(), []).append(text)
    several = [" and ".join(group) for group in alike.values() if len(group) > 1]
    if not several:
        return None
    sentence = f"{listed(several, 3)} are segments of their own, and one to a condition: write them alike"
    return f"spellings in {header}", NOTE, 0, None, sentence
