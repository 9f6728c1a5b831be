"""The currency that the amounts of a report are in: its name, which stands beside them."""

from __future__ import annotations

from mrr_xl.errors import MrrError
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.sources.headers import currency_in
from mrr_xl.sources.money_cells import currency_shown
from mrr_xl.xlsx.workbook import Workbook

NAME = "Report_currency"  #: the defined name of the cell that holds it
USUAL = "EUR"  #: where the data does not say it


def currency_of(ledger: Ledger) -> str | None:
    """The currency of a ledger's MRR; None if its data does not say it.

    With rates, the one currency whose own rate is 1; else the only one in the column currency, or the one that stands
    beside all amounts, if only as a sign such as $, in their number formats, or in their header, such as Amount (USD).
    """
    if ledger.rates.latest:
        other = {name for name, _, rate in ledger.rates.pairs if rate != 1}
        reporting = [name for name in ledger.rates.latest if name not in other]
        return reporting[0] if len(reporting) == 1 else None
    if ledger.currencies:
        return ledger.currencies[0] if len(ledger.currencies) == 1 else None
    roles = ledger.layout.roles
    header = roles.get("mrr") or roles["amount"]
    return ledger.layout.mark or currency_in(header) or currency_shown(header)


def set_currency(workbook: Workbook, ledger: Ledger, given: str | None = None, new_rates: bool = False) -> list[str]:
    """Write the data's only currency into the workbook's cell for it, if it has one; gives a note of the change.

    given: what is written in its place, by a user's own word. new_rates: whether the rates came with the data, and not
    from the workbook, which then has their currency already. Raises MrrError where there is no cell for what is given.
    """
    currency, area = currency_of(ledger), workbook.named_cell(NAME)
    if given is not None:
        if area is None:
            raise MrrError(f"the workbook has no cell for the currency; give one the name {NAME}")
        workbook.sheet(area.sheet).put(area.top, area.left, given)
        differs = currency is not None and currency != given.strip().upper()
        return [f"the currency shown beside the amounts is {given}, as it was given; the data has {currency}"] * differs
    if new_rates and currency is None and area is not None:
        return ["the rates don't say which currency they are in, as not just one of them is 1; say it with --currency"]
    if (ledger.rates.latest and not new_rates) or currency is None or area is None:
        return []
    sheet = workbook.sheet(area.sheet)
    cell = sheet.cells(area.top).get(area.left)
    was = workbook.value(cell)
    if (cell is not None and cell.find("{*}f") is not None) or str(was or "").strip().upper() == currency:
        return []
    sheet.put(area.top, area.left, currency)
    before = f"; it was {was}" if was else ""
    source = "rates" if ledger.rates.latest else "data"
    return [f"the currency shown beside the amounts is now {currency}, as in the {source}{before}"]
