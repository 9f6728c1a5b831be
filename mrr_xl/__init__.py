"""MRR (monthly recurring revenue) in the spreadsheet, in Python and on the command line."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mrr_xl.version import __version__

if TYPE_CHECKING:
    from mrr_xl.errors import MrrError, MrrWarning
    from mrr_xl.filling.batch import fill_each
    from mrr_xl.filling.fill import fill
    from mrr_xl.ledger.pricing import from_arpa, monthly
    from mrr_xl.metrics import metric, movements
    from mrr_xl.report import write_template
    from mrr_xl.settings import Settings

__all__ = [
    "MrrError", "MrrWarning", "Settings", "__version__", "fill", "fill_each", "from_arpa", "metric", "monthly",
    "movements", "write_template",
]  # fmt: skip

#: Where each public name stands. They are imported when something asks for them: pandas alone takes half a second.
_PUBLIC = {
    "MrrError": "mrr_xl.errors",
    "MrrWarning": "mrr_xl.errors",
    "Settings": "mrr_xl.settings",
    "fill": "mrr_xl.filling.fill",
    "fill_each": "mrr_xl.filling.batch",
    "from_arpa": "mrr_xl.ledger.pricing",
    "metric": "mrr_xl.metrics",
    "monthly": "mrr_xl.ledger.pricing",
    "movements": "mrr_xl.metrics",
    "write_template": "mrr_xl.report",
}


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
