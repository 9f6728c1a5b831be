"""12-month retention and cohorts of 1,000,000 subscription periods, beside the movements alone.

Run it with `make benchmark`. Each includes reading the ledger and its changes; all times are the best of five, in
turn in one process, so read the ratios.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from engines import MONTHS, THROUGH, ledger

import mrr_xl
from mrr_xl.months import month_label

PERIODS = 1_000_000


def main() -> None:
    frame = ledger(PERIODS)
    shown = [month_label(2023 * 12 + month) for month in range(MONTHS)]
    runs: dict[str, Callable[[], object]] = {
        "movements": lambda: mrr_xl.movements(frame, through=THROUGH),
        "NRR of all months": lambda: mrr_xl.metric("MRR_NRR", frame, shown, through=THROUGH),
        "cohorts, net": lambda: mrr_xl.metric("MRR_COHORTS", frame, through=THROUGH),
        "cohorts, gross": lambda: mrr_xl.metric("MRR_COHORTS", frame, measure="gross", through=THROUGH),
        "cohorts, logos": lambda: mrr_xl.metric("MRR_COHORTS", frame, measure="logos", through=THROUGH),
    }
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(5):
        for name, run in runs.items():
            begin = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - begin)
    alone = min(seconds["movements"])
    print(f"{PERIODS:,} periods over {MONTHS} months")
    for name, times in seconds.items():
        print(f"  {name:<20} {min(times):6.2f} s   {min(times) / alone:4.2f} × the movements")


if __name__ == "__main__":
    main()
