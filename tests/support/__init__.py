"""What the tests share: ledgers as text, the hosts, an independent recomputation, sound files."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
