"""Guard of a program: run it with limits, and kill it with all its descendants at the end.

This file runs as a script, without its package, to start quickly: `guard.py SOCKET MEMORY PROGRAM …`. It
sends the exit code through the socket when the program ends. When the other end of the socket is closed, on
purpose or because tuireader was killed, it kills them at once. `MEMORY` limits the bytes of each process.
A program that cannot be started ends with a line on stderr and the code `CANNOT_START`.

On Linux, processes whose parent has ended become children of the guard, so none escapes by leaving the group.
Elsewhere only the group is killed.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from contextlib import suppress

CANNOT_START = 255 + 1  # no program exits with this code
_SET_CHILD_SUBREAPER = 36  # prctl(2)
_KILL_SECONDS = 5.0


def main(socket: int, memory: int, command: list[str]) -> None:
    """Run the program and wait for its end, or for the end of tuireader."""
    _adopt_orphans()
    ended, wake = os.pipe()
    for pipe in (ended, wake):
        os.set_blocking(pipe, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    failed, failure = os.pipe()  # closed by a successful exec
    child = os.fork()
    if not child:
        _start(memory, command, failure)
    os.close(failure)
    with suppress(OSError):
        os.setpgid(child, child)
    nothing = os.open(os.devnull, os.O_RDWR)
    for pipe in range(3):
        os.dup2(nothing, pipe)
    cannot_start = bool(os.read(failed, 1))
    code = -signal.SIGKILL
    while child not in (statuses := _reap()):
        ready = select.select([socket, ended], [], [], 1.0)[0]
        if socket in ready:
            break
        if ended in ready:
            os.read(ended, 1 << 16)
    else:
        code = CANNOT_START if cannot_start else os.waitstatus_to_exitcode(statuses[child])
    _kill_all(child)
    with suppress(OSError):
        os.write(socket, str(code).encode())


def _adopt_orphans() -> None:
    """Become the parent of all descendants whose parent ends."""
    if sys.platform == "linux":
        with suppress(ImportError, OSError, AttributeError):
            import ctypes

            ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, ctypes.c_ulong(1), 0, 0, 0)


def _reap() -> dict[int, int]:
    statuses: dict[int, int] = {}
    with suppress(ChildProcessError):
        while (reaped := os.waitpid(-1, os.WNOHANG))[0]:
            statuses[reaped[0]] = reaped[1]
    return statuses


def _kill_all(group: int) -> None:
    """Kill a group and all descendants, again and again as new ones may be started meanwhile."""
    with suppress(OSError):
        os.killpg(group, signal.SIGKILL)
    end = time.monotonic() + _KILL_SECONDS
    with suppress(ChildProcessError):  # no descendant is left
        while time.monotonic() < end:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
            _kill_descendants()
            time.sleep(0.001)


def _kill_descendants() -> None:
    ours = {os.getpid()}
    with suppress(OSError):  # no /proc
        for pid in sorted(int(name) for name in os.listdir("/proc") if name.isdecimal()):  # noqa: PTH208
            with suppress(OSError, ValueError), open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123
                _, parent = file.read().rpartition(b")")[2].split()[:2]
                if int(parent) in ours:
                    ours.add(pid)
                    os.kill(pid, signal.SIGKILL)


def _start(memory: int, command: list[str], failure: int) -> None:
    """Become the program."""
    try:
        os.setpgid(0, 0)
        for name in (signal.SIGPIPE, signal.SIGCHLD):
            signal.signal(name, signal.SIG_DFL)
        with suppress(ImportError, OSError, ValueError):
            import resource

            # unlike RLIMIT_AS, this does not count address space that Node.js or Go only reserve
            resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.execvp(command[0], command)
    except OSError as error:
        with suppress(OSError):
            os.write(2, f"{error.strerror}\n".encode())
    finally:
        os.write(failure, b"!")
        os._exit(127)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
