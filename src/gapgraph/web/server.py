"""Serving with granian: workers by core, a clean stop, and a new build on SIGHUP.

A new build is taken up inside each worker: its application is made anew beside the old one, which
goes on answering, and takes its place once it is ready.  No worker ends and no socket closes, so
no request is lost: granian's own way, a new worker for each old one, resets what waits in the
closing socket's queue wherever the kernel does not move it (``net.ipv4.tcp_migrate_req``).
"""

from __future__ import annotations

import contextlib
import errno
import functools
import gc
import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any, cast

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from gapgraph.errors import EnvironmentFailure
from gapgraph.web.app import create_app
from gapgraph.web.logs import ACCESS_FORMAT, LOGGING
from gapgraph.web.rsgi import Bridge, Exchange, Remembering, Scope
from gapgraph.web.service import Service, ServiceConfig
from gapgraph.web.validation import end_judging

if TYPE_CHECKING:
    import asyncio

__all__ = ["run"]

_log = logging.getLogger(__name__)

#: Seconds a worker has to finish its requests before it is killed.
_KILL_TIMEOUT = 15
#: Seconds a client has to send the head of a request.
_HEAD_TIMEOUT = 10
#: Connections that each worker holds at once; others wait in the socket's queue.
_CONNECTIONS = 2_048
#: Threads beside those that ad-hoc queries and judging may hold up.
_THREADS = 4
#: What tells a worker that the service stops.
_STOPPING = signal.SIGUSR1
#: Seconds until a worker that finds no build it can serve looks again.
_RETRY = 2.0


def _free_port(host: str, port: int) -> int:
    """Return the port to listen on; a free one for 0.

    :raises EnvironmentFailure: where it cannot be listened on
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return int(probe.getsockname()[1])
    except OSError as error:
        todo = "give another --port" if error.errno == errno.EADDRINUSE else "check --host, --port"
        raise EnvironmentFailure(
            f"cannot listen on {host} port {port} ({error.strerror}): {todo}"
        ) from error


def _at_each_hangup(act: Callable[[], None]) -> None:
    """Do something at each SIGHUP, in a thread of its own.

    The signal is blocked in every thread (`run`), so that it waits until it is taken: a process
    that is still starting misses none and is not ended by one, and no thread sleeps through it.

    :param act: what is done; signals that come meanwhile count as one
    """

    def wait() -> None:
        while True:
            signal.sigwait({signal.SIGHUP})
            act()

    threading.Thread(target=wait, name="hangup", daemon=True).start()


class _Serving:
    """An application, and how many requests use it.

    :param application: what answers
    :param service: what it serves
    """

    def __init__(self, application: Remembering, service: Service) -> None:
        self.application = application
        self._service = service
        self._lock = threading.Lock()
        self._users = 0
        self._replaced = False

    def enter(self) -> bool:
        """Count a request that is to use it; whether it may, since nothing has replaced it."""
        with self._lock:
            if not self._replaced:
                self._users += 1
            return not self._replaced

    def leave(self) -> None:
        """Count a request that has used it."""
        with self._lock:
            self._users -= 1
            last = self._replaced and not self._users
        if last:
            self._end()

    def replace(self) -> None:
        """Let no request use it any more; its processes end with the last one that does."""
        with self._lock:
            self._replaced = True
            last = not self._users
        if last:
            self._end()

    def _end(self) -> None:
        """End its processes, in a thread: who calls may be the loop of events."""
        threading.Thread(target=self._close, name="ending", daemon=True).start()

    def _close(self) -> None:
        self._service.pool.close()
        # What is left is memory, in a circle.
        gc.collect()


class _Application:
    """A worker's application, made anew on SIGHUP; until the new one is ready the old answers.

    :param config: what to serve
    """

    def __init__(self, config: ServiceConfig) -> None:
        self._config = config
        settings = config.settings
        self._bridge = Bridge(
            threads=sum(
                map(settings.number, ("query_workers", "query_queue", "validation_workers")),
                _THREADS,
            ),
            limit=settings.number("max_body_bytes"),
        )
        self._current = self._first()
        _at_each_hangup(self._renew)

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hear in the loop, which wakes for it, that the service stops."""
        loop.add_signal_handler(_STOPPING, end_judging)

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        """Answer a request."""
        serving = self._current
        while not serving.enter():  # replaced just now
            serving = self._current
        try:
            await self._bridge.answer(serving.application, scope, exchange)
        finally:
            serving.leave()

    def _make(self) -> _Serving:
        """Make the application over the newest build."""
        app = create_app(self._config)
        # The dataset is loaded beside the service by the time the first query comes.
        made: Service = app.extensions["gapgraph"]
        made.pool.start()
        _log.info("worker %d serves dataset %s", os.getpid(), made.dataset.version)
        return _Serving(cast("Remembering", app.wsgi_app), made)

    def _first(self) -> _Serving:
        """Make the first application.

        The build was good when the service started.  A worker that takes the place of one that
        died may find a worse one; it waits for a better, while the other workers answer.
        """
        while True:
            try:
                return self._make()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is logged
                _log.error("a worker has nothing to serve: %s", error)
                time.sleep(_RETRY)

    def _renew(self) -> None:
        """Make the application anew."""
        old = self._current
        try:
            self._current = self._make()
        except Exception as error:  # noqa: BLE001 - the old build is served on
            _log.error("the new build is not taken up, the old one is served on: %s", error)
        else:
            old.replace()


