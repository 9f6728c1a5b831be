"""What the buttons of the Excel add-in ask Python for. A mistake is a text, as a cell's function answers it."""

from __future__ import annotations

import itertools
import tempfile
import warnings
import webbrowser
from pathlib import Path

import xlwings as xw

from mrr_xl.errors import MrrWarning
from mrr_xl.functions.cells import rows_of
from mrr_xl.functions.help_page import help_page, named_in
from mrr_xl.hosts.excel import answered
from mrr_xl.report import write_template
from mrr_xl.sources import table_from_rows
from mrr_xl.xlsx.writing import write_whole


@xw.func
@xw.arg("data", "raw")
@answered
def new_report(data, folder, book):  # type: ignore[no-untyped-def]
    """The report over the cells of a table, written into a folder; its path, under a name that is free."""
    stem = f"{Path(book).stem} MRR report"
    names = itertools.chain([stem], (f"{stem} ({number})" for number in itertools.count(2)))
    path = next(path for name in names if not (path := Path(folder) / f"{name}.xlsx").exists())
    with warnings.catch_warnings():
        # The report says on its sheet Checks what is doubtful; nobody would see a warning here.
        warnings.simplefilter("ignore", MrrWarning)
        write_template(path, data=table_from_rows(rows_of(data)))
    return str(path)


@xw.func
@answered
def show_help(formula):  # type: ignore[no-untyped-def]
    """Open what the functions of a formula compute, in the browser; the page's path."""
    path = Path(tempfile.gettempdir()) / "mrr_xl functions.html"
    write_whole(help_page(named_in(str(formula or ""))).encode(), path)
    webbrowser.open(path.as_uri())
    return str(path)
