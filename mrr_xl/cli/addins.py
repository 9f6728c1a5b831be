"""The commands that bring the functions into a spreadsheet program."""

from __future__ import annotations

from mrr_xl.cli.group import main


@main.group()
def addin() -> None:
    """The functions for a spreadsheet program; docs/hosts.md says which one needs what."""
