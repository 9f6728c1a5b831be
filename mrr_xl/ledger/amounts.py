"""A reading's amounts → what each line is worth a month, in which currency, and whether it counts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.date_texts import folded
from mrr_xl.errors import MrrError, shown
from mrr_xl.ledger.discounts import charged_lines, read_duration
from mrr_xl.ledger.frames import looked_up
from mrr_xl.ledger.pricing import LARGEST, interval_shares, monthly_exprs, share_of_month
from mrr_xl.ledger.problems import look_for_problems
from mrr_xl.ledger.rates import Rates
from mrr_xl.ledger.reading import MARK, Reading
from mrr_xl.settings import Factors
from mrr_xl.sources.number_texts import code_of

#: What a status says of a line: its MRR counts; it is paused; it is over; it never was paid for; what is owed for it is
#: not paid yet; that is given up; it is a trial; it is a trial that is over.
COUNTED, PAUSED, OVER, NEVER, PAST_DUE, UNPAID, TRIAL, TRIAL_OVER = range(8)
#: What stops a line, which was paid for until then.
STOPPING = (PAUSED, OVER, UNPAID)
TRIALS = (TRIAL, TRIAL_OVER)
#: What is no MRR at any time.
NEVER_PAID = (NEVER, *TRIALS)
#: The words of each, without case; blanks, hyphens and underscores are alike.
STATUSES = {
    COUNTED: (
        "active", "live", "current", "paid", "paying", "open", "running", "ongoing", "enabled", "renewed", "renewing",
        "non_renewing", "not_renewing", "pending_cancellation", "pending_cancel", "cancelled", "canceled", "ended",
        "churned", "inactive", "terminated", "closed", "completed", "finished", "deactivated", "disabled", "deleted",
    ),
    PAST_DUE: ("past_due", "overdue", "delinquent", "dunning", "in_dunning", "in_grace_period"),
    PAUSED: ("paused", "suspended", "on_hold", "frozen", "halted"),
    UNPAID: ("unpaid",),
    OVER: ("expired", "lapsed"),
    TRIAL: ("trialing", "trial", "in_trial"),
    TRIAL_OVER: ("trial_ended", "trial_expired"),
    NEVER: (
        "incomplete", "incomplete_expired", "pending", "future", "upcoming", "scheduled", "not_started", "draft",
        "free",
    ),
}  # fmt: skip
#: Statuses of a line that is over: without an end nothing says when.
ENDED = (
    "cancelled", "canceled", "ended", "churned", "inactive", "terminated", "closed", "completed", "finished",
    "deactivated", "disabled", "deleted",
)  # fmt: skip
#: What the words of other languages are in English; where one may mean two things, such as impayé, it is not known.
STATUSES_ABROAD = {
    "active": ("aktiv", "actif", "activo", "activa", "vigente"),
    "running": ("laufend", "en cours", "en curso"),
    "paid": ("bezahlt", "payé", "payée", "pagado", "pagada"),
    "cancelled": (
        "gekündigt", "gekuendigt", "storniert", "résilié", "résiliée", "annulé", "annulée", "cancelado", "cancelada",
        "anulado", "anulada", "baja", "de baja",
    ),
    "ended": ("beendet", "terminé", "terminée", "terminado", "terminada", "finalizado", "finalizada"),
    "inactive": ("inaktiv", "inactif", "inactivo", "inactiva"),
    "closed": ("geschlossen", "clôturé", "clôturée", "cerrado", "cerrada"),
    "overdue": ("überfällig", "ueberfaellig", "en retard", "atrasado", "atrasada"),
    "paused": ("pausiert", "en pause", "en pausa", "pausado", "pausada"),
    "suspended": ("ausgesetzt", "suspendu", "suspendue", "suspendido", "suspendida"),
    "expired": ("abgelaufen", "expiré", "expirée", "échu", "échue", "expirado", "expirada", "caducado", "caducada"),
    "trial": ("testphase", "probezeit", "essai", "en essai", "prueba", "en prueba"),
    "upcoming": ("zukünftig", "zukuenftig", "à venir"),
    "scheduled": ("geplant", "planifié", "planifiée", "programado", "programada"),
    "draft": ("entwurf", "brouillon", "borrador"),
    "free": ("kostenlos", "gratuit", "gratuite", "gratuito", "gratuita", "gratis"),
}  # fmt: skip
#: What kind of charge a line is; only recurring ones are MRR.
KINDS = {
    "recurring": ("", "recurring", "subscription", "plan", "licence", "license"),
    "usage": ("usage", "metered", "overage"),
    "one_time": ("one_time", "once", "setup", "service"),
    "tax": ("tax", "vat"),
    "fee": ("fee", "fees"),
}
#: Why a line is left out, as the column left_out says it; 0 is not left out.
LEFT_OUT = ("", "status", *list(KINDS)[1:])

#: One word where the tables have two.
_JOINED = {
    word.replace("_", ""): word for names in (*STATUSES.values(), *KINDS.values()) for word in names if "_" in word
}
_FROM_ABROAD = {folded(word): english for english, words in STATUSES_ABROAD.items() for word in words}
_STATUS = {word: state for state, words in STATUSES.items() for word in words} | {"": COUNTED}
_KIND = {word: kind for kind, words in KINDS.items() for word in words}


def spelled(word: str) -> str:
    """A status or a kind as the tables spell it.

    >>> spelled("Past-Due"), spelled(" on hold "), spelled("En pause")
    ('past_due', 'on_hold', 'paused')
    """
    joined = re.sub(r"[\s_-]+", "_", word.strip().lower()).strip("_")
    if (english := _FROM_ABROAD.get(folded(joined.replace("_", " ")))) is not None:
        return english
    return _JOINED.get(joined.replace("_", ""), joined)


def state_of(word: str) -> int | None:
    """What a status says of a line; None for a word that is not known."""
    return _STATUS.get(spelled(word))


def read_amounts(reading: Reading, rates: Rates, factors: Factors) -> None:
    """Read what each line is worth a month.

    Gives the columns mrr and, where they differ from it, list_mrr, local and list_local; left_out and state; currency.
    """
    roles = reading.layout.roles
    role = "mrr" if "mrr" in roles else "amount"
    line = reading.number(role, "an amount")
    reading.problems.append((line < 0, role, "{value} is negative; enter reductions in a column discount"))
    interval: nw.Expr | None = None
    count: nw.Expr | None = None
    shares: dict[str, Any] = {}
    lines = {"": line}
    if role == "amount":
        lines = charged_lines(reading, line)
        if "interval" in roles:
            interval, words = reading.words("interval", share_of_month)
            shares = interval_shares(words, factors)
            count = _count(reading)
        read_duration(reading)
    rate = _rate(reading, rates)
    above = max([1.0, *(float(share) for share in shares.values())]) * max(
        [1.0, *rates.latest.values(), *rates.by_month.values()]
    )
    too_large = f"{{value}} is too large; an MRR above {LARGEST:,.0f} cannot be summed exactly"
    reading.problems.append((lines.get("list_", lines[""]) * above > LARGEST, role, too_large))
    look_for_problems(reading)
    amounts = {f"{prefix}mrr": amount if rate is None else amount * rate for prefix, amount in lines.items()}
    if rates.by_month:
        amounts |= {f"{prefix}local": amount for prefix, amount in lines.items()}
    if interval is not None:
        share = looked_up(interval, {word: float(part) for word, part in shares.items()}, 1.0, nw.Float64)
        share = share if count is None else share / count
        reading.sums = {name: (amount * share).sum() for name, amount in amounts.items()}
    else:
        reading.sums = {name: amount.sum() for name, amount in amounts.items()}
    *steps, last = monthly_exprs(amounts, interval, shares, count)
    table = reading.table
    for step in steps:
        table = table.with_columns(*(expr.alias(name) for name, expr in step.items()))
    priced = [expr.cast(nw.Int64).alias(name) for name, expr in last.items()]
    table = table.with_columns(*priced, *_left_out(reading, interval, shares))
    reading.table = table.drop(*(name for step in steps for name in step))


def _count(reading: Reading) -> nw.Expr | None:
    """How many intervals an amount is for, where a column of its own says so."""
    if "interval_count" not in reading.layout.roles:
        return None
    count = reading.number("interval_count", "a number of intervals", blank=1.0)
    wrong = "{value} is not a number of intervals; write a whole number from 1 to 1000"
    reading.problems.append(((count < 1) | (count > 1000) | (count != count.floor()), "interval_count", wrong))
    return count


def _rate(reading: Reading, rates: Rates) -> nw.Expr | None:
    """Each line's rate into the reporting currency; the latest one where there is one a month."""
    roles = reading.layout.roles
    header = roles.get("currency")
    if header is None:
        if rates.latest:
            reading.mistakes.append(MrrError("rates are given, but no column holds the currency; name it currency"))
        return None

    def known(word: str) -> None:
        if rates.latest and code_of(word) not in rates.latest:
            what = f"currency {code_of(word)} has no rate" if word else "the currency is blank"
            raise MrrError(f"{what}; the rates are for {', '.join(rates.latest)}")

    column, words = reading.words("currency", known)
    reading.currencies = tuple(sorted({code_of(word) for word in words if word}))
    if not rates.latest:
        if reading.currencies and "" in words:
            reading.words("currency", _not_blank)
        if len(reading.currencies) > 1:
            header = (roles.get("mrr") or roles["amount"]) if header == MARK else header
            each = f"column {header} has {', '.join(reading.currencies)}"
            reading.mistakes.append(MrrError(f"{each}; give rates: what one unit of each is worth"))
        return None
    code: Any = column.str.to_uppercase()
    for sign in {word.upper() for word in words if code_of(word) != word.upper()}:
        code = nw.when(column.str.to_uppercase() == sign).then(nw.lit(code_of(sign))).otherwise(code)
    reading.table = reading.table.with_columns(code.alias("currency"))
    return looked_up(
        nw.col("currency"), {currency: rates.latest[currency] for currency in reading.currencies}, 1.0, nw.Float64
    )


