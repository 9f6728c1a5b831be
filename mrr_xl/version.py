"""The version of this package, and its name in the properties of the workbooks that it writes."""

__version__ = "0.7.0"
AUTHOR = "mrr_xl"
