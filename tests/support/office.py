"""A real LibreOffice for the tests: a profile of its own with extensions, workbooks computed, and questions asked."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def missing() -> str:
    """Why this host can't be had here, or nothing."""
    for program in ("soffice", "unopkg"):
        if not shutil.which(program):
            return f"there is no {program}: install LibreOffice (libreoffice-calc-nogui)"
    return "" if office_python() else "no Python can talk to LibreOffice: install python3-uno"


class Office:
    """A profile of LibreOffice with extensions.

    recalculates: whether it computes every formula of a file that it opens; a new profile keeps the stored values.
    """

    def __init__(self, folder: Path, *extensions: bytes, recalculates: bool = True) -> None:
        self.folder = folder
        self.places = [
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            # The superuser may install for all users only; their folder is one of our own, too.
            f"-env:UNO_SHARED_PACKAGES_CACHE={(folder / 'shared').as_uri()}",
        ]
        (folder / "profile" / "user").mkdir(parents=True)
        (folder / "shared").mkdir()
        if recalculates:
            (folder / "profile" / "user" / "registrymodifications.xcu").write_text(_RECALCULATE)
        for number, content in enumerate(extensions):
            file = folder / f"extension{number}.oxt"
            file.write_bytes(content)
            everybody = ["--shared"] if os.name == "posix" and os.geteuid() == 0 else []
            run(["unopkg", "add", *everybody, "--force", str(file), *self.places])

    def convert(self, workbook: Path, kind: str = "xlsx", **environment: str) -> Path:
        """A workbook computed anew and written in another format; `environment` is added to the process's own."""
        out = Path(tempfile.mkdtemp(dir=self.folder))
        command = ["soffice", "--headless", "--convert-to", kind, "--outdir", str(out), str(workbook), *self.places]
        run(command, **environment)
        return out / f"{workbook.stem}.{kind}"

    def ask(self, workbook: Path, *steps: list[Any], **environment: str) -> list[Any]:
        """What office_client.py is asked to do with a workbook in a running soffice, and its answers."""
        question = json.dumps([shutil.which("soffice"), self.places, str(workbook), steps])
        client = Path(__file__).with_name("office_client.py")
        return json.loads(run([office_python(), str(client)], question, **environment))


def run(command: list[str], given: str = "", **environment: str) -> str:
    done = subprocess.run(
        command,
        env={**os.environ, **environment},
        input=given,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"
    return done.stdout


@functools.cache
def office_python() -> str:
    """The Python that can talk to LibreOffice: its own, or the system's with python3-uno; none is ''."""
    beside = Path(shutil.which("soffice") or "").resolve().parent / "python"
    for python in (str(beside), "/usr/bin/python3"):
        if os.path.exists(python) and not subprocess.run([python, "-c", "import uno"], capture_output=True).returncode:
            return python
    return ""
