"""Which column of the data is what, as LAMBDAs: the headers that stand for a role by themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from mrr_xl.errors import MrrError, listed
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.reading import MARK
from mrr_xl.sources.abroad import ABROAD
from mrr_xl.sources.headers import ROLES

_USED = (
    "customer", "subscription", "parent", "start", "end", "cancelled", "mrr", "amount", "interval", "interval_count",
    "quantity", "discount", "currency", "status", "kind",
)  # fmt: skip
#: Header without blanks, hyphens and underscores → its role.
KNOWN = {
    alias: role
    for role in _USED
    for alias in ROLES[role].aliases.split()
    if alias != "discountpercent"  # whether 0.5 is a half or half of a hundredth only the engine can say
}
_NAMES = Counter(name for names in ABROAD.values() for name in names.split())
KNOWN |= {name: role for role in _USED for name in ABROAD.get(role, "").split() if _NAMES[name] == 1}
#: What the engine uses and the LAMBDAs can't.
_OPEN = "?"
_UNREAD = [*ROLES["stopped"].aliases.split(), *ROLES["trial_end"].aliases.split(), *ABROAD["trial_end"].split()]
KNOWN |= {alias: _OPEN for alias in [*_UNREAD, *(name for name in _NAMES if _NAMES[name] > 1)]}
#: Letters of other languages, and what the table has for them.
_FOLDED = dict(zip("äöüéèêëàâáíóúñç", "aoueeeeaaaiounc"))
#: Parts of headers of other columns that the engine may use, and the LAMBDAs can't.
_DOUBTFUL = (
    " end", "until", "expir", "terminat", "churn", "stop", "laps", "through", "thru", "finish", "cancel", "interval",
    "frequen", "cadence", "cycle", "billing", "quantity", "qty", "seat", "unit", "licen", "discount", "rabatt",
    "nachlass", "remise", "rabais", "descuento", "currency", "ccy", "status", "state", "kind", "type", "paused",
    "suspended", "unpaid", "on hold", "till", "length",
    "end|", "ended|", "ends|", "ending|", "enddate|", "endday|", "endat|", "endon|", "count|",
)  # fmt: skip


def _looked_at(said: str, joined: str) -> str:
    return f" {said.replace('_', ' ')} |{joined}|"


def _column(words: Sequence[str]) -> str:
    return "{" + ";".join(f'"{word}"' for word in words) + "}"


HEADERS = {
    "LEDGER_HEADERS": ("headers and what they mean", "{" + ";".join(f'"{a}","{r}"' for a, r in KNOWN.items()) + "}"),
    "LEDGER_PLAIN": (
        "headers in small letters, without blanks, hyphens and underscores",
        'LAMBDA(headers, SUBSTITUTE(SUBSTITUTE(SUBSTITUTE(LOWER(TRIM(headers)), " ", ""), "_", ""), "-", ""))',
    ),
    "LEDGER_MEANT": (
        "what each column of the data means by its header; blank where that is none of the known ones",
        f"""LAMBDA(data,
        LET(
            plain, LEDGER_PLAIN(TAKE(data, 1)),
            letters, {_column(list(_FOLDED))}, simple, {_column(list(_FOLDED.values()))},
            joined, REDUCE(plain, SEQUENCE(ROWS(letters)), LAMBDA(text, place,
                SUBSTITUTE(text, INDEX(letters, place), INDEX(simple, place)))),
            XLOOKUP(joined, CHOOSECOLS(LEDGER_HEADERS, 1), CHOOSECOLS(LEDGER_HEADERS, 2), "")))""",
    ),
    "LEDGER_DOUBTFUL": (
        "1 for each column whose header may matter to the MRR and is not understood",
        f"""LAMBDA(data, role,
        MAP(LOWER(TRIM(TAKE(data, 1))), role, LAMBDA(header, known,
            IF(known = "{_OPEN}", 1, IF(known <> "", 0, --(SUM(--ISNUMBER(SEARCH({_column(_DOUBTFUL)}, " " &
                SUBSTITUTE(header, "_", " ") & " |" & LEDGER_PLAIN(header) & "|"))) > 0))))))""",
    ),
    "LEDGER_ROLES": (
        "what each column of the data is, by its header; an error where a header leaves that open",
        """LAMBDA(data,
        LET(
            role, LEDGER_MEANT(data),
            found, FILTER(role, role <> "", "none"),
            IF(SUM(LEDGER_DOUBTFUL(data, role)) > 0, VALUE("a header is not understood"),
            IF(COLUMNS(found) > COLUMNS(UNIQUE(found, TRUE)), VALUE("two columns mean the same"),
            IF(ISNUMBER(XMATCH("mrr", role)) * ISNUMBER(XMATCH("amount", role)),
                VALUE("one column says what is paid"), role)))))""",
    ),
    "LEDGER_COLUMN": (
        "the column of a role, without its header; blank where there is none",
        """LAMBDA(data, roles, role,
        IF(ISNA(XMATCH(role, roles)), "", CHOOSECOLS(DROP(data, 1), IFERROR(XMATCH(role, roles), 1))))""",
    ),
}  # fmt: skip


def refuse_other_headers(ledger: Ledger) -> None:
    """Raises MrrError if the LAMBDAs would take a column of this ledger otherwise than the engine does."""
    layout = ledger.layout
    if layout.kind != "subscriptions" or layout.total is not None:
        raise MrrError("the LAMBDAs need one line for each subscription: customer, start, end and amount or mrr")
    if layout.roles.get("currency") == MARK and ledger.rates.latest:
        amounts = layout.roles.get("mrr") or layout.roles["amount"]
        raise MrrError(
            f"the currencies stand beside the amounts of column {amounts}, and with rates the LAMBDAs need them in a "
            "column of their own; put them into a column currency, and leave plain numbers"
        )
    # In the workbook amounts are plain numbers; what stood beside all of them is one currency.
    headers = [header for header in ledger.headers if header != MARK]
    roles, doubtful, mistakes = _read(headers)
    used = {role: header for role, header in layout.roles.items() if role not in ("product", "past_due")}
    differing = [role for role in (*used, *roles) if used.get(role) != roles.get(role) and role != "parent"]
    untold = {header: role for role in differing if (header := used.get(role)) and header not in (MARK, *doubtful)}
    taken = {roles[role]: role for role in differing if role not in used}
    mistakes += _untold(untold) + [
        f"column {header} is not used, and the LAMBDAs would take it for {role}; rename or remove it"
        for header, role in taken.items()
    ]
    if mistakes:
        raise MrrError("; ".join(mistakes))


def _untold(roles: Mapping[str, str]) -> list[str]:
    """What is said of the headers that don't tell the LAMBDAs their role."""
    if len(roles) > 1:
        listed_ = ", ".join(f"{header} is {role}" for header, role in roles.items())
        return [f"the LAMBDAs can't tell {len(roles)} columns from their headers: {listed_}; name them so"]
    return [
        f"column {header} is {role}, which the LAMBDAs can't tell from its header; name it {role}"
        for header, role in roles.items()
    ]


