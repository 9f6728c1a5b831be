"""The columns of tables: what each is, under the header that a cell has, and those that several tables share."""

from __future__ import annotations

from dataclasses import dataclass

FRACTION = "fraction"
_AND_SO_ON = " …"


@dataclass(frozen=True)
class Column:
    """Columns of one kind; heads: their headers, or what the headers are where they depend on the data.

    A fraction is shown as a percentage to people.
    """

    heads: str
    what: str
    unit: str

    def holds(self, name: str) -> bool:
        """Whether a table's column of this name is one of them; "0, 1, 2 …" are all that are numbers.

        >>> share = Column("Share, Cumulative share", "", "fraction")
        >>> share.holds("cumulative_share"), share.holds("mrr"), Column("0, 1, 2 …", "", "fraction").holds("12")
        (True, False, True)
        """
        if self.heads.endswith(_AND_SO_ON):
            return name.isdigit()
        return name.replace("_", " ").lower() in self.heads.lower().split(", ")


MONTH = Column("Month", "the month, as its first day", "date")
CUSTOMER = Column("Customer", "the customer", "text")
OPENING = Column("Opening", "the MRR at the end of the month before", "money")
CLOSING = Column("Closing", "the MRR at the end of the month", "money")
EACH_MOVEMENT = Column(
    "New, Reactivation, Expansion, Contraction, Churn",
    "the movements, as MRR_NEW and the others give them; contraction and churn are 0 or negative",
    "money",
)
