"""Where the command mrr-xl begins: Ctrl+C ends it at once, also while its parts are still loaded."""

from __future__ import annotations

import sys


def main() -> None:
    try:
        from mrr_xl.cli import main as command

        command()
    except KeyboardInterrupt:
        sys.stderr.write("mrr-xl: stopped\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
