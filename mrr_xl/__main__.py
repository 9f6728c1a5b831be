"""Where the command mrr-xl begins: Ctrl+C or SIGTERM ends it at once, also while its parts are still loaded."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

#: Seconds; a hurdle for files that never end. Where the command is called in Python, in its own process, there is none.
_LIMITS = {"fill": {"time_limit": 600}}


def main() -> None:
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGTERM, signal.SIG_DFL)):
        if signal.getsignal(number) is usual:
            signal.signal(number, _stop)
    try:
        from mrr_xl.cli import main as command

        command(default_map=_LIMITS)
    except KeyboardInterrupt:
        sys.stderr.write("mrr-xl: stopped\n")
        sys.exit(130)


def _stop(_: int, frame: FrameType | None) -> None:
    """Stop; within an import at once, since a library that is stopped there may call it a failure of its own."""
    while frame:
        if "importlib._bootstrap" in frame.f_code.co_filename:
            os.write(2, b"mrr-xl: stopped\n")
            os._exit(130)
        frame = frame.f_back
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
