"""MRR_CHECKS as a LAMBDA: why the data can't be computed, with the first row and its value."""

from __future__ import annotations

from mrr_xl.metrics import REGISTRY
from mrr_xl.months import AFTER_LAST_SERIAL, FIRST_SERIAL

_NUMBERS = ("quantity", "discount", "interval_count")


def _fault(check: str, cells: str, wrong: str, says: str) -> str:
    return f'LEDGER_FAULT("{check}", {cells}, {wrong}, "{says}")'


_OF_LINES = [
    _fault("customers", "payer", '(payer = "") * NOT(blank)', "blank: give each line a customer"),
    _fault("customers", "payer", "ISERROR(LEDGER_NAME(payer))",
           "has blanks that can't be told, or too many digits: write it with single blanks, or as a text"),
    _fault("customers", "payer", "NOT(EXACT(named, XLOOKUP(named, UNIQUE(named), UNIQUE(named))))",
           "is written otherwise elsewhere: LAMBDAs can't tell capital letters from small ones"),
    _fault("starts", "begins", '(begins = "") * NOT(blank)', "blank: give each line a start"),
    _fault("starts", "begins", "LEDGER_NO_DAY(begins)", "is not a date: enter a real date"),
    _fault("ends", "ends", "LEDGER_NO_DAY(ends)", "is not a date: enter a real date, or leave it blank"),
    _fault("ends", '""', "ISNUMBER(begins) * ISNUMBER(ends) * (INT(ends) < INT(begins))",
           "an end is before the start of its line"),
    _fault("amounts", "paid", '(paid = "") * NOT(blank)', "blank: give each line an amount, 0 if it is free"),
    _fault("amounts", "paid", "LEDGER_NO_NUMBER(paid)", "is not a number of 0 or more: enter reductions as discount"),
    *[_fault(role, f'pick("{role}")', f'LEDGER_NO_NUMBER(pick("{role}"))', "is not a number of 0 or more")
      for role in _NUMBERS],
    _fault("intervals", 'pick("interval")',
           'ISERROR(LEDGER_SHARE(pick("interval"), 1)) * NOT(blank) * NOT(ISNA(XMATCH("interval", roles)))',
           "is not an interval: write month, quarter, year, 2 weeks"),
    _fault("statuses", 'pick("status")', 'ISERROR(LEDGER_STATE(pick("status")))', "is not a known status"),
    _fault("kinds", 'pick("kind")', 'ISERROR(LEDGER_COUNTED(pick("kind"), ""))', "is not a known kind of charge"),
    _fault("exchange rates", 'pick("currency")',
           'ISERROR(LEDGER_RATE(IF(blank, INDEX(pick("currency"), 1), pick("currency")), worth) + 0 * blank)',
           "needs a rate: give one for each currency"),
]  # fmt: skip

FAULTS = {
    "LEDGER_NO_DAY": (
        "1 for each cell that is neither blank nor a day",
        f"""LAMBDA(cells,
        IF(cells = "", 0, IF(ISNUMBER(cells), (cells < {FIRST_SERIAL}) + (cells >= {AFTER_LAST_SERIAL}), 1)))""",
    ),
    "LEDGER_NO_NUMBER": (
        "1 for each cell that is neither blank nor a number of 0 or more",
        'LAMBDA(cells, IF(cells = "", 0, IF(ISNUMBER(cells), --(cells < 0), 1)))',
    ),
    "LEDGER_FAULT": (
        "a row of MRR_CHECKS: check, problem, how many lines, the first one's row, what is wrong; 0 lines if none are",
        """LAMBDA(check, cells, wrong, says,
        LET(
            marks, IFERROR(--(--wrong > 0), 0),
            place, IFERROR(MATCH(1, marks, 0), 1),
            cell, IFERROR(INDEX(cells, place) & "", ""),
            HSTACK(check, "problem", SUM(marks), IF(ROWS(marks) = 1, "", place + 1),
                IF(cell = "", "", cell & " ") & says)))""",
    ),
    "MRR_CHECKS": (
        REGISTRY["MRR_CHECKS"].summary,
        f"""LAMBDA(data, [against], [where], [settings], [rates],
        LET(
            condition, IF(ISOMITTED(where), "", where),
            rules, IF(ISOMITTED(settings), "", settings),
            worth, IF(ISOMITTED(rates), "", rates),
            roles, LEDGER_MEANT(data),
            pick, LAMBDA(role, LEDGER_COLUMN(data, roles, role)),
            payer, pick("customer"), begins, pick("start"), ends, pick("end"),
            paid, pick(IF(ISNA(XMATCH("mrr", roles)), "amount", "mrr")),
            broken, BYROW(DROP(data, 1), LAMBDA(line, SUM(--ISERROR(line)))),
            blank, BYROW(DROP(data, 1), LAMBDA(line, SUM(--(line <> "")) = 0)),
            lacking, {{"customer", "start"}},
            doubtful, LEDGER_DOUBTFUL(data, roles),
            twice, MAP(roles, LAMBDA(role, (role <> "") * (role <> "?") * (SUM(--(roles = role)) > 1))),
            named, LEDGER_NAME(payer),
            picked, LEDGER_WHERE(data, condition),
            faults, VSTACK(
                LEDGER_FAULT("columns", lacking, ISNA(XMATCH(lacking, roles)), "is a column that is lacking"),
                LEDGER_FAULT("columns", "amount", ISNA(XMATCH("amount", roles)) * ISNA(XMATCH("mrr", roles)),
                    "is a column that is lacking"),
                LEDGER_FAULT("columns", TAKE(data, 1), doubtful, "may matter, but is not understood: rename it"),
                LEDGER_FAULT("columns", TAKE(data, 1), twice, "means the same as another column: rename it"),
                LEDGER_FAULT("columns", "amount and mrr",
                    ISNUMBER(XMATCH("amount", roles)) * ISNUMBER(XMATCH("mrr", roles)),
                    "both say what is paid: remove one of them"),
                LEDGER_FAULT("error cells", "", broken, "a cell holds an error: fix it first"),
                LEDGER_FAULT("settings", "", ISERROR(LEDGER_SETTINGS(rules)), "a setting can't be computed by LAMBDAs"),
                LEDGER_FAULT("condition", condition, ISERROR(SUM(picked)), "can't be read, or no line has the value"),
                {", ".join(_OF_LINES)}),
            found, FILTER(faults, CHOOSECOLS(faults, 3) > 0, ""),
            computed, NOT(ISERROR(LEDGER_REPORTED(LEDGER_READ(data, condition, rules, worth)))),
            head, {{"Check", "Result", "Lines", "First row", "Says"}},
            note, HSTACK("other checks", "note", 0, "",
                "LAMBDAs tell only why data can't be computed; mrr-xl check tells what looks odd"),
            IF(NOT(ISOMITTED(against)), VALUE("an earlier table can't be compared here"),
            VSTACK(head, IF(computed, HSTACK("lines read", "OK", SUM(NOT(blank) * picked),
                MATCH(1, NOT(blank) * picked, 0) + 1, "recognised as subscriptions"),
                IF(COLUMNS(found) = 5, found, HSTACK("data can be read", "problem", 0, "",
                    "amounts that are too large, or statuses of today beside later dates"))), note))))""",
    ),
}  # fmt: skip
