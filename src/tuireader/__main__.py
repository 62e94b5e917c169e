"""Entry point: `tuireader` and `python -m tuireader`."""

from __future__ import annotations

import codecs
import contextlib
import gc
import io
import os
import sys

_RARELY = 20_000
"""Objects between two garbage collections: imports keep theirs, and each batch of articles frees its own."""


def main() -> None:
    """Run the command line; every expected error is one line on stderr and an exit code."""
    _leave_out_folder()
    if not _is_posix():
        sys.exit("tuireader runs on Linux, macOS and in WSL")
    prepare_streams()
    from tuireader.startup import first_frame

    arguments = sys.argv[1:]
    if first_frame.fits(arguments) and "_TUIREADER_COMPLETE" not in os.environ:
        first_frame.show(arguments, os.environ)
        from tuireader.startup.tui import run
    else:
        if "--demo" in arguments and set(arguments) <= {"--demo", "--fresh"}:
            first_frame.keep_keys(os.environ)
        gc.set_threshold(_RARELY)
        from tuireader.cli import run
    code = run(arguments)
    _settle_streams()
    gc.freeze()  # or Python looks through every object for cycles before it ends
    sys.exit(code)


def _is_posix() -> bool:
    """Return whether this system has what the program needs of it; Windows lacks the modules."""
    try:
        import fcntl as fcntl
        import resource as resource
        import termios as termios
    except ImportError:
        return False
    return os.name == "posix" and sys.platform != "win32"


def _leave_out_folder() -> None:
    """Drop the folder that Python put first on the path, unless this package lies there.

    That is the working directory for `python -m`, else the script's folder; modules there are not ours.
    """
    if sys.flags.safe_path or not sys.path:
        return
    try:
        here, script = os.getcwd(), os.path.realpath(sys.argv[0])  # noqa: PTH109 - light
    except OSError:  # the working directory has been deleted
        here = script = ""
    ours = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    if sys.path[0] in ("", here, os.path.dirname(script)) and sys.path[0] != ours:  # noqa: PTH120
        del sys.path[0]


def prepare_streams() -> None:
    """Open closed standard streams on the null device, and let stdout print any character.

    Characters that its encoding lacks become question marks; bytes of file names stay as they are.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115 - light, and open to the end
    codecs.register_error("tuireader", _replaced)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="tuireader")


def _settle_streams() -> None:
    """Drop output to a terminal that is gone, since Python's exit code for that would hide ours."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _replaced(error: UnicodeError) -> tuple[bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    codes = (ord(character) - 0xDC00 for character in text)  # as os.fsdecode keeps bytes
    return bytes(code if 0x80 <= code <= 0xFF else ord("?") for code in codes), error.end


if __name__ == "__main__":
    main()
