"""The add-in in Excel's folder XLSTART, whose files Excel opens whenever it starts; it asks nothing there.

Excel on Windows trusts the folder %APPDATA%\\Microsoft\\Excel\\XLSTART (https://support.microsoft.com/office,
"Customize how Excel starts"; "Add, remove, or change a trusted location").
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from mrr_xl.errors import MrrError
from mrr_xl.report import write_addin
from mrr_xl.report.sheets import configuration
from mrr_xl.version import __version__
from mrr_xl.xlsx.workbook import read_workbook

NAME = "mrr.xlam"
_COMMAND = "mrr-xl addin excel --install"


@dataclass(frozen=True)
class Installed:
    """The add-in as it is installed: where, by which version of mrr_xl, and which Python computes its functions."""

    path: Path
    version: str
    python: str

    def sentence(self) -> str:
        """What a user wants to know of it, and what to do if it can't work."""
        return f"installed: {self.path}, of version {self.version}{self._renew()}; {self._computed_by()}"

    def _renew(self) -> str:
        return "" if self.version == __version__ else f" (this is {__version__}: run {_COMMAND} again)"

    def _computed_by(self) -> str:
        if not PureWindowsPath(self.python).drive and not Path(self.python).is_absolute():
            return f"its Python is the {self.python} that Windows finds first"
        if any(Path(self.python + ending).is_file() for ending in ("", ".exe")):
            return f"its Python is {self.python}"
        return f"its Python, {self.python}, is not there: run {_COMMAND} again"


def install() -> Path:
    """Write the add-in into XLSTART, in place of the one that is there; the file's path. Raises MrrError."""
    excel = _excels_folder()
    path = excel / "XLSTART" / NAME
    beside = excel / f".{NAME}"  # not in XLSTART: Excel would open an unfinished file
    try:
        path.parent.mkdir(exist_ok=True)
        try:
            write_addin(beside)
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise _refused(path, "written", error) from None
    return path


def remove() -> Path:
    """Delete the add-in from XLSTART; the path that it had. Raises MrrError if it is not there."""
    path = _excels_folder() / "XLSTART" / NAME
    try:
        path.unlink()
    except FileNotFoundError:
        raise MrrError(f"the add-in is not installed: there is no {path}") from None
    except OSError as error:
        raise _refused(path, "deleted", error) from None
    return path


def status() -> str:
    """Whether the add-in is installed, of which version, and whether its Python is there; raises MrrError."""
    path = _excels_folder() / "XLSTART" / NAME
    return _read(path).sentence() if path.exists() else f"not installed: there is no {path}; {_COMMAND} writes it"


def _read(path: Path) -> Installed:
    """What an installed add-in says of itself on its sheet xlwings.conf."""
    try:
        cells = read_workbook(path).values(f"{configuration.NAME}!A1:B9") or []
    except MrrError:
        cells = []
    settings = dict(zip(cells[::2], cells[1::2]))
    if not settings.get(configuration.VERSION) or not settings.get(configuration.PYTHON):
        raise MrrError(f"{path} is not an add-in of mrr_xl, or is damaged; run {_COMMAND} to replace it")
    return Installed(path, str(settings[configuration.VERSION]), str(settings[configuration.PYTHON]))


def _excels_folder() -> Path:
    """Where Excel keeps what belongs to this user; it makes the folder when it is started for the first time."""
    appdata = os.environ.get("APPDATA")
    if not appdata:
        raise MrrError(
            "only Windows has Excel's folder XLSTART: on the computer with Excel, run the same command, or write the "
            f"add-in with mrr-xl addin excel -o {NAME} and copy it there into %APPDATA%\\Microsoft\\Excel\\XLSTART"
        )
    folder = Path(appdata) / "Microsoft" / "Excel"
    if not folder.is_dir():
        raise MrrError(f"there is no folder {folder}: start Excel once, close it, and run the command again")
    return folder


def _refused(path: Path, done: str, error: OSError) -> MrrError:
    if isinstance(error, PermissionError) and path.exists():
        return MrrError(f"{path} can't be {done} while Excel has it open: close Excel and run the command again")
    return MrrError(f"{path} can't be {done} ({error.strerror})")