def _left_out(reading: Reading, interval: nw.Expr | None, shares: dict[str, Any]) -> list[nw.Expr]:
    """The columns left_out and, where a status can say so, state."""
    reason: Any = nw.lit(0)
    columns: list[Any] = []
    once = [word for word, share in shares.items() if not share]
    if "kind" in reading.layout.roles:
        column, words = reading.words("kind", _known_kind)
        for name, same in _by_meaning(words, _KIND).items():
            if name != "recurring":
                reason = nw.when(column.is_in(same)).then(nw.lit(LEFT_OUT.index(name))).otherwise(reason)
    if interval is not None and once:
        reason = nw.when(interval.is_in(once)).then(nw.lit(LEFT_OUT.index("one_time"))).otherwise(reason)
    if "status" in reading.layout.roles:
        column, words = reading.words("status", _known_status)
        state: Any = nw.lit(COUNTED)
        for meaning, same in _by_meaning(words, _STATUS).items():
            if meaning != COUNTED:
                state = nw.when(column.is_in(same)).then(nw.lit(meaning)).otherwise(state)
                if meaning == PAST_DUE:
                    continue
                # What has stopped was paid for until then, and a trial is worth what it will be, but for a kind that is
                # no MRR at any time.
                by_status = column.is_in(same)
                if meaning in (*STOPPING, *TRIALS):
                    by_status = by_status & (_number(reason) == 0)
                reason = nw.when(by_status).then(nw.lit(LEFT_OUT.index("status"))).otherwise(reason)
        columns.append(_number(state).alias("state"))
    says_so = once or "kind" in reading.layout.roles or "status" in reading.layout.roles
    return [*columns, _number(reason).alias("left_out")] if says_so else []


def _by_meaning(words: Sequence[str], known: Mapping[str, Any]) -> dict[Any, list[str]]:
    """Words by what they mean, of which there are few, however they are spelled."""
    meanings: dict[Any, list[str]] = {}
    for word in words:
        meanings.setdefault(known[spelled(word)], []).append(word)
    return meanings


def _number(value: nw.Expr) -> nw.Expr:
    """A whole number in every row, also where it is the same one in all."""
    return (nw.col("start") * 0 + value).cast(nw.Int64)


def _not_blank(word: str) -> None:
    if not word:
        raise MrrError("the currency is blank, and other rows name theirs; fill it in")


def _known_kind(word: str) -> None:
    if spelled(word) not in _KIND:
        raise MrrError(f"{shown(word)} is not a known kind of charge; the known ones are {', '.join(KINDS)}")


def _known_status(word: str) -> None:
    if spelled(word) not in _STATUS:
        known = ", ".join(name for names in STATUSES.values() for name in names)
        raise MrrError(f"{shown(word)} is not a known status; the known ones are {known}")
