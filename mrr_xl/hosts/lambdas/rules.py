"""The settings as LAMBDAs: each one's value, and an error for what the LAMBDAs can't compute."""

from __future__ import annotations

from mrr_xl.settings import RULES as SETTINGS

#: Rules of which only the default can be computed, as cells may hold it.
_USUAL = {
    "netting": '{"net"}',
    "day": '{"365/12"}',
    "week": '{"52/12"}',
    "past_due_days": '{"unlimited"}',
    "paused": '{"0"; 0}',
    "period": '{"month"}',
}
ONLY_DEFAULTS = (*_USUAL, "grace_days")
#: The other rules that they know: what they compute, and what matters in no cell or only beside those above.
KNOWN = frozenset(
    ["as_of", "end_date", "reactivation_days", "grace_days", "through", "grain", "churn_on", "discounts", "usage",
     "status", "ignore", "retention_months", "timezone", "gross_margin", "preset", "fiscal_year_begins", *_USUAL]
)  # fmt: skip
_ONLY_DEFAULTS = ", ".join(f'LEDGER_CHOICE(settings, "{name}", {words}) <> ""' for name, words in _USUAL.items())
_NAMES = "{" + ";".join(f'"{name}"' for name in SETTINGS if name in KNOWN) + "}"

RULES = {
    "LEDGER_SETTING": (
        "the value of a setting from a range of names and values; usual: where it is blank or not there",
        """LAMBDA(settings, key, usual,
        IF(COLUMNS(settings) < 2, IF(SUM(--(settings <> "")) = 0, usual, VALUE("settings need two columns")),
        LET(
            given, XLOOKUP(key, LOWER(TRIM(CHOOSECOLS(settings, 1))), CHOOSECOLS(settings, 2), ""),
            IF(given = "", usual, IF(ISTEXT(given), LOWER(TRIM(given)), given)))))""",
    ),
    "LEDGER_CHOICE": (
        "a setting that is one of some words; the first one is its default",
        """LAMBDA(settings, key, words,
        LET(
            given, LEDGER_SETTING(settings, key, INDEX(words, 1)),
            IF(ISNA(XMATCH(given, words)), VALUE("this setting can't be computed here"), given)))""",
    ),
    "LEDGER_SETTINGS": (
        "TRUE if all settings can be computed here; an error if not",
        f"""LAMBDA(settings,
        LET(
            names, IF(COLUMNS(settings) < 2, "", LOWER(TRIM(CHOOSECOLS(settings, 1)))),
            named, FILTER(names, names <> "", "as_of"),
            IF(OR(ISNA(XMATCH(named, {_NAMES}))), VALUE("a setting is not known"),
            IF(ROWS(named) > ROWS(UNIQUE(named)), VALUE("a setting is there twice"),
            IF(LEDGER_SETTING(settings, "grace_days", 0) <> 0, VALUE("grace_days can't be computed here"),
            IF(LEDGER_SETTING(settings, "preset", "") <> "", VALUE("a tool's rules can't be looked up here"),
            AND({_ONLY_DEFAULTS})))))))""",
    ),
    "LEDGER_SLOT": (
        "the month of a day as a number, 12 for each year",
        "LAMBDA(moment, YEAR(moment) * 12 + MONTH(moment) - 1)",
    ),
}  # fmt: skip
