"""Serving with granian: workers, a clean stop, and a new build on SIGHUP."""

from __future__ import annotations

import contextlib
import errno
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from granian import Granian
from granian.constants import Interfaces

from gapgraph.errors import EnvironmentFailure
from gapgraph.web.app import create_app
from gapgraph.web.service import Service, ServiceConfig

__all__ = ["run"]

#: Seconds a worker has to finish its requests before it is killed.
_KILL_TIMEOUT = 10


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


class _Loader:
    """Makes a worker's application; a SIGHUP calls it again, over the newest build."""

    def __init__(self, config: ServiceConfig) -> None:
        self.config = config

    def __call__(self, *_: object) -> Any:
        app = create_app(self.config)
        # The dataset is loaded beside the service by the time the first query comes.
        app.extensions["gapgraph"].pool.start()
        return app


def run(
    config: ServiceConfig,
    *,
    host: str,
    port: int,
    workers: int,
    announce: Callable[[str], None],
) -> None:
    """Serve until told to stop (SIGTERM, SIGINT); SIGHUP takes up a new build.

    :param config: what to serve
    :param port: the port, or 0 for a free one
    :param announce: is told the address
    :raises GapgraphError: where there is no build, a file cannot be read, or the port is taken
    """
    Service.open(config)  # what cannot be served is said now, in one line, not by every worker
    chosen = _free_port(host, port)
    server = Granian(
        "gapgraph.web:create_app",
        address=host,
        port=chosen,
        interface=Interfaces.WSGI,
        workers=workers,
        workers_kill_timeout=_KILL_TIMEOUT,
        respawn_failed_workers=True,
        websockets=False,
        log_enabled=False,
    )
    shown = f"[{host}]" if ":" in host else host
    waiting = threading.Thread(
        target=_announce_when_up,
        args=(host, chosen, lambda: announce(f"http://{shown}:{chosen}/")),
        daemon=True,
    )
    server.on_startup(waiting.start)
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
