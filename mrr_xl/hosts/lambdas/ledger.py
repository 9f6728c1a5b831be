"""The ledger read once, as LAMBDAs: the changes, headed by what the functions need besides."""

from __future__ import annotations

from mrr_xl.metrics import REGISTRY

#: What stands in the first cell of a ledger that MRR_LEDGER has spilled.
SIGN = "ledger of MRR"
GROSS_MARGIN, RETENTION_MONTHS = "INDEX(known, 1, 3)", "INDEX(known, 1, 4)"

LEDGER = {
    "LEDGER_READ": (
        "the changes below a row with the last month reported, margin and span of retention; such a table as it is",
        f"""LAMBDA(data, where, settings, rates,
        IF(IFERROR(INDEX(data, 1, 1) = "{SIGN}", FALSE),
        IF(SUM(--(where <> "")) + SUM(--(settings <> "")) + SUM(--(rates <> "")) > 0,
            VALUE("a spilled ledger has its settings and rates, and no other columns for a condition"), data),
        LET(
            lines, LEDGER_LINES(data, where, settings, rates),
            history, LEDGER_CHANGES(lines, settings),
            through, LEDGER_THROUGH(lines, settings, Complete_through),
            head, HSTACK("{SIGN}", through, LEDGER_SETTING(settings, "gross_margin", 1),
                LEDGER_SETTING(settings, "retention_months", 12), "", ""),
            IF(ISERROR(INDEX(history, 1, 1)), VALUE("the data can't be computed"), VSTACK(head, history)))))""",
    ),
    "LEDGER_REPORTED": (
        "the last month reported of a ledger",
        """LAMBDA(known, IF(ISERROR(INDEX(known, 1, 1)), VALUE("the data can't be computed"), INDEX(known, 1, 2)))""",
    ),
    "LEDGER_PAYS": (
        "what each customer of a ledger pays in a month, in millionths; a row each, in the ledger's order",
        """LAMBDA(known, at,
        LET(
            history, DROP(known, 1), name, CHOOSECOLS(history, 1),
            first, NOT(EXACT(name, DROP(VSTACK(" ", name), -1))),
            who, SCAN(0, --first, LAMBDA(sofar, another, sofar + another)),
            key, who * 100000 + CHOOSECOLS(history, 2),
            wanted, SEQUENCE(MAX(who)),
            place, MATCH(wanted * 100000 + at, key, 1),
            IF((INDEX(who, place) = wanted) * (INDEX(name, place) <> ""), INDEX(CHOOSECOLS(history, 5), place), 0)))""",
    ),
    "LEDGER_DATE": (
        "the first day of a month given as LEDGER_SLOT gives it",
        "LAMBDA(slot, DATE(INT(slot / 12), slot - 12 * INT(slot / 12) + 1, 1))",
    ),
    "MRR_LEDGER": (
        f"{REGISTRY['MRR_LEDGER'].summary} Here it spills: give it as B1#.",
        """LAMBDA(data, [settings], [rates],
        LEDGER_READ(data, "", IF(ISOMITTED(settings), "", settings), IF(ISOMITTED(rates), "", rates)))""",
    ),
}  # fmt: skip
