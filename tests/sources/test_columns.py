"""Which header means what: the headers of billing systems and of people in finance, and those that look alike."""

from __future__ import annotations

import pytest

from mrr_xl.errors import MrrError
from mrr_xl.sources.columns import recognise
from mrr_xl.sources.headers import is_percent, roles_of, words

#: Role → headers that name it.
NAMED = {
    "customer": """
        Customer | Customer ID | customer_id | CustomerNo | Customer # | Client | Client ID | Account | Account ID
        Account Number | account_key | Subscriber | Subscriber ID | Customer Name | Account Name | Company
        Company Name | Organisation | Organization | Email
    """,
    "subscription": """
        Subscription | Subscription ID | subscription_id | Contract ID | Contract Number | Agreement No | Sub ID
    """,
    "parent": """
        Parent | Parent ID | parent_id | parentId | Parent Account | parent_account_name | Parent Customer Name
        Account Parent | Ultimate Parent | Ultimate Parent Account ID | Global Ultimate | Group Account | Holding
        Holding Company | Muttergesellschaft | Maison mère | Empresa matriz
    """,
    "start": """
        Start | Start Date | StartDate | start_at | starts_on | started_at | Start Date (UTC) | Begin Date | From
        From Date | Date Started | Valid From | Active From | Active Since | Effective Date | Effective Start Date
        Contract Start | Contract Start Date | Contract Start (UTC) | Subscription Start Date | Sub Start
        subscription_start_at | Service Start Date | Billing Start Date | Term Start | Term Start Date | Plan Start
        Plan Start Date | Membership Start | Activation Date | Activated At | activated_on | Commencement Date
        Commencement | Created (UTC) | Created At | Signup Date | Date Joined | Customer Since
    """,
    "end": """
        End | End Date | EndDate | end_at | ends_on | ended_at | Ended At (UTC) | End Date (UTC) | To | Date Ended
        Churn Date | churned_at | Churned On | churn_date (UTC) | Contract End | Contract End Date
        Contract Expiry | Contract Expiration Date | Contract Termination Date | Subscription End Date | Sub End
        subscription_ends_at | Subscription Expiry | Service End | Service End Date | Service Until | Billing End Date
        Term End | Term End Date | Plan End | Effective End Date | Effective To | Valid To | Valid Until
        Valid Through | Active Until | Expires At | expires_on | Expiry | Expiry Date | Expiration Date | Expired At
        Termination Date | Terminated On | Stopped At | Lapsed On | Paid Through | Paid Thru Date | Paid Until
        Licence Expiry | License Expiration Date | Membership Expires
    """,
    "cancelled": """
        Cancelled At | canceled_at | Canceled On | Cancelled At (UTC) | Cancellation Date | Cancel Date
        Subscription Cancelled At | Date Cancelled
    """,
    "month": "Month | Period | Reporting Month | Billing Month | Revenue Month | Invoice Month",
    "mrr": """
        MRR | MRR (USD) | mrr_eur | Monthly Recurring Revenue | Monthly Amount | Monthly Fee | Monthly Price
        Monthly Revenue | Net MRR | Customer MRR | MRR amount | mrr_value
    """,
    "amount": """
        Amount | Amount (EUR) | Price | Unit Price | unit_amount | Plan Amount | Plan Price | Base Price | Recurring Fee
        Subscription Fee | Price per seat | Billing Amount
    """,
    "interval": """
        Interval | Billing | Billing Interval | Billing Period | Billing Cycle | Billing Frequency | Frequency
        Plan Interval | recurring_interval | price_interval | Payment Frequency | Invoice Frequency | Renewal Interval
        Billing Cadence
    """,
    "interval_count": """
        Interval Count | interval_count | Plan Interval Count | recurring_interval_count | Billing Interval Count
        Frequency Count
    """,
    "stopped": "Paused At | Pause Date | Paused On | Suspended On | suspended_at | Unpaid Since | On hold since",
    "quantity": """
        Quantity | Qty | Seats | Seat Count | Number of Seats | Licenses | Licence Count | Units | Billed Quantity
        No. of seats | Number of licenses | Paid licences
    """,
    "discount": """
        Discount | Discount % | Discount (%) | discount_percent | Discount Rate | Discount Pct | Discount in %
        Discount (in %)
    """,
    "currency": """
        Currency | Currency Code | CCY | Billing Currency | billing_currency | Invoice Currency | Contract Currency
        Customer Currency
    """,
    "status": "Status | Subscription Status | subscription_state | Contract Status | Current Status",
    "kind": "Kind | Charge Type | line_type | Item Type | Revenue Type",
    "arr": """
        ARR | ARR (USD) | Annual Recurring Revenue | ACV | Annual Contract Value | Annual Price | Annual Fee
        Jahrespreis
    """,
    "tcv": "TCV | Total Contract Value",
    "term": "Term | Contract Term | Contract Length | Term (months) | Laufzeit",
    "product": "Product | Product Name | Product ID | product_code",
}

