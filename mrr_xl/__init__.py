"""MRR (monthly recurring revenue) in the spreadsheet, in Python and on the command line."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mrr_xl.errors import MrrError
from mrr_xl.metrics import metric
from mrr_xl.movements import movements
from mrr_xl.pricing import from_arpa, monthly
from mrr_xl.settings import Settings

if TYPE_CHECKING:
    from mrr_xl.filling.batch import fill_each
    from mrr_xl.filling.fill import fill
    from mrr_xl.report import write_template

__version__ = "0.2.0"
__all__ = [
    "MrrError", "Settings", "fill", "fill_each", "from_arpa", "metric", "monthly", "movements", "write_template",
]  # fmt: skip

#: Imported when they are asked for: what writes workbooks needs packages that a browser's Python has not.
_WORKBOOKS = {"fill": "mrr_xl.filling.fill", "fill_each": "mrr_xl.filling.batch", "write_template": "mrr_xl.report"}


def __getattr__(name: str) -> Any:
    if name in _WORKBOOKS:
        return getattr(import_module(_WORKBOOKS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
