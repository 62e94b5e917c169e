"""The process that runs risky jobs for `Sandbox`."""

from __future__ import annotations

import importlib
from typing import Any

from tuireader.subprocesses.serving import alarm, serve

GRACE = 5  # seconds after the deadline when the process ends by itself, in case its parent is gone

JOBS = {
    "page_items": ("tuireader.pages.items", "items"),
    "page_proposals": ("tuireader.pages.proposals", "propose"),
    "page_text": ("tuireader.pages.text", "watched"),
    "article": ("tuireader.pages.readability", "article"),
    "picture": ("tuireader.subprocesses.images", "picture"),
    "colours": ("tuireader.subprocesses.highlighting", "colours"),
}
"""Module and function of each job; `marshal` must support the arguments and results."""


class Failed(Exception):
    """A job failed; the message is one line for the user."""


def answer(request: tuple[str, tuple[Any, ...], float]) -> tuple[bool, Any]:
    """Run a job and return (True, result) or (False, reason of the failure)."""
    job, arguments, deadline = request
    try:
        with alarm(int(deadline) + GRACE):
            module, function = JOBS[job]
            return True, getattr(importlib.import_module(module), function)(*arguments)
    except Failed as failed:
        return False, str(failed)
    except ImportError as error:
        return False, f"the package {error.name} is not installed"
    except (MemoryError, RecursionError):
        return False, "it needs too much memory"
    except Exception:  # libraries may raise anything, but the job needs an answer
        return False, "it is damaged and cannot be read"


if __name__ == "__main__":
    # Import the module under its own name, so that the jobs raise the same Failed class as caught here.
    serve(importlib.import_module("tuireader.subprocesses.jobs").answer)
