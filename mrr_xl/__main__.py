"""Where the command mrr-xl begins: Ctrl+C or SIGTERM ends it at once, also while its parts are still loaded."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

#: Seconds; a hurdle for files that never end. Where the command is called in Python, in its own process, there is none.
_LIMITS = {"fill": {"time_limit": 600}}


def main() -> None:
    _open_closed_streams()
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGTERM, signal.SIG_DFL)):
        if signal.getsignal(number) is usual:
            signal.signal(number, _stop)
    try:
        from mrr_xl.cli import main as command

        command(default_map=_LIMITS)
    except KeyboardInterrupt:
        sys.stderr.write("mrr-xl: stopped\n")
        sys.exit(130)


def _open_closed_streams() -> None:
    """Output that is closed (>&-) is one that can't be written, and no file that is opened later takes its place.

    Messages to a closed stderr (2>&-) are not wanted. A Windows program without a console has no output at all.
    """
    if os.name != "posix":
        return
    for number, how in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, how)  # which gets the lowest number that is free
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8")
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8")


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
