"""The words of a ledger as LAMBDAs: names, numbers, days, intervals, statuses and kinds of charge."""

from __future__ import annotations

from collections.abc import Sequence

from mrr_xl.date_texts import folded
from mrr_xl.ledger import amounts, pricing
from mrr_xl.months import AFTER_LAST_SERIAL, FIRST_SERIAL

#: The day of an end that is not there.
OPEN = 2_958_465


def _table(rows: Sequence[tuple[object, ...]]) -> str:
    """Rows as a constant of a formula."""
    lines = [",".join(f'"{item}"' if isinstance(item, str) else str(item) for item in row) for row in rows]
    return "{" + ";".join(lines) + "}"


def _intervals() -> list[tuple[object, ...]]:
    """A word, how many of its unit are billed at a time, and what one of them is of a month: above ÷ below."""
    rows: list[tuple[object, ...]] = []
    for word in [*pricing.UNIT_OF, "weeks", "days", "months", "years", "quarters", "once"]:
        share = pricing.share_of_month(word)
        rows.append((word, share.numerator, share.denominator))
    return rows


def _joined(word: str) -> str:
    return word.replace("_", "")


#: The states that the LAMBDAs tell apart: past due counts, what is unpaid has stopped like what is paused, and a trial
#: never was paid for.
_SAME = {amounts.PAST_DUE: amounts.COUNTED, amounts.UNPAID: amounts.PAUSED}
_SAME |= dict.fromkeys(amounts.TRIALS, amounts.NEVER)
_STATES = [(_joined(word), _SAME.get(state, state)) for state, words in amounts.STATUSES.items() for word in words]
_STATES += [
    (form, _SAME.get(state, state))
    for english, words in amounts.STATUSES_ABROAD.items()
    if (state := amounts.state_of(english)) is not None
    for word in words
    for form in dict.fromkeys([word.replace(" ", ""), folded(word).replace(" ", "")])
]
_KINDS = [(_joined(word), kind) for kind, words in amounts.KINDS.items() for word in words if word]

WORDS = {
    "LEDGER_INTERVALS": ("an interval, and its share of a month: above and below the line", _table(_intervals())),
    "LEDGER_STATES": ("a status: 0 counts, 1 stopped for a while, 2 is over, 3 was never paid for", _table(_STATES)),
    "LEDGER_KINDS": ("the kinds of charge; only recurring ones count", _table(_KINDS)),
    "LEDGER_NAME": (
        "names without blanks around them; an error for a name whose blanks can't be told",
        """LAMBDA(cells,
        LET(
            said, SUBSTITUTE(cells & "", UNICHAR(160), " "),
            IF(ISNUMBER(FIND("  ", said)) + (CLEAN(said) <> said), VALUE("a name holds blanks that can't be told"),
            IF(IF(ISNUMBER(cells), ABS(cells) >= 1E15, FALSE), VALUE("a number is too long"), TRIM(said)))))""",
    ),
    "LEDGER_WORD": (
        "words without case, blanks, hyphens and underscores",
        'LAMBDA(cells, SUBSTITUTE(SUBSTITUTE(SUBSTITUTE(LOWER(TRIM(cells)), " ", ""), "_", ""), "-", ""))',
    ),
    "LEDGER_NUMBER": (
        "numbers of 0 or more; usual: what a blank cell is",
        """LAMBDA(cells, usual,
        IF(cells = "", usual, IF(ISNUMBER(cells), IF(cells < 0, VALUE("a number is negative"), cells),
        VALUE("a text is not a number"))))""",
    ),
    "LEDGER_DAY": (
        "days without the time of day; usual: what a blank cell is",
        f"""LAMBDA(cells, usual,
        IF(cells = "", usual, IF(ISNUMBER(cells),
        IF((cells >= {FIRST_SERIAL}) * (cells < {AFTER_LAST_SERIAL}), INT(cells), VALUE("not a day")),
        VALUE("a text is not a day"))))""",
    ),
    "LEDGER_SHARE": (
        "an interval's share of a month, above (1) or below (2) the line: month, Quarterly, 3 months ...",
        """LAMBDA(interval, part,
        LET(
            said, LOWER(TRIM(interval)),
            before, IFERROR(TEXTBEFORE(said, " "), ""),
            times, IFERROR(VALUE(before), 0),
            counted, (times >= 1) * (times = INT(times)) * (times < 10000000) * (times & "" = before),
            word, IF(counted, TEXTAFTER(said, " "), said),
            share, XLOOKUP(word, CHOOSECOLS(LEDGER_INTERVALS, 1), CHOOSECOLS(LEDGER_INTERVALS, 1 + part),
                VALUE("not a known interval")),
            IF(counted * (word = "once"), VALUE("not a known interval"),
            IF(counted * (part = 2), share * times, share))))""",
    ),
    "LEDGER_MILLIONTHS": (
        "a month's share of an amount in whole millionths, rounded half up",
        """LAMBDA(amount, above, below,
        LET(
            whole, INT(amount * 1000000 + 0.5),
            over, amount * 1000000 - whole,
            rest, IF(ABS(over) <= amount * (1000000 * 2 ^ -50), 0, over),
            parts, INT(whole / below),
            shared, (whole - parts * below) * above + rest * above,
            noise, whole * (2 ^ -50 * above / below),
            parts * above + INT(shared / below + (IF(noise > 0.0001, 0.0001, noise) + 0.5))))""",
    ),
}  # fmt: skip
