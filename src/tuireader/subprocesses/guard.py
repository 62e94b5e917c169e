"""Guard of a program: run it with limits in a group of its own, and kill that group at the end.

This file runs as a script, without its package, to start quickly: `guard.py SOCKET MEMORY PROGRAM …`. It
sends the exit code through the socket when the program ends. When the other end of the socket is closed, on
purpose or because tuireader was killed, it kills the group at once. `MEMORY` limits the bytes of each
process. A program that cannot be started ends with a line on stderr and the code `CANNOT_START`.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from contextlib import suppress

CANNOT_START = 255 + 1  # no program exits with this code


def main(socket: int, memory: int, command: list[str]) -> None:
    """Run the program and wait for its end, or for the end of tuireader."""
    ended, wake = os.pipe()
    os.set_blocking(wake, False)
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
    while not (found := os.waitpid(child, os.WNOHANG))[0]:
        if socket in select.select([socket, ended], [], [], 1.0)[0]:
            break
    else:
        code = CANNOT_START if cannot_start else os.waitstatus_to_exitcode(found[1])
    with suppress(OSError):
        os.killpg(child, signal.SIGKILL)  # the program, or what it has left running
    with suppress(OSError):
        os.write(socket, str(code).encode())


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
