"""MRR (monthly recurring revenue) in the spreadsheet, in Python and on the command line."""

from mrr_xl.errors import MrrError
from mrr_xl.metrics import metric
from mrr_xl.movements import movements
from mrr_xl.pricing import from_arpa, monthly
from mrr_xl.settings import Settings

__version__ = "0.2.0"
__all__ = ["MrrError", "Settings", "from_arpa", "metric", "monthly", "movements"]