def read_by_lambdas(headers: Sequence[str]) -> Mapping[str, str]:
    """Role → header as LEDGER_ROLES has it. Raises MrrError.

    >>> read_by_lambdas(["Customer ID", "Plan", "Start_date"])
    {'customer': 'Customer ID', 'start': 'Start_date'}
    """
    roles, _, mistakes = _read(headers)
    if mistakes:
        raise MrrError("; ".join(mistakes))
    return roles


def _read(headers: Sequence[str]) -> tuple[dict[str, str], list[str], list[str]]:
    """Role → header as LEDGER_ROLES has it, the headers that it can't tell, and what is said of mistakes."""
    roles: dict[str, str] = {}
    doubtful, mistakes = [], []
    for header in headers:
        said = " ".join(header.lower().split())
        plain = said.replace(" ", "").replace("_", "").replace("-", "")
        role = KNOWN.get("".join(_FOLDED.get(letter, letter) for letter in plain))
        if role == _OPEN or (role is None and any(part in _looked_at(said, plain) for part in _DOUBTFUL)):
            doubtful.append(header)
        elif role is not None and role in roles:
            mistakes.append(f"columns {roles[role]} and {header} both mean {role}; rename or remove one of them")
        elif role is not None:
            roles[role] = header
    if doubtful:
        which, it = ("column", "it") if len(doubtful) == 1 else ("columns", "them")
        says = f"{which} {listed(doubtful, 20)} may matter to the MRR, and the LAMBDAs can't tell"
        mistakes.insert(0, f"{says}; rename or remove {it}")
    return roles, doubtful, mistakes
