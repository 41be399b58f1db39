"""How many ad-hoc queries run and wait at once, and what comes of one: the same for every pool."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from gapgraph.confine import Ending
from gapgraph.errors import BusyError
from gapgraph.settings import Settings
from gapgraph.store.embedded_write import Evaluation

__all__ = ["Limits", "Places", "Pool", "Reply"]


@dataclass(frozen=True)
class Limits:
    """What ad-hoc queries may use.

    :param workers: how many run at once
    :param queue: how many more wait
    :param seconds: how long one may take
    :param memory: how many bytes of memory one may use
    :param added_bytes: the largest added file that is read
    """

    workers: int
    queue: int
    seconds: float
    memory: int
    added_bytes: int

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """Return the limits that the settings give."""
        return cls(
            workers=max(1, settings.number("query_workers")),
            queue=settings.number("query_queue"),
            seconds=max(1, settings.number("query_seconds")),
            memory=settings.number("query_memory_bytes"),
            added_bytes=settings.number("max_data_bytes"),
        )


class Reply(NamedTuple):
    """The whole result of a query.

    :param kind: ``rows``, ``boolean`` or ``graph``; of the format's name nothing where the query
        is of a kind for which no format was given
    :param form: the name of the format
    :param body: the result in that format
    """

    kind: str
    form: str
    body: bytes


class Places:
    """Places for queries: so many run at once, and so many more wait.

    :param limits: what queries may use
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._places = threading.Semaphore(limits.workers)
        self._lock = threading.Lock()
        self._present = 0

    @contextlib.contextmanager
    def place(self, seconds: float) -> Iterator[None]:
        """Wait for a place among the queries that run, and hold it for a while.

        :param seconds: how long to wait at most
        :raises BusyError: where too many wait, or no place came free in time
        """
        with self._lock:
            if self._present >= self.limits.workers + self.limits.queue:
                raise self._busy("as many queries wait as may")
            self._present += 1
        try:
            if not self._places.acquire(timeout=seconds):
                raise self._busy("no query ended in time to make place")
            try:
                yield
            finally:
                self._places.release()
        finally:
            with self._lock:
                self._present -= 1

    def _busy(self, what: str) -> BusyError:
        seconds = max(1, round(self.limits.seconds / 2))
        return BusyError(f"{what}: ask again in {seconds} seconds", retry_after=seconds)


class Pool(Protocol):
    """What answers ad-hoc queries."""

    @property
    def limits(self) -> Limits:
        """What queries may use."""

    def start(self) -> None:
        """Make ready, before the first query."""

    def close(self) -> None:
        """End all that it started; no query starts it again."""

    def place(self, seconds: float) -> contextlib.AbstractContextManager[None]:
        """Wait for a place among the queries that run, and hold it for a while."""

    def run(
        self,
        evaluation: Evaluation,
        *,
        seconds: float | None = None,
        ending: Ending | None = None,
    ) -> Reply:
        """Answer a query."""
