"""What is read from a file, and what is said about how it was read."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrr_xl import MrrError, metric, movements


def closing(data: object, **how: object) -> dict[str, float]:
    """The MRR at the end of each month."""
    table = movements(data, **how)
    return dict(zip(table["month"].astype(str), table["closing"]))


def found_out(data: object, **how: object) -> list[str]:
    """What `mrr-xl check` says of how a table is written."""
    table = metric("MRR_CHECKS", data, **how)
    checks = table["check"].tolist()
    known = table.iloc[checks.index("lines read") + 1 : checks.index("columns read")]
    return [f"{check}: {says}" for check, says in zip(known["check"], known["says"])]


def refused(data: object, **how: object) -> str:
    """Why a table can't be read."""
    with pytest.raises(MrrError) as error:
        movements(data, **how)
    return str(error.value)


def written(folder: Path, text: str | bytes, encoding: str = "utf-8", name: str = "ledger.csv") -> Path:
    """A file that holds a text."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path