#: Headers that look like a role's and name none.
UNNAMED = """
    Current Period End | current_period_start | current_term_end | Cancel At Period End | Churn reason | Churn
    Cancellation Reason | End customer | End Customer Name | Billing address | Billing Email | Billing Country
    Billing Contact | Trial Start | is_trial | Service fee type | Setup fee
    Status date | Status Changed At | Month to date | State | Country code | Last payment amount | Created by
    Product start date | Account manager | Account Owner | Customer Segment | Customer Type | Customer Country
    Customer Email | Renewal Date | Next Renewal Date | Next Billing Date | Invoice Date | Due Date | Close Date
    Updated At | Last Active | Is Active | Amount Due | Amount Paid
    Discount Code | Discount Value | Coupon Code | Payment Status | Invoice Status | Renewal Status | Opening MRR
    Ending MRR | Churned MRR | New MRR | Payment Terms | Renewal Term | Plan | Plan Name | Region | Sales rep
    End user | Warranty End | Start of week | Weekend rate | Trend | Vendor | Calendar
"""


def _listed(text: str) -> list[str]:
    return [header.strip() for line in text.strip().splitlines() for header in line.split("|") if header.strip()]


@pytest.mark.parametrize(
    ("header", "role"), [(header, role) for role, headers in NAMED.items() for header in _listed(headers)]
)
def test_a_header_names_a_role(header: str, role: str) -> None:
    assert list(roles_of(header)) == [role]


@pytest.mark.parametrize("header", _listed(UNNAMED))
def test_a_header_that_only_looks_like_a_role_names_none(header: str) -> None:
    assert roles_of(header) == {}


@pytest.mark.parametrize("zone", ["UTC", "GMT", "CET", "PST"])
@pytest.mark.parametrize(
    "spelling", ["Churn Date ({})", "churn_date_{}", "CHURN DATE {}", "Churned ({})", "churnDate {}"]
)
def test_a_time_zone_behind_a_header_changes_nothing(spelling: str, zone: str) -> None:
    assert list(roles_of(spelling.format(zone))) == ["end"]


@pytest.mark.parametrize("header", ["churned", "Terminated", "Expired", "Stopped", "Lapsed", "Activated"])
def test_a_word_that_may_be_a_yes_or_no_is_a_date_only_beside_a_word_for_one(header: str) -> None:
    assert roles_of(header) == {}
    assert len(roles_of(f"{header} at")) == len(roles_of(f"{header} (UTC)")) == 1


@pytest.mark.parametrize("case", [str.lower, str.upper, str.title])
@pytest.mark.parametrize("separator", [" ", "_", "-", ".", "  "])
def test_case_and_separators_do_not_matter(case, separator: str) -> None:
    assert list(roles_of(case("contract end date").replace(" ", separator))) == ["end"]
    assert list(roles_of(case("plan interval count").replace(" ", separator))) == ["interval_count"]


