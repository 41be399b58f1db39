"""Ad-hoc queries, each in a worker process that can be stopped.

The pool talks to a forker (`gapgraph.store.forker`), a process of its own started by ``exec``, so
that nothing is forked from a process with threads.  At most ``workers`` queries run at once and
``queue`` wait; a query that does not end in its time, or needs too much, costs its worker, and
the next query gets a fresh one.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from gapgraph.confine import Ending
from gapgraph.errors import (
    BusyError,
    DeadlineError,
    EngineError,
    TooMuchError,
    UnsupportedFunctionError,
    UnwritableError,
)
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.embedded_write import Evaluation
from gapgraph.store.forker import receive, send
from gapgraph.store.mistakes import refusal
from gapgraph.store.pool import Limits, Places, Reply

__all__ = ["WorkerPool"]

#: Seconds a forker has to load the dataset.
_LOADING = 120.0


class _Worker(NamedTuple):
    pid: int
    link: socket.socket

    def kill(self) -> None:
        """Let whoever waits for its answer wait no longer, and so end it."""
        with contextlib.suppress(OSError):
            self.link.shutdown(socket.SHUT_RDWR)


class _Forker:
    """A running forker, and the socket to it."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.link, theirs = socket.socketpair()
        with theirs:
            program = "from gapgraph.store.forker import main; main()"
            self.process = subprocess.Popen(  # noqa: S603 - a fixed command
                [sys.executable, "-P", "-c", program, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # Ctrl-C is for the service, which closes the socket
            )
        self.ready = False
        send(self.link, config)

    def greet(self) -> None:
        """Wait until the dataset is loaded.

        :raises EngineError: where it cannot be
        """
        if not self.ready:
            self.link.settimeout(_LOADING)
            hello, _ = receive(self.link)
            self.link.settimeout(None)
            if "error" in hello:
                raise EngineError(hello["error"])
            self.ready = True

    def stop(self) -> None:
        """Close the socket, upon which the forker and its workers end."""
        self.link.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class WorkerPool(Places):
    """Workers for ad-hoc queries over one dataset.

    :param dataset: the build
    :param added: files served beside it
    :param limits: what queries may use
    :param store: the engine's files of the build, where it is served from disk
    """

    def __init__(
        self,
        dataset: DatasetFile,
        added: Sequence[Path],
        limits: Limits,
        store: Path | None = None,
    ) -> None:
        super().__init__(limits)
        self._config = {
            "dataset": {
                "path": str(dataset.path.absolute()),
                "version": dataset.version,
                "sha256": dataset.sha256,
            },
            "store": str(store.absolute()) if store else "",
            "added": [str(path.absolute()) for path in added],
            "added_limit": limits.added_bytes,
            "memory": limits.memory,
        }
        self._idle: list[_Worker] = []
        self._orders = threading.Lock()  # over the socket to the forker
        self._forker: _Forker | None = None
        self._closed = False
        self._stop: weakref.finalize[..., WorkerPool] | None = None

    def start(self) -> None:
        """Start the forker, if none runs; it loads the dataset while this returns."""
        with self._orders:
            self._running()

    def close(self) -> None:
        """End the forker and all workers; no query starts them again."""
        with self._orders:
            self._closed = True
            self._drop()

    @property
    def pid(self) -> int | None:
        """The process id of the forker, where one runs."""
        return self._forker.process.pid if self._forker else None

    def run(
        self,
        evaluation: Evaluation,
        *,
        seconds: float | None = None,
        ending: Ending | None = None,
    ) -> Reply:
        """Answer a query.

        :param evaluation: the query and how to answer it
        :param seconds: how long it may take, waiting for a place included; the limit's if less
        :param ending: what ends it before it is done, its client's leaving say
        :raises BusyError: where too many wait, no place came free in time, or the ending came
        :raises DeadlineError: where it did not end in time
        :raises QuerySyntaxError: where it is not SPARQL
        :raises TooMuchError: where it needs too much memory, or its result is over the limit
        :raises UnsupportedFunctionError: where the engine lacks a function of the query
        :raises UnwritableError: where the format cannot hold a value of the result
        :raises EngineError: where the engine failed
        """
        allowed = min(seconds or self.limits.seconds, self.limits.seconds)
        deadline = time.monotonic() + allowed
        with self.place(allowed):
            return self._ask(evaluation, deadline, allowed, ending or Ending())

    def _ask(
        self,
        evaluation: Evaluation,
        deadline: float,
        allowed: float,
        ending: Ending,
        *,
        again: bool = False,
    ) -> Reply:
        """Put a query to a worker, and keep or end the worker after it.

        A query whose worker died with the forker is no fault of its own, and is put once more.
        """
        if ending.come:
            raise _ended()
        before = time.monotonic()
        worker = self._worker()
        # What a new worker, or the loading of the dataset, takes is not the query's time.
        deadline += time.monotonic() - before
        try:
            worker.link.settimeout(max(0.001, deadline - time.monotonic()))
            with ending.over(worker):
                send(worker.link, {**vars(evaluation), "seconds": allowed})
                answer, body = receive(worker.link, deadline)
        except TimeoutError:
            self._end(worker)
            raise DeadlineError(
                f"the query did not end within {allowed:.3g} seconds and was stopped: "
                "ask for less, with narrower patterns"
            ) from None
        except (EOFError, OSError):
            said = self._end(worker)
            if ending.come:
                raise _ended() from None
            if said is not None or again:
                raise _failure(said or "") from None
        except BaseException:
            self._end(worker)
            raise
        else:
            # An ending that came with the answer has closed the way to the worker.
            if answer["last"] or ending.come:
                self._end(worker)
            else:
                with self._lock:
                    self._idle.append(worker)
            return _reply(answer, body, evaluation.query)
        return self._ask(evaluation, deadline, allowed, ending, again=True)

    def _worker(self) -> _Worker:
        """Return an idle worker, or a new one."""
        while True:
            with self._lock:
                worker = self._idle.pop() if self._idle else None
            if worker is None:
                break
            if _lives(worker):
                return worker
            self._end(worker)
        with self._orders:
            try:
                return self._fork()
            except (EOFError, OSError):
                self._drop()  # the forker died; a new one takes over
            try:
                return self._fork()
            except (EOFError, OSError) as error:
                self._drop()
                raise EngineError("no worker could be started: see the service's log") from error

    def _fork(self) -> _Worker:
        """Order a worker."""
        forker = self._running()
        forker.greet()
        send(forker.link, {"order": "fork"})
        answer, _ = receive(forker.link)
        _, handles, _, _ = socket.recv_fds(forker.link, 1, 1)
        return _Worker(answer["pid"], socket.socket(fileno=handles[0]))

    def _end(self, worker: _Worker) -> str | None:
        """Kill a worker and return its last words; it is gone when this returns.

        :returns: ``None`` where the forker that it came from is dead, with which it died
        """
        worker.link.close()
        with self._orders:
            try:
                forker = self._running()
                forker.greet()
                send(forker.link, {"order": "end", "pid": worker.pid})
                said: str | None = receive(forker.link)[0]["said"]
            except (EOFError, OSError):
                self._drop()  # the workers of a dead forker die with it
                return None
            return said

    def _running(self) -> _Forker:
        """Return the forker, started if none runs.

        :raises EngineError: where the pool is closed
        """
        if self._closed:
            raise EngineError("the build that this query was put to is no longer served: ask again")
        if self._forker is None:
            self._forker = _Forker(self._config)
            self._stop = weakref.finalize(self, self._forker.stop)
        return self._forker

    def _drop(self) -> None:
        """End the forker, and forget its workers."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.link.close()
        if self._stop is not None:
            self._stop()
        self._forker = self._stop = None


def _lives(worker: _Worker) -> bool:
    """Tell whether an idle worker is still there: the socket of one that died is at its end."""
    # The deadline of the last query is still on the socket; with it, Python waits for something to
    # read before it calls recv, whatever the flags say.
    worker.link.setblocking(False)
    try:
        return bool(worker.link.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return True
    except OSError:
        return False


def _ended() -> BusyError:
    return BusyError("the query was ended before it was done: send it again", retry_after=10)


def _failure(said: str) -> TooMuchError | EngineError:
    """Return the error that a dead worker's last words tell of."""
    if "memory allocation" in said or "MemoryError" in said:
        return _too_much_memory()
    return EngineError("the engine failed on this query: nest it less, or split it")


def _too_much_memory() -> TooMuchError:
    return TooMuchError(
        "the query needs more memory than it may use",
        todo="ask for less: narrower patterns, no ORDER BY or GROUP_CONCAT over a product",
    )


def _reply(answer: dict[str, Any], body: bytes, query: str) -> Reply:
    """Return a worker's answer, or raise its error."""
    status = answer["status"]
    if status == "ok":
        return Reply(answer["kind"], answer["form"], body)
    if status == "memory":
        raise _too_much_memory()
    if status == "large":
        raise TooMuchError(
            f"the result is larger than {answer['limit']} bytes",
            todo="ask for less, with LIMIT or narrower patterns, or take a dump",
        )
    if status == "syntax":
        raise refusal(query, answer["what"], line=answer["line"], column=answer["column"])
    if status == "function":
        raise UnsupportedFunctionError(answer["function"])
    if status == "unwritable":
        raise UnwritableError(answer["what"], todo=answer["todo"])
    raise EngineError(f"the engine failed on this query ({answer['what']})")
