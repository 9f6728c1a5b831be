"""Where the command mrr-xl begins: Ctrl+C ends it at once, also while its parts are still loaded."""

from __future__ import annotations

import sys

#: Seconds; a hurdle for files that never end. Where the command is called in Python, in its own process, there is none.
_LIMITS = {"fill": {"time_limit": 600}}


def main() -> None:
    try:
        from mrr_xl.cli import main as command

        command(default_map=_LIMITS)
    except KeyboardInterrupt:
        sys.stderr.write("mrr-xl: stopped\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
