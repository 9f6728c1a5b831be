"""numpy and pandas, imported when something first asks for a name of theirs.

They take most of a second: a version, a help text or a list of functions needs neither.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:

    class _Later:
        def __init__(self, module: str) -> None:
            self._module = module

        def __getattr__(self, name: str) -> Any:
            return getattr(import_module(self._module), name)

    np, pd = _Later("numpy"), _Later("pandas")

__all__ = ["np", "pd"]
