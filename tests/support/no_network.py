"""Commands that can reach no network, and what of it they tried; python -m support.no_network COMMAND ... runs one.

Two guards, as neither sees everything. An audit hook in every Python of the command writes down what it is asked for
(PEP 578), a name to look up or an address to connect to, and refuses it; native code does not pass there. On Linux the
kernel also ends any process of the command, whatever it is written in, that opens a socket other than to this machine's
own programs (seccomp, https://docs.kernel.org/userspace-api/seccomp_filter.html); it does not say where to.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from support import ROOT

LOG = "MRR_XL_NETWORK_LOG"
#: In the folder that PYTHONPATH names, Python runs it when it starts: also in the processes that a command starts.
HOOK = f"""
import os, sys
EVENTS = {{"connect", "bind", "getaddrinfo", "gethostbyname", "gethostbyaddr", "sendto", "sendmsg"}}
def refuse(event, given):
    part, _, what = event.partition(".")
    if part == "socket" and what in EVENTS and not (what in ("connect", "bind") and isinstance(given[1], (str, bytes))):
        with open(os.environ[{LOG!r}], "a") as log:
            print(what, *given[what in ("connect", "bind", "sendto"):][:2], file=log)
        raise PermissionError("no network in this test")
sys.addaudithook(refuse)
"""

#: For each machine: its number for the kernel, and that of the call socket().
_MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
KERNEL = sys.platform == "linux" and platform.machine() in _MACHINES  #: whether the kernel can be asked
ENDED = -signal.SIGSYS if KERNEL else None  #: how a process ends that the kernel has ended

_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_CALL, _MACHINE, _FAMILY = 0, 4, 16  #: where they stand in struct seccomp_data
_UNIX, _NETLINK = 1, 16  #: sockets to programs, and to the kernel, of this machine


class Ended(NamedTuple):
    """How a command ended, what it printed, and what Python was asked for of the network."""

    code: int
    stdout: str
    stderr: str
    asked: list[str]


def run_without_network(
    command: Sequence[str | Path], folder: Path, *, kernel: bool = KERNEL, given: bytes = b"", **variables: str
) -> Ended:
    """Run a command in a folder. kernel: whether the kernel guards it, too; given: its standard input."""
    hooks = folder / ".hook"
    hooks.mkdir(exist_ok=True)
    (hooks / "sitecustomize.py").write_text(HOOK)
    log = hooks / f"{os.getpid()}.log"
    log.unlink(missing_ok=True)
    if kernel:
        command = [sys.executable, "-m", "support.no_network", *command]
    path = os.pathsep.join([str(hooks), str(ROOT / "tests"), str(ROOT)])
    environment: Mapping[str, str] = {**os.environ, LOG: str(log), "PYTHONPATH": path, **variables}
    done = subprocess.run(command, cwd=folder, env=environment, input=given, capture_output=True, timeout=300)
    asked = log.read_text().splitlines() if log.exists() else []
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode(), asked)


def forbid_sockets() -> None:
    """Let the kernel end this process and all that it starts at the first socket that leaves the machine."""
    machine, call = _MACHINES[platform.machine()]
    steps = [
        (_LOAD, 0, 0, _MACHINE),
        (_EQUAL, 0, 4, machine),
        (_LOAD, 0, 0, _CALL),
        (_EQUAL, 0, 2, call),
        (_LOAD, 0, 0, _FAMILY),
        (_EQUAL, 0, 1, _UNIX),
        (_RETURN, 0, 0, _ALLOW),
        (_EQUAL, 0, 1, _NETLINK),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _KILL),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code)))
    libc: Any = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, seccomp, filtered = 38, 22, 2
    if libc.prctl(no_new_privileges, 1, 0, 0, 0) or libc.prctl(seccomp, filtered, program, 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel takes no filter")


if __name__ == "__main__":
    forbid_sockets()
    os.execv(sys.argv[1], sys.argv[1:])
