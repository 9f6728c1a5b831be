"""The commands that bring the functions into a spreadsheet program."""

from __future__ import annotations

import re
from pathlib import Path

import click

from mrr_xl.cli.group import main
from mrr_xl.errors import MrrError


@main.group()
def addin() -> None:
    """The functions for a spreadsheet program; docs/hosts.md says which one needs what."""


@addin.command()
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


@addin.command()
def server() -> None:
    """What to put into an xlwings Server's folder; Excel on Windows, Mac and the web then has the functions."""
    from mrr_xl.hosts.server import steps

    click.echo(steps())


@addin.command()
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default="mrr.xlsm", show_default=True, help="The file to write."
)
def excel(out: Path) -> None:
    """A workbook with the functions as macros, for Excel on Windows through xlwings; its first sheet says how."""
    from mrr_xl.report import write_addin

    write_addin(out)
    click.echo(f"wrote {out}: open it in Excel and press Enable Content; the sheet Start explains the rest")


@addin.command()
@click.option("-o", "--out", metavar="FOLDER", type=click.Path(path_type=Path), help="Write the two files there.")
@click.option("--wheel", metavar="URL", help="Where mrr_xl's own wheel can be fetched, instead of the package index.")
def lite(out: Path | None, wheel: str | None) -> None:
    """What to paste into xlwings Lite's two tabs; for Excel on Windows, the Mac and the web, no Python needed."""
    from mrr_xl.hosts.lite import MAIN, requirements
    from mrr_xl.xlsx.writing import write_whole

    if wheel is not None and not re.fullmatch(r"https?://.+\.whl", wheel):
        raise MrrError(
            f"--wheel {wheel} is not the address of a wheel, such as https://example.com/mrr_xl-1.0-py3-none-any.whl"
        )
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    for name, text in {"requirements.txt": requirements(wheel), "main.py": MAIN}.items():
        if out is None:
            click.echo(f"----- {name} -----\n{text}")
        else:
            write_whole(text.encode(), out / name)
            click.echo(f"wrote {out / name}")
