"""The socket of a connection to an engine, closed by another thread than the one that waits."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Mapping
from typing import Any

__all__ = ["Way"]


class Way:
    """A connection that may be closed while somebody waits for its answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._killed = False

    def connected(self, event: str, info: Mapping[str, Any]) -> None:
        """Take the socket of a connection that was made, as the client tells of it."""
        if event.rpartition(".")[0] in {"connection.connect_tcp", "connection.start_tls"}:
            with self._lock:
                if "return_value" in info:
                    self._socket = info["return_value"].get_extra_info("socket")
            if self._killed:
                self.kill()

    def kill(self) -> None:
        """Let whoever waits for an answer wait no longer, and the engine see it."""
        with self._lock:
            self._killed = True
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)
