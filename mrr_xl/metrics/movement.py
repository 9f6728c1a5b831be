"""The opening, the movements and the closing, in money and in customers."""

from __future__ import annotations

from mrr_xl.later import pd
from mrr_xl.metrics.arguments import choice
from mrr_xl.metrics.registry import series
from mrr_xl.rollforward.book import Book
from mrr_xl.rollforward.bridge import gross
from mrr_xl.rollforward.changes import MOVEMENTS


@series("MRR", unit="money", group="level")
def mrr(movements: pd.DataFrame) -> pd.Series:
    """The monthly recurring revenue at the end of the month.

    Formula: opening + new + reactivation + expansion + contraction + churn.

    >>> metric("MRR", northstar, "2024-02")
    1500.0
    """
    return movements["closing"]


@series("ARR", unit="money", group="level")
def arr(movements: pd.DataFrame) -> pd.Series:
    """The annual run rate at the end of the month: twelve times its MRR.

    Formula: 12 × MRR.

    >>> metric("ARR", northstar, "2024-02")
    18000.0
    """
    # Whole numbers of any size: twelve times the limit is beyond 64 bits.
    return 12 * movements["closing"].astype(object)


@series("MRR_OPENING", unit="money", group="level")
def opening(movements: pd.DataFrame) -> pd.Series:
    """The MRR at the end of the month before.

    >>> metric("MRR_OPENING", northstar, "2024-02")
    1800.0
    """
    return movements["opening"]


@series("MRR_NEW", unit="money", group="movements")
def new(movements: pd.DataFrame) -> pd.Series:
    """The MRR of customers who had none before, ever.

    >>> metric("MRR_NEW", northstar, "2024-02")
    300.0
    """
    return movements["new"]


@series("MRR_REACTIVATION", unit="money", group="movements")
def reactivation(movements: pd.DataFrame) -> pd.Series:
    """The MRR of former customers who came back.

    >>> metric("MRR_REACTIVATION", northstar, "2024-02")
    0.0
    """
    return movements["reactivation"]


@series("MRR_EXPANSION", unit="money", group="movements")
def expansion(movements: pd.DataFrame) -> pd.Series:
    """What customers who stayed pay more than the month before.

    >>> metric("MRR_EXPANSION", northstar, "2024-02")
    200.0
    """
    return movements["expansion"]


@series("MRR_CONTRACTION", unit="money", group="movements")
def contraction(movements: pd.DataFrame) -> pd.Series:
    """What customers who stayed pay less than the month before; 0 or negative.

    >>> metric("MRR_CONTRACTION", northstar, "2024-02")
    -300.0
    """
    return movements["contraction"]


@series("MRR_CHURN", unit="money", group="movements")
def churn(movements: pd.DataFrame) -> pd.Series:
    """The MRR of customers who left; 0 or negative.

    >>> metric("MRR_CHURN", northstar, "2024-02")
    -500.0
    """
    return movements["churn"]


@series("MRR_NET_NEW", unit="money", group="movements")
def net_new(movements: pd.DataFrame) -> pd.Series:
    """How much the MRR changed in the month: the sum of all its movements.

    Formula: new + reactivation + expansion + contraction + churn.

    >>> metric("MRR_NET_NEW", northstar, "2024-02")
    -300.0
    """
    return movements["net_new"]


@series("MRR_GROSS_MOVEMENT", unit="money", group="movements")
def gross_movement(book: Book, movement: object = None) -> pd.Series:
    """A movement of a quarter, a year ... as the sum of its months, whoever moved back within the period.

    movement: new, reactivation, expansion, contraction or churn; left out, all of them, which is the net new MRR.
    Formula: Σ of the movement over the months of the period. Beside it, MRR_EXPANSION and the others are the difference
    between the period's ends, customer by customer; with the setting period=month the two are the same.
    Source: docs/definitions.md, periods.

    >>> metric("MRR_GROSS_MOVEMENT", northstar, "2024-02", movement="expansion")
    200.0
    """
    moved = gross(book.movements, book.by_period.index, book.settings)
    if movement is None or not str(movement).strip():
        return moved[list(MOVEMENTS)].sum(axis=1)
    return moved[choice(movement, "movement", "a movement")]


@series("MRR_OPENING_CUSTOMERS", unit="count", group="level")
def opening_customers(movements: pd.DataFrame) -> pd.Series:
    """The customers with MRR at the end of the month before.

    >>> metric("MRR_OPENING_CUSTOMERS", northstar, "2024-02")
    3
    """
    return movements["opening_customers"]


@series("MRR_CUSTOMERS", unit="count", group="level")
def customers(movements: pd.DataFrame) -> pd.Series:
    """The customers with MRR at the end of the month.

    >>> metric("MRR_CUSTOMERS", northstar, "2024-02")
    3
    """
    return movements["closing_customers"]


@series("MRR_NEW_CUSTOMERS", unit="count", group="customers")
def new_customers(movements: pd.DataFrame) -> pd.Series:
    """The customers who had no MRR before, ever.

    >>> metric("MRR_NEW_CUSTOMERS", northstar, "2024-02")
    1
    """
    return movements["new_customers"]


@series("MRR_REACTIVATED_CUSTOMERS", unit="count", group="customers")
def reactivated_customers(movements: pd.DataFrame) -> pd.Series:
    """The former customers who came back.

    >>> metric("MRR_REACTIVATED_CUSTOMERS", northstar, "2024-02")
    0
    """
    return movements["reactivated_customers"]


@series("MRR_EXPANDED_CUSTOMERS", unit="count", group="customers")
def expanded_customers(movements: pd.DataFrame) -> pd.Series:
    """The customers who stayed and pay more than the month before.

    >>> metric("MRR_EXPANDED_CUSTOMERS", northstar, "2024-02")
    1
    """
    return movements["expanded_customers"]


@series("MRR_CONTRACTED_CUSTOMERS", unit="count", group="customers")
def contracted_customers(movements: pd.DataFrame) -> pd.Series:
    """The customers who stayed and pay less than the month before, as a count of 0 or more.

    >>> metric("MRR_CONTRACTED_CUSTOMERS", northstar, "2024-02")
    1
    """
    return movements["contracted_customers"]


@series("MRR_CHURNED_CUSTOMERS", unit="count", group="customers")
def churned_customers(movements: pd.DataFrame) -> pd.Series:
    """The customers who left, as a count of 0 or more.

    >>> metric("MRR_CHURNED_CUSTOMERS", northstar, "2024-02")
    1
    """
    return movements["churned_customers"]
