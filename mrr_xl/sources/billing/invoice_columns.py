"""Which column of a list of invoices means what, and whether a table is such a list.

The names are those of Xero's sales invoices (ContactName, InvoiceNumber, InvoiceDate, LineAmount, ...;
https://developer.xero.com/documentation/api/accounting/invoices), QuickBooks' transaction lists (Num, Date,
Transaction Type, Name, Amount), saas-metrics' sample (Customer, Invoice Date, Amount, Service Start, Service End;
https://pypi.org/project/saas-metrics/) and the words that people use for them.
"""

from __future__ import annotations

from collections.abc import Sequence

from mrr_xl.sources.headers import plain, roles_of, words

#: What a column of an invoice list says → its headers without spaces, the best first.
COLUMNS: dict[str, str] = {
    "customer": "customerid customerno customernumber customercode customeruuid accountid clientid customer account "
    "client customername accountname clientname contactname contact company companyname billto billtoname name email "
    "customeremail",
    "subscription": "subscriptionid subscription subscriptionno subscriptionnumber contractid contract contractnumber",
    "invoice": "invoicenumber invoiceno invoicenum invoiceid invoice invoicecode docnumber documentnumber num",
    "date": "invoicedate dateofinvoice invoicedat invoicedon issuedate issuedat dateissued billdate documentdate date",
    "start": "servicestart servicestartdate serviceperiodstart serviceperiodstartdate serviceperiodfrom servicefrom "
    "periodstart periodstartdate lineperiodstart coveragestart revenuestart revenuestartdate revrecstart "
    "revrecstartdate recognitionstart recognitionstartdate billingperiodstart subscriptionstart subscriptionstartdate "
    "startdate start",
    "end": "serviceend serviceenddate serviceperiodend serviceperiodenddate serviceperiodto serviceto periodend "
    "periodenddate lineperiodend coverageend revenueend revenueenddate revrecend revrecenddate recognitionend "
    "recognitionenddate billingperiodend subscriptionend subscriptionenddate enddate end",
    "amount": "lineamount linetotal netamount amountexcltax amountexvat amountbeforetax subtotal linesubtotal amount "
    "revenue net netto total",
    "price": "unitamount unitprice price rate salesprice",
    "quantity": "quantity qty",
    "interval": "interval billinginterval billingfrequency frequency billingcycle",
    "currency": "currency currencycode invoicecurrency",
    "product": "product productname plan planname item itemname itemcode inventoryitemcode sku",
    "kind": "kind linekind chargekind chargetype linetype itemtype lineitemtype revenuetype pricetype category",
    "document": "type transactiontype documenttype invoicetype doctype",
    "status": "invoicestatus status",
    "corrects": "originalinvoice originalinvoicenumber appliedto appliedtoinvoice creditedinvoice correctsinvoice",
}  # fmt: skip
_NAMES = {role: names.split() for role, names in COLUMNS.items()}
#: Names that a table of subscriptions has as well: beside them an invoice's number makes a list of invoices.
_COMMON = {"startdate", "start", "enddate", "end", "subscriptionstart", "subscriptionstartdate", "subscriptionend",
           "subscriptionenddate", "periodstart", "periodend"}  # fmt: skip
_DATED = {"date", "num"}  #: names that are an invoice's only in a list that says so otherwise


def columns_of(headers: Sequence[str]) -> dict[str, str]:
    """What each column says → its header.

    >>> columns_of(["Customer", "Invoice Date", "Amount (EUR)", "Service Start", "Service End", "Plan Tier"])
    {'customer': 'Customer', 'date': 'Invoice Date', 'start': 'Service Start', 'end': 'Service End', \
'amount': 'Amount (EUR)'}
    """
    spelled: dict[str, str] = {}
    for header in headers:
        spelled.setdefault("".join(words(header)) or plain(header), header)
    found = {role: next((spelled[name] for name in names if name in spelled), None) for role, names in _NAMES.items()}
    return {role: header for role, header in found.items() if header is not None}


def lacks(headers: Sequence[str]) -> list[str]:
    """What a table lacks to be a list of invoices, with service periods or without any.

    >>> lacks(["Customer", "Invoice Date", "Amount", "Service Start", "Service End"])
    []
    >>> lacks(["Customer", "Start date", "End date", "Amount", "Interval"])
    ['Invoice Number', 'Invoice Date', 'service periods without an interval']
    """
    has = columns_of(headers)
    lacking = [] if "customer" in has else ["Customer"]
    roles = {role for header in headers for role, rank in roles_of(header).items() if rank < 2}
    number, date = _is_clear(has, "invoice"), _is_clear(has, "date")
    if not number and not date and not {"document", "invoice", "date"} <= has.keys():
        lacking += ["Invoice Number", "Invoice Date"]
    if ("amount" not in has and "price" not in has) or "mrr" in roles:
        lacking.append("Amount")
    if "start" in has and "end" in has:
        if "interval" in has:
            lacking.append("service periods without an interval")
        if "".join(words(has["start"])) in _COMMON and not number:
            lacking.append("Invoice Number")
    elif "start" in has or "end" in has or roles & {"start", "month"}:
        lacking += [name for role, name in (("start", "Service Start"), ("end", "Service End")) if role not in has]
    elif "date" not in has:
        lacking.append("Invoice Date")
    return list(dict.fromkeys(lacking))


def _is_clear(has: dict[str, str], role: str) -> bool:
    return role in has and "".join(words(has[role])) not in _DATED
