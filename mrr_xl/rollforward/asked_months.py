"""The months that a user asks for, who may name a quarter or a year as well."""

from __future__ import annotations

from mrr_xl.errors import MrrError, shown
from mrr_xl.months import Month, Span, month_label, read_month, read_span
from mrr_xl.rollforward.bridge import last_of, step
from mrr_xl.settings import FISCAL, Settings


def limits(value: object, settings: Settings) -> tuple[Month, Month]:
    """The first and the last month of what is asked for: of a month, it is itself. Raises MrrError.

    >>> [month_label(month) for month in limits("2024-Q2", Settings())]
    ['2024-04', '2024-06']
    """
    span = _span(value, settings)
    if span is None:
        month = read_month(value)
        return month, month
    return span.first, span.last


def one_month(value: object, settings: Settings) -> Month:
    """A month, or the last one of a quarter or a year where figures are of those. Raises MrrError.

    >>> month_label(one_month("2024-Q2", Settings(period="quarter")))
    '2024-06'
    """
    span = _span(value, settings)
    if span is None:
        return read_month(value)
    length = span.last - span.first + 1
    if step(settings) == length and last_of(span.first, settings) == span.last:
        return span.last
    sentence = f"{shown(value)} is not a month; write it as {month_label(span.last)}"
    raise MrrError(f"{sentence}, or set period to {'fiscal_' * span.fiscal}{span.word}")


def _span(value: object, settings: Settings) -> Span | None:
    begins = settings.fiscal_year_begins
    span = read_span(value, begins)
    if span is not None and settings.period in FISCAL and begins > 1 and not span.fiscal:
        quarter = f"-Q{span.last % 12 // 3 + 1}" if span.word == "quarter" else ""
        raise MrrError(
            f"{shown(value)} may be a calendar or a fiscal {span.word}; write FY{span.last // 12}{quarter}, or a month "
            f"such as {month_label(span.last)}"
        )
    return span
