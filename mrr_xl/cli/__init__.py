"""The command line: it parses, calls and prints."""

from mrr_xl.cli import addins, checks, figures, function_page, movements, statements, workbooks  # noqa: F401  each adds its commands
from mrr_xl.cli.group import main

__all__ = ["main"]
