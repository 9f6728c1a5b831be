"""Processes that work for this one, and Ctrl+C, which reaches every process of a terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from mrr_xl.filling.processes import uninterrupted


def test_sigterm_waits_too():
    before, came = signal.signal(signal.SIGTERM, lambda number, frame: came.append(number)), list[int]()
    try:
        with uninterrupted():
            signal.raise_signal(signal.SIGTERM)
            assert came == []
        assert came == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, before)


def test_ctrl_c_waits_until_what_belongs_together_is_done():
    done = []
    with pytest.raises(KeyboardInterrupt), uninterrupted():
        signal.raise_signal(signal.SIGINT)
        done.append("asked")
        done.append("noted")
    assert done == ["asked", "noted"]
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


@pytest.mark.posix
def test_ctrl_c_does_not_reach_a_process_that_starts_within():
    waits = "import sys; print('up', flush=True); sys.stdin.read(); print('end')"
    with uninterrupted():
        child = subprocess.Popen(
            [sys.executable, "-c", waits], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
    assert child.stdout is not None and child.stdout.readline() == "up\n"
    os.kill(child.pid, signal.SIGINT)
    assert child.communicate()[0] == "end\n"
    assert child.returncode == 0
