"""The change changes as LAMBDAs: one row for each customer and month in which what they pay changed."""

from __future__ import annotations

from mrr_xl.hosts.lambdas.words import OPEN

CHANGES = {
    "LEDGER_AS_OF": (
        "the setting as_of",
        'LAMBDA(settings, LEDGER_CHOICE(settings, "as_of", {"month_end"; "month_start"; "any_day"}))',
    ),
    "LEDGER_FIRST": (
        "the first month in which a line counts, by the setting as_of",
        """LAMBDA(moment, settings,
        LEDGER_SLOT(moment) + IF(LEDGER_AS_OF(settings) = "month_start", --(DAY(moment) > 1), 0))""",
    ),
    "LEDGER_LAST": (
        "the first month in which a line no longer counts, by the setting as_of",
        """LAMBDA(moment, settings,
        LEDGER_SLOT(moment) + IF(LEDGER_AS_OF(settings) = "month_end", 0, --(DAY(moment) > 1)))""",
    ),
    "LEDGER_MOVES": (
        "what each line adds and takes away, by who and month: who, month, millionths, day",
        f"""LAMBDA(lines, settings,
        LET(
            who, CHOOSECOLS(lines, 1), start, CHOOSECOLS(lines, 2), end, CHOOSECOLS(lines, 3),
            money, CHOOSECOLS(lines, 4),
            all, HSTACK(
                VSTACK("", who, who),
                VSTACK(0, LEDGER_FIRST(start, settings), LEDGER_LAST(end, settings)),
                VSTACK(1, money, -money * (end < {OPEN})),
                VSTACK(0, start, end)),
            SORTBY(all, CHOOSECOLS(all, 1), 1, CHOOSECOLS(all, 2), 1)))""",
    ),
    "LEDGER_BACK": (
        "for each move: the first day that its month brings (1), or the last day taken away so far (2)",
        f"""LAMBDA(moves, begins, which,
        LET(
            money, CHOOSECOLS(moves, 3), dates, CHOOSECOLS(moves, 4), usual, IF(which = 1, {OPEN}, 0),
            SCAN(0, SEQUENCE(ROWS(moves)), LAMBDA(before, place,
            LET(
                known, IF(INDEX(begins, place), usual, before),
                IF(which = 1, IF(INDEX(money, place) > 0, MIN(known, INDEX(dates, place)), known),
                IF(INDEX(money, place) < 0, MAX(known, INDEX(dates, place)), known)))))))""",
    ),
    "LEDGER_CHANGES": (
        "who, month, change, kind (new 0, reactivation 1, expansion 2, contraction 3, churn 4), MRR then, next month",
        f"""LAMBDA(lines, settings,
        LET(
            moves, LEDGER_MOVES(lines, settings), who, CHOOSECOLS(moves, 1), slot, CHOOSECOLS(moves, 2),
            before, DROP(VSTACK(" ", who), -1),
            begins, NOT(EXACT(who, before) * (slot = DROP(VSTACK(-1, slot), -1))),
            away, LEDGER_SETTING(settings, "reactivation_days", "unlimited"),
            limited, away <> "unlimited",
            sums, SCAN(0, CHOOSECOLS(moves, 3), LAMBDA(total, money, total + money)),
            returned, IF(limited, LEDGER_BACK(moves, begins, 1), slot),
            ended, IF(limited, LEDGER_BACK(moves, NOT(EXACT(who, before)), 2), slot),
            months, FILTER(HSTACK(who, slot, sums, returned, ended), DROP(VSTACK(begins, TRUE), 1)),
            running, CHOOSECOLS(months, 3),
            moved, running - DROP(VSTACK(0, running), -1),
            away_for, CHOOSECOLS(months, 4) - DROP(VSTACK(0, CHOOSECOLS(months, 5)), -1),
            changes, FILTER(HSTACK(months, moved, away_for), moved <> 0),
            name, CHOOSECOLS(changes, 1), total, CHOOSECOLS(changes, 3), change, CHOOSECOLS(changes, 6),
            first, NOT(EXACT(name, DROP(VSTACK(" ", name), -1))),
            others, SCAN(0, IF(first, total - change, -1), LAMBDA(known, level, IF(level < 0, known, level))),
            after, total - others,
            new, first + IF(limited, (after = change) * (CHOOSECOLS(changes, 7) > N(away)), 0),
            kind, IF(new, 0, IF(after = change, 1, IF(after = 0, 4, IF(change > 0, 2, 3)))),
            next, IF(DROP(VSTACK(first, TRUE), 1), {OPEN}, DROP(VSTACK(CHOOSECOLS(changes, 2), 0), 1)),
            IF(SUM(--NOT(EXACT(who, before))) > ROWS(UNIQUE(who)), VALUE("names differ in their case only"),
            IF(limited * NOT(ISNUMBER(away)), VALUE("reactivation_days is not a number"),
            IF((ROWS(changes) = 1) * (SUM(CHOOSECOLS(lines, 4)) > 0)
                * (LEDGER_SETTING(settings, "end_date", "") <> "inclusive"), VALUE("no line runs past a month's end"),
            HSTACK(name, CHOOSECOLS(changes, 2), change * (name <> ""), IF(name = "", 9, kind), after, next))))))""",
    ),
}  # fmt: skip