def test_a_header_is_its_words_without_the_unit_behind_them() -> None:
    assert words("Ended At (UTC)") == ["ended", "at"]
    assert words("MRR (USD)") == ["mrr"]
    assert words("subscriptionEndDate") == ["subscription", "end", "date"]
    assert words("Discount %") == ["discount", "percent"]
    assert words("USD") == ["usd"]


@pytest.mark.parametrize(
    ("header", "percent"),
    [
        ("Discount %", True), ("Discount (%)", True), ("discount_percent", True), ("discountpercent", True),
        ("Discount Pct", True), ("Discount percentage", True), ("Discount", False), ("Discount rate", False),
    ],
)  # fmt: skip
def test_a_header_says_whether_its_numbers_are_percentages(header: str, percent: bool) -> None:
    assert is_percent(header) is percent


# Several headers for one role

CHOSEN = [
    ("Customer ID | Customer Name | Start | MRR", {"customer": "Customer ID"}),
    ("Customer Name | Start | MRR", {"customer": "Customer Name"}),
    ("Email | Customer | Start | MRR", {"customer": "Customer"}),
    ("Customer | Created | Contract Start Date | MRR", {"start": "Contract Start Date"}),
    ("Customer | Created (UTC) | Start (UTC) | MRR", {"start": "Start (UTC)"}),
    ("Customer | Created (UTC) | Ended At (UTC) | MRR", {"start": "Created (UTC)", "end": "Ended At (UTC)"}),
    ("Customer | Start | End | Churn Date | MRR", {"end": "End"}),
    ("Customer | Start | Churn Date | Churn reason | MRR", {"end": "Churn Date"}),
    ("Customer | Start | Service End | Cancelled At | MRR", {"end": "Service End", "cancelled": "Cancelled At"}),
    ("Customer | Start | Amount | List Price", {"amount": "Amount"}),
    ("Customer | Start | Amount | Billing Frequency | Interval Count", {"interval_count": "Interval Count"}),
    ("Product | Product Name | Customer | Start | MRR", {"product": "Product"}),
    ("Customer | Start | Status | Payment Status | MRR", {"status": "Status"}),
]  # fmt: skip


@pytest.mark.parametrize(("headers", "chosen"), CHOSEN, ids=[headers for headers, _ in CHOSEN])
def test_the_header_that_names_a_role_best_is_its_column(headers: str, chosen: dict[str, str]) -> None:
    roles = recognise(_listed(headers)).roles
    assert {role: roles.get(role) for role in chosen} == chosen


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        (
            "Customer | Start | Contract End | Churn Date | MRR",
            "columns 'Contract End' and 'Churn Date' both mean end; rename or remove one of them",
        ),
        (
            "Customer | Client | Start | MRR",
            "columns 'Customer' and 'Client' both mean customer; rename or remove one of them",
        ),
        (
            "Customer | Start | MRR | Price",
            "columns 'MRR' (already per month) and 'Price' (per interval) both say what is paid; remove one of them",
        ),
        (
            "Account manager | Start | MRR",
            "no column says whose subscription it is, such as 'customer'; "
            "the header row has Account manager, Start, MRR"
            "; if one of them does, say which with --map customer=..., elsewhere with columns",
        ),
        (
            "Customer | Trial Start | MRR",
            "no column says when it starts, such as 'start'; the header row has Customer, Trial Start, MRR"
            "; if one of them does, say which with --map start=..., elsewhere with columns",
        ),
        (
            "Customer | Start | Setup fee",
            "no column says what is paid, such as 'amount' or 'mrr'; the header row has Customer, Start, Setup fee"
            "; if one of them does, say which with --map amount=..., elsewhere with columns",
        ),
    ],
)  # fmt: skip
def test_headers_that_leave_a_role_open_are_refused(headers: str, sentence: str) -> None:
    with pytest.raises(MrrError) as error:
        recognise(_listed(headers))
    assert str(error.value) == sentence


