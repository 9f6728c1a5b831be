"""The tables as LAMBDAs, spilled with their headers: movements, schedule, customers, cohorts."""

from __future__ import annotations

from mrr_xl.hosts.lambdas.figures import SERIES
from mrr_xl.metrics import REGISTRY
from mrr_xl.metrics.cohorts import PERIODS
from mrr_xl.rollforward.changes import MOVEMENTS

_READ = (
    'LEDGER_READ(data, IF(ISOMITTED(where), "", where), IF(ISOMITTED(settings), "", settings), '
    'IF(ISOMITTED(rates), "", rates))'
)
_LEFT_OUT = 'IF(ISOMITTED(%s), "", %s)'


def _given(name: str) -> str:
    return _LEFT_OUT % (name, name)


#: The columns of MRR_MOVEMENTS, and the functions that give them.
_COLUMNS = {
    "Opening": "MRR_OPENING", "New": "MRR_NEW", "Reactivation": "MRR_REACTIVATION", "Expansion": "MRR_EXPANSION",
    "Contraction": "MRR_CONTRACTION", "Churn": "MRR_CHURN", "Closing": "MRR", "Net new": "MRR_NET_NEW",
    "Opening customers": "MRR_OPENING_CUSTOMERS", "New customers": "MRR_NEW_CUSTOMERS",
    "Reactivated customers": "MRR_REACTIVATED_CUSTOMERS", "Expanded customers": "MRR_EXPANDED_CUSTOMERS",
    "Contracted customers": "MRR_CONTRACTED_CUSTOMERS", "Churned customers": "MRR_CHURNED_CUSTOMERS",
    "Closing customers": "MRR_CUSTOMERS",
}  # fmt: skip


def _row(texts: object) -> str:
    return "{" + ",".join(f'"{text}"' for text in texts) + "}"  # type: ignore[attr-defined]