class _Loader:
    """Makes a worker's application.

    :param config: what to serve; small, since a worker may be started with a copy
    """

    def __init__(self, config: ServiceConfig) -> None:
        self.config = config

    def __call__(self, *_: object) -> Any:
        """Return the application; called in the worker, in its main thread."""
        # Until granian sets its own handlers, a worker that is told to stop just stops.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(_STOPPING, signal.SIG_IGN)
        return _Application(self.config)


def _tell_workers(what: signal.Signals) -> None:
    """Send a signal to every worker."""
    for worker in multiprocessing.active_children():
        if worker.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker.pid, what)


def _end_judging_at_stop() -> None:
    """Let every worker end what it judges before the server's own handler stops it.

    Judging may take as long as it is allowed to, and what stops waits for its requests.
    """
    for each in (signal.SIGTERM, signal.SIGINT):
        stop = signal.getsignal(each)

        def tell_first(number: int, frame: FrameType | None, stop: Any = stop) -> None:
            _tell_workers(_STOPPING)
            stop(number, frame)

        signal.signal(each, tell_first)


def run(
    config: ServiceConfig,
    *,
    host: str,
    port: int,
    workers: int,
    announce: Callable[[str], None],
    access_log: bool = False,
) -> None:
    """Serve until told to stop (SIGTERM, SIGINT); SIGHUP takes up a new build.

    :param config: what to serve
    :param port: the port, or 0 for a free one
    :param announce: is told the address
    :param access_log: whether each request is logged
    :raises GapgraphError: where there is no build, a file cannot be read, or the port is taken
    """
    # Before there are threads and workers, which take over what is blocked.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    Service.open(config)  # what cannot be served is said now, in one line, not by every worker
    chosen = _free_port(host, port)
    server = Granian(
        "gapgraph.web:create_app",
        address=host,
        port=chosen,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_HEAD_TIMEOUT * 1000),
        workers=workers,
        workers_kill_timeout=_KILL_TIMEOUT,
        respawn_failed_workers=True,
        backlog=_CONNECTIONS,
        backpressure=_CONNECTIONS,
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig=LOGGING,
        log_access=access_log,
        log_access_format=ACCESS_FORMAT,
    )
    shown = f"[{host}]" if ":" in host else host
    waiting = threading.Thread(
        target=_announce_when_up,
        args=(host, chosen, lambda: announce(f"http://{shown}:{chosen}/")),
        daemon=True,
    )

    @server.on_startup
    def started() -> None:
        _at_each_hangup(functools.partial(_tell_workers, signal.SIGHUP))
        # After granian has set its own handlers, and before it starts the workers.
        _end_judging_at_stop()
        waiting.start()

    server.serve(target_loader=_Loader(config))


def _announce_when_up(host: str, port: int, announce: Callable[[], None]) -> None:
    """Announce once the first worker accepts connections."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (looked for, not bound)
    target = everywhere.get(host, host)
    while True:
        with contextlib.suppress(OSError), socket.create_connection((target, port), timeout=1):
            break
        time.sleep(0.02)
    announce()