# The layouts


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ("Customer | Start | MRR", "subscriptions"),
        ("Customer | Month | Start | MRR", "subscriptions"),
        ("Customer | Month | MRR", "long"),
        ("Customer | Billing Month | Unit Price | Qty | Discount", "long"),
        ("Customer | Month | Amount | Interval | Currency | Charge Type", "long"),
        ("Customer | 2024-01 | 2024-02", "wide"),
        ("Customer | Jan-24 | Feb-24 | Mar 24 | Apr '24 | May 2024", "wide"),
    ],
)
def test_headers_say_the_layout(headers: str, kind: str) -> None:
    assert recognise(_listed(headers)).kind == kind


def test_months_are_read_however_they_are_written_in_one_header_row() -> None:
    layout = recognise(_listed("Customer | Jan-24 | Feb 24 | Mar '24 | Apr. 2024 | 2024-05 | June 2024 | Region"))
    assert list(layout.months.values()) == [2024 * 12 + number for number in range(6)]


def test_a_month_that_is_there_twice_is_refused() -> None:
    with pytest.raises(MrrError) as error:
        recognise(["Customer", "Mar-24", "Mar 24"])
    assert str(error.value) == "columns 'Mar-24' and 'Mar 24' are the same month; remove one of them"


@pytest.mark.parametrize(
    ("headers", "mend"),
    [
        ("Customer | Start | Contract value | Months", "; what is for a whole contract is --map tcv=..., and how long "
         "that runs --map term=..."),
        ("Cliente | Inicio | Valor total del contrato", "; what is for a whole contract is --map tcv=..., and how long "
         "that runs --map term=..."),
        ("Kunde | Beginn | Jahreswert", "; what is for a year is --map arr=..."),
        ("Client | Début | Valeur annuelle du contrat", "; what is for a whole contract is --map tcv=..., and how "
         "long that runs --map term=...; what is for a year is --map arr=..."),
        ("Client | Mois | Loyer", ""),
        ("Customer | Month | Deal total", "; what is for a whole contract is --map tcv=..., and how long that runs "
         "--map term=..."),
    ],
)  # fmt: skip
def test_an_amount_for_longer_than_an_interval_is_not_to_be_mapped_as_amount(headers: str, mend: str) -> None:
    with pytest.raises(MrrError) as error:
        recognise(_listed(headers))
    row = ", ".join(_listed(headers))
    assert str(error.value) == (
        f"no column says what is paid, such as 'amount' or 'mrr'; the header row has {row}; if one of them does, say "
        f"which with --map amount=..., elsewhere with columns{mend}"
    )


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ("Customer | Q1 2025 | Q2 2025", "Q1 2025 is a quarter"),
        ("Customer | FY2024 | FY2025", "FY2024 is a year"),
        ("Customer | Plan | Jan | Feb", "Jan does not say its year"),
        ("Kunde | Januar | Februar | März", "Januar does not say its year"),
        ("Customer | Jan 25 ARR | Feb 25 ARR", "Jan 25 ARR says more than that"),
        ("Customer | MRR_2025-01", "MRR_2025-01 says more than that"),
    ],
)
def test_headers_of_times_that_are_no_months_are_named(headers: str, why: str) -> None:
    with pytest.raises(MrrError) as error:
        recognise(_listed(headers))
    row = ", ".join(_listed(headers))
    assert str(error.value) == (
        f"no column says when it starts, such as 'start'; the header row has {row}; if one of them does, say which "
        "with --map start=..., elsewhere with columns; a schedule has a column for each month, such as 2024-03, and "
        f"{why}"
    )


def test_a_schedule_of_amounts_for_a_year_is_refused() -> None:
    with pytest.raises(MrrError) as error:
        recognise(["Client", "Mois", "ARR"])
    assert str(error.value) == (
        "column ARR is for a year, and the amounts of a schedule are what is paid in each month; give a twelfth of it "
        "in a column mrr"
    )
