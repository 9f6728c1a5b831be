"""Seconds that a formula over a table takes on each host, beside a function of that host that only counts the rows.

Of Excel itself nothing is measured: for classic, the copying of cells between Excel and Python (COM) comes on top
of both columns; for Lite and Server, the way between Excel and Python.

Then 200 formulas over one table beside a single one, by range and by the handle that MRR_LEDGER gives.
"""

from __future__ import annotations

import importlib
import os

HOSTS = {
    "calc": "LibreOffice Calc",
    "classic": "xlwings on Windows, without COM",
    "lite": "xlwings Lite",
    "server": "xlwings Server",
}


def main() -> None:
    os.environ.setdefault("XLWINGS_LICENSE_KEY", "noncommercial")
    print(f"{'host':<34}{'rows':>9}{'first':>9}{'again':>9}{'counting':>10}{'ratio':>8}")
    for host, title in HOSTS.items():
        for rows in (10_000, 100_000):
            first, again, bare = importlib.import_module(f"on_{host}").measure(rows)
            print(f"{title:<34}{rows:>9,}{first:>8.2f}s{again:>8.3f}s{bare:>9.4f}s{again / bare:>7.1f}x")
    many_formulas()


def many_formulas() -> None:
    from on_classic import formulas

    print(f"\n{HOSTS['classic']:<34}{'rows':>9}{'1 formula':>11}{'200':>9}{'ratio':>8}")
    for rows in (10_000, 100_000):
        for by_handle, way in ((False, "by range"), (True, "by handle")):
            one, many = formulas(1, by_handle, rows), formulas(200, by_handle, rows)
            print(f"{way:<34}{rows:>9,}{one:>10.2f}s{many:>8.2f}s{many / one:>7.1f}x")


if __name__ == "__main__":
    main()
