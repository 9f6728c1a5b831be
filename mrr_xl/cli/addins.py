"""The commands that bring the functions into a spreadsheet program."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from mrr_xl.cli.group import main
from mrr_xl.cli.help import examples
from mrr_xl.errors import MrrError

#: What to do with a file for Excel on Windows, by its ending.
_OPENED = {
    ".xlam": r"on the computer with Excel, copy it into %APPDATA%\Microsoft\Excel\XLSTART, or run mrr-xl addin excel "
    "--install there",
    ".xlsm": "open it in Excel and press Enable Content; the sheet Start explains the rest",
}


@main.group()
def addin() -> None:
    """The functions for a spreadsheet program; docs/hosts.md says which one needs what."""


@addin.command(**examples("mrr-xl addin calc -o mrr.oxt"))
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default="mrr.oxt", show_default=True, help="The file to write."
)
def calc(out: Path) -> None:
    """The extension for LibreOffice Calc, computed by this Python; open it in LibreOffice to install it."""
    from mrr_xl.hosts.calc.extension import extension
    from mrr_xl.xlsx.writing import write_whole

    if out.suffix.lower() != ".oxt":
        raise MrrError(f"{out.name} must end in .oxt")
    write_whole(extension(), out)
    click.echo(f"wrote {out}: in LibreOffice, Tools > Extensions > Add, then restart LibreOffice")
    if sys.platform == "linux":
        click.echo(
            "start LibreOffice from the desktop; in a terminal with an activated Python environment, type deactivate "
            "first"
        )


@addin.command(**examples("mrr-xl addin server"))
def server() -> None:
    """What to put into an xlwings Server's folder; Excel on Windows, Mac and the web then has the functions."""
    from mrr_xl.hosts.server import steps

    click.echo(steps())


@addin.command(
    **examples(
        "mrr-xl addin excel --install",
        "mrr-xl addin excel -o mrr.xlam",
    )
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="The file to write: an add-in (.xlam), or a workbook with the functions (.xlsm).  [default: mrr.xlam]",
)
@click.option("--install", "then", flag_value="install", help="Put the add-in where Excel opens it when it starts.")
@click.option("--remove", "then", flag_value="remove", help="Take it away from there.")
@click.option("--status", "then", flag_value="status", help="Say whether it is there, and which Python it uses.")
def excel(out: Path | None, then: str | None) -> None:
    """The functions for every workbook, as an add-in for Excel on Windows; xlwings calls this Python."""
    from mrr_xl.report import write_addin, xlstart

    if out is not None and then is not None:
        raise MrrError(f"--{then} is about the add-in in Excel's own folder; leave out -o {out}, or --{then}")
    if then == "install":
        click.echo(f"installed {xlstart.install()}: start Excel; the functions are in every workbook")
    elif then == "remove":
        click.echo(f"removed {xlstart.remove()}")
    elif then == "status":
        click.echo(xlstart.status())
    else:
        out = out or Path(xlstart.NAME)
        write_addin(out)
        click.echo(f"wrote {out}: {_OPENED[out.suffix.lower()]}")


@addin.command(**examples("mrr-xl addin lite -o mrr-lite"))
@click.option("-o", "--out", metavar="FOLDER", type=click.Path(path_type=Path), help="Write the files there.")
@click.option("--wheel", metavar="URL", help="Where mrr_xl's own wheel can be fetched, instead of the package index.")
def lite(out: Path | None, wheel: str | None) -> None:
    """What to paste into xlwings Lite's two tabs; for Excel on Windows, the Mac and the web, no Python needed."""
    from mrr_xl.hosts.lite import MAIN, PERSONAL, requirements
    from mrr_xl.xlsx.writing import write_whole

    if wheel is not None and not re.fullmatch(r"https?://.+\.whl", wheel):
        raise MrrError(
            f"--wheel {wheel} is not the address of a wheel, such as https://example.com/mrr_xl-1.0-py3-none-any.whl"
        )
    texts = {"requirements.txt": requirements(wheel), "main.py": MAIN}
    if out is None:
        for name, text in texts.items():
            click.echo(f"----- {name} -----\n{text}")
        return
    for name, text in {**texts, PERSONAL: MAIN}.items():
        try:
            (out / name).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MrrError(f"the folder {(out / name).parent} can't be made ({error.strerror})") from None
        write_whole(text.encode(), out / name)
        click.echo(f"wrote {out / name}")