_TEXTS = {
    "MRR_MOVEMENTS": f"""LAMBDA(data, [first_month], [last_month], [where], [settings], [rates],
        LET(
            known, {_READ},
            slots, LEDGER_SPANNED(known, {_given("first_month")}, {_given("last_month")}),
            head, {_row(["Month", *_COLUMNS])},
            IF(ISERROR(SUM(slots)), VALUE("the data can't be computed"), IF(INDEX(slots, 1) = 0, head,
            VSTACK(head, HSTACK(LEDGER_DATE(slots), LEDGER_FIGURE(known, LEDGER_DATE(slots), "", "", "",
                LAMBDA(wanted, money, kind, upto, within, ledger, HSTACK({", ".join(SERIES[name] for name in
                    _COLUMNS.values())})))))))))""",
    "MRR_SCHEDULE": f"""LAMBDA(data, [first_month], [last_month], [where], [settings], [rates],
        LET(
            known, {_READ},
            slots, TOROW(LEDGER_SPANNED(known, {_given("first_month")}, {_given("last_month")})),
            pays, LEDGER_PAYS(known, slots),
            names, LEDGER_CUSTOMERS(known),
            paying, MMULT(pays, SEQUENCE(COLUMNS(slots), 1, 1, 0)) > 0,
            head, HSTACK("Customer", LEDGER_LABEL(slots, "month")),
            IF(ISERROR(SUM(slots)), VALUE("the data can't be computed"), IF(INDEX(slots, 1) = 0, "Customer",
            IF(SUM(--paying) = 0, head, VSTACK(head, FILTER(HSTACK(names, pays / 1000000), paying)))))))""",
    "MRR_DETAIL": f"""LAMBDA(data, [month], [movement], [where], [settings], [rates],
        LET(
            known, {_READ},
            at, LEDGER_ONE_MONTH(known, {_given("month")}),
            word, LOWER(TRIM({_given("movement")})),
            names, {_row(MOVEMENTS)},
            only, IF(word = "", -1, IFERROR(XMATCH(word, names), VALUE("not a movement")) - 1),
            history, DROP(known, 1),
            kind, CHOOSECOLS(history, 4), change, CHOOSECOLS(history, 3), after, CHOOSECOLS(history, 5),
            wanted, (CHOOSECOLS(history, 2) = at) * (CHOOSECOLS(history, 1) <> "") * ((only < 0) + (kind = only)),
            head, {_row(["Customer", "Movement", "Before", "After", "Change"])},
            IF(ISERROR(SUM(wanted)), VALUE("the data can't be computed"), IF(SUM(wanted) = 0, head, LET(
                listed, FILTER(HSTACK(CHOOSECOLS(history, 1), kind, after - change, after, change), wanted),
                sorted, SORTBY(listed, CHOOSECOLS(listed, 2), 1, ABS(CHOOSECOLS(listed, 5)), -1,
                    CHOOSECOLS(listed, 1), 1),
                VSTACK(head, HSTACK(TAKE(sorted, , 1), INDEX(names, CHOOSECOLS(sorted, 2) + 1),
                    TAKE(sorted, , -3) / 1000000)))))))""",
    "MRR_TOP": f"""LAMBDA(data, [n], [month], [where], [settings], [rates],
        LET(
            known, {_READ},
            pays, LEDGER_PAYS(known, LEDGER_ONE_MONTH(known, {_given("month")})),
            count, LEDGER_COUNT({_given("n")}),
            head, {_row(["Rank", "Customer", "MRR", "Share", "Cumulative share"])},
            IF(ISERROR(SUM(pays) + count), VALUE("the data can't be computed"), IF(SUM(pays) = 0, head, LET(
                listed, FILTER(HSTACK(LEDGER_CUSTOMERS(known), pays), pays > 0),
                sorted, SORTBY(listed, CHOOSECOLS(listed, 2), -1, CHOOSECOLS(listed, 1), 1),
                top, TAKE(sorted, IF(count < ROWS(sorted), count, ROWS(sorted))),
                paid, CHOOSECOLS(top, 2),
                VSTACK(head, HSTACK(SEQUENCE(ROWS(top)), TAKE(top, , 1), paid / 1000000, paid / SUM(pays),
                    SCAN(0, paid, LAMBDA(sofar, one, sofar + one)) / SUM(pays))))))))""",
    "MRR_COHORTS": f"""LAMBDA(data, [measure], [period], [where], [settings], [rates],
        LET(
            known, {_READ},
            asked, LOWER(TRIM({_given("measure")})), by, LOWER(TRIM({_given("period")})),
            what, IF(asked = "", "net", IF(ISNA(XMATCH(asked, {{"net"; "gross"; "logos"}})),
                VALUE("not a measure"), asked)),
            each, IF(by = "", "month", IF(ISNA(XMATCH(by, {_row(PERIODS)})), VALUE("not a period"), by)),
            through, LEDGER_REPORTED(known),
            history, DROP(known, 1),
            name, CHOOSECOLS(history, 1),
            starts, NOT(EXACT(name, DROP(VSTACK(" ", name), -1))) * (name <> "") * (CHOOSECOLS(history, 2) <= through),
            head, {{"Cohort", "Size"}},
            IF(ISERROR(SUM(starts) + LEN(what & each)), VALUE("the data can't be computed"),
            IF(SUM(starts) = 0, head, LET(
                joined, CHOOSECOLS(LEDGER_JOINED(known), 1),
                ages, SEQUENCE(1, through - MIN(FILTER(joined, joined <= through)) + 1, 0),
                pays, LEDGER_PAYS(known, joined + ages),
                first, CHOOSECOLS(pays, 1),
                left, IF(joined > through, 0,
                    IF(what = "logos", --(pays > 0), IF(what = "gross", IF(pays < first, pays, first), pays))),
                cohort, INT(joined / IF(each = "year", 12, IF(each = "quarter", 3, 1))),
                cohorts, SORT(UNIQUE(FILTER(cohort, joined <= through))),
                sums, MMULT(--(cohorts = TOROW(cohort)), left),
                youngest, MAP(cohorts, LAMBDA(one, MAX(IF((cohort = one) * (joined <= through), joined, 0)))),
                size, CHOOSECOLS(sums, 1),
                months, cohorts * IF(each = "year", 12, IF(each = "quarter", 3, 1)),
                VSTACK(HSTACK(head, ages & ""), HSTACK(LEDGER_LABEL(months, each),
                    IF(what = "logos", size, size / 1000000), IF(ages > through - youngest, "", sums / size))))))))""",
}  # fmt: skip

