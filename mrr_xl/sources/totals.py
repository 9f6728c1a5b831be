"""What spreadsheets call a row of totals: Total, Summe Januar, EMEA Total, Sous-total Sud ..."""

from __future__ import annotations

import re

from mrr_xl.date_texts import MONTH_NAMES

# A database does not know that é is an e.
_ACCENTS = str.maketrans({"a": "[aäâ]", "e": "[eéè]", "u": "[uüû]"})
_MONTH = "|".join(name.translate(_ACCENTS) for names in MONTH_NAMES for name in names.split())
_WHEN = rf"{_MONTH}|jan|feb|m[aä]r|apr|jun|jul|aug|sept?|o[ck]t|nov|de[cz]|q[1-4]|\d{{4}}"
#: What stands alone in a cell: of a customer, and of any other column.
_ALONE = (
    r"(?:grand |sub-?|sous-?)?tota(?:l|ls|le|li|les|ux)|totaal|total g[eé]n[eé]rale?|suma(?: total)?|somme|sum"
    r"|(?:zwischen|gesamt|monats|quartals|jahres|teil)?summe|(?:ins)?gesamt|(?:gesamt|teil)?ergebnis"
)
#: A customer may be Total Wine, and no other is called so.
_BEGINS = (
    r"(?:sub|sous)-?tota(?:l|ls|ux|les)\b"
    rf"|total (?:mrr|arr|revenue|amount|customers|all|of|for|per|par|pour|por|{_WHEN})\b"
    rf"|(?:zwischen|gesamt|monats|quartals|jahres|teil)?summe\b|(?:suma|somme|sum) (?:of|de|del|du|des|mrr|{_WHEN})\b"
)
#: Patterns for every engine: what a customer is called that is a row of totals, and what a whole cell says.
TOTAL = rf"(?i)^\s*(?:(?:{_ALONE})\s*:?\s*$|(?:{_BEGINS})|.+ (?:total|ergebnis|gesamt|summe)\s*:?\s*$|mrr total\s*$)"
_CELL = re.compile(rf"(?i)\s*(?:{_ALONE})\s*:?\s*")
#: The same, and what a total of a part may be called, such as a branch's, and a customer as well: Total Leith.
TOTAL_OR_NAME = rf"{TOTAL}|^\s*(?:total|suma|somme|sum)\s"
_ROW = re.compile(TOTAL)


def is_total(text: str) -> bool:
    """Whether a text is what a row of totals is called.

    >>> [is_total(name) for name in ("Total", "Summe Jänner", "EMEA Total", "Total 2024", "Monatssumme", "Total Wine")]
    [True, True, True, True, True, False]
    """
    return _ROW.search(text) is not None


def says_total(text: str) -> bool:
    """Whether a cell says Total and nothing else.

    >>> says_total("Summe:"), says_total("EMEA Total")
    (True, False)
    """
    return _CELL.fullmatch(text) is not None
