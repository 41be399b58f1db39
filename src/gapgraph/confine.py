"""What the processes that work on the input of strangers give up: shared by all of them.

A process that is confined ends with the one that started it, and its limits cannot be raised again;
`Ending` ends it before, where nobody waits for it any more.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

__all__ = ["Endable", "Ending", "address_space", "end_with_parent", "limit"]

_PR_SET_PDEATHSIG = 1


class Endable(Protocol):
    """What may be ended while it works."""

    def kill(self) -> None:
        """End it, if it has not ended."""


class Ending:
    """A reason for which work ends early: its client has hung up, or the service stops."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[Endable] = set()
        self.come = False

    def end(self) -> None:
        """End what runs, and what is started from now on."""
        with self._lock:
            self.come = True
            for each in self._running:
                each.kill()

    @contextmanager
    def over(self, working: Endable) -> Iterator[None]:
        """End what works when this ending comes while the block runs, or has come.

        :param working: a process, or what else may be killed; who started it waits for it
        """
        with self._lock:
            self._running.add(working)
            if self.come:
                working.kill()
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(working)


def end_with_parent(parent: int) -> None:
    """Let the kernel kill this process when the one that started it ends, however that ends.

    :param parent: the process id of the one that started it, which may have ended by now
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def limit(what: int, value: int) -> None:
    """Set a limit (setrlimit(2)) that cannot be raised again.

    :param what: one of ``resource.RLIMIT_…``
    :param value: the limit; a lower one that is in force stays
    """
    hard = resource.getrlimit(what)[1]
    if hard == resource.RLIM_INFINITY or value < hard:
        resource.setrlimit(what, (value, value))


def address_space() -> int:
    """Return the size of this process's address space, in bytes."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 1 << 30  # no such file on this system: a generous guess
    return pages * resource.getpagesize()