TABLES = {
    "LEDGER_CUSTOMERS": (
        "the customers of a ledger, each once, in its order",
        """LAMBDA(known,
        LET(
            name, CHOOSECOLS(DROP(known, 1), 1),
            FILTER(name, NOT(EXACT(name, DROP(VSTACK(" ", name), -1))))))""",
    ),
    "LEDGER_JOINED": (
        "the first month of each customer of a ledger, in its order; 99999 for lines without a customer",
        """LAMBDA(known,
        LET(
            history, DROP(known, 1), name, CHOOSECOLS(history, 1),
            FILTER(IF(name = "", 99999, CHOOSECOLS(history, 2)), NOT(EXACT(name, DROP(VSTACK(" ", name), -1))))))""",
    ),
    "LEDGER_ONE_MONTH": (
        "a month of a ledger that is reported; left out, the last one",
        """LAMBDA(known, month,
        LET(
            through, LEDGER_REPORTED(known),
            at, IF(month = "", through, LEDGER_SLOT(LEDGER_DAY(month, 0))),
            IF(ROWS(month) * COLUMNS(month) > 1, VALUE("give one month"),
            IF(at > through, VALUE("this month is not reported"), at))))""",
    ),
    "LEDGER_SPANNED": (
        "the months of a ledger from one to another; left out, all that are reported; 0 if there is none",
        """LAMBDA(known, first, last,
        LET(
            to, LEDGER_ONE_MONTH(known, last),
            joined, MIN(LEDGER_JOINED(known)),
            from, IF(first = "", IF(joined > to, 0, joined), LEDGER_SLOT(LEDGER_DAY(first, 0))),
            IF(from = 0, 0, IF(from > to, VALUE("the first month is after the last one"),
            SEQUENCE(to - from + 1, 1, from)))))""",
    ),
    "LEDGER_LABEL": (
        "how months are called: 2024-01, 2024-Q1 or 2024",
        """LAMBDA(slots, period,
        LET(
            year, INT(slots / 12), within, slots - 12 * year,
            IF(period = "year", year & "", IF(period = "quarter", year & "-Q" & (INT(within / 3) + 1),
            year & "-" & RIGHT("0" & (within + 1), 2)))))""",
    ),
    "LEDGER_COUNT": (
        "how many customers; 10 if left out",
        """LAMBDA(n, IF(n = "", 10, IF(ISNUMBER(n), IF((n >= 1) * (n = INT(n)), n, VALUE("not a number of customers")),
        VALUE("a text is not a number"))))""",
    ),
    **{name: (REGISTRY[name].summary, text) for name, text in _TEXTS.items()},
    "MRR_TOP_SHARE": (
        REGISTRY["MRR_TOP_SHARE"].summary,
        f"""LAMBDA(data, [month], [n], [where], [settings], [rates],
        LET(
            known, {_READ},
            count, LEDGER_COUNT({_given("n")}),
            share, LAMBDA(at, LET(pays, LEDGER_PAYS(known, at), IF(SUM(pays) = 0, NA(),
                SUM(TAKE(SORT(pays, 1, -1), IF(count < ROWS(pays), count, ROWS(pays)))) / SUM(pays)))),
            LEDGER_FIGURE(known, {_given("month")}, "", "", "", LAMBDA(wanted, money, kind, upto, within, ledger,
                MAP(wanted, LAMBDA(at, IF(ISNUMBER(at), share(at), ""))))) + 0 * count))""",
    ),
    "MRR_HHI": (
        REGISTRY["MRR_HHI"].summary,
        f"""LAMBDA(data, [month], [where], [settings], [rates],
        LET(
            known, {_READ},
            LEDGER_FIGURE(known, {_given("month")}, "", "", "", LAMBDA(wanted, money, kind, upto, within, ledger,
                MAP(wanted, LAMBDA(at, IF(ISNUMBER(at), LET(pays, LEDGER_PAYS(known, at), IF(SUM(pays) = 0, NA(),
                    SUM((pays / SUM(pays)) ^ 2))), "")))))))""",
    ),
}  # fmt: skip
