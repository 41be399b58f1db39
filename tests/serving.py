"""A real server for tests: the command ``gapgraph serve`` on a free port, stopped by its id."""

from __future__ import annotations

import contextlib
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parent.parent


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a command run from the checkout, without outside settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GAPGRAPH_") or name == "GAPGRAPH_KEPT"
    }
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "GAPGRAPH_HOME": str(ROOT), **more}


def gapgraph(*arguments: str | Path, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "gapgraph", *map(str, arguments)],
        cwd=cwd,
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


_opener = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Reply:
    """What the server answered."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Server:
    """A running server; ``errors`` has what it logged since it was up, a line each.

    ``workers`` says how many workers told that they serve.
    """

    url: str
    process: subprocess.Popen[str]
    workers: int = 0
    errors: queue.SimpleQueue[str] = field(default_factory=queue.SimpleQueue)

    def get(
        self,
        path: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        timeout: float = 30,
        **headers: str,
    ) -> Reply:
        """Ask for a path, following no redirect; ``_`` in a header's name stands for ``-``."""
        request = urllib.request.Request(
            self.url + path.lstrip("/"),
            method=method,
            data=body,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
        try:
            with _opener.open(request, timeout=timeout) as answer:
                return Reply(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, error.headers, error.read())


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for what comes about by itself.

    :param holds: tells whether it has
    :param seconds: the time it has, which a busy machine needs and a fault exceeds
    """
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.05)


def _read(stream: IO[str], server: Server) -> None:
    """Read what is logged, so that a server never waits for its reader."""
    for line in stream:
        if " serves dataset " in line:
            server.workers += 1
        else:
            server.errors.put(line.rstrip("\n"))


@contextlib.contextmanager
def serving(folder: Path, *options: str | Path, **more: str) -> Iterator[Server]:
    """Serve the build in ``folder``/build until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gapgraph", "serve", "--port", "0", *map(str, options)],
        cwd=folder,
        env=environment(**more),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    reader = None
    try:
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            found = re.search(r"http://\S+/", line)
            if found:
                break
        else:
            raise AssertionError(f"the server did not start: {said}")
        server = Server(found[0], process, workers=said.count(" serves dataset "))
        reader = threading.Thread(target=_read, args=(process.stderr, server))
        reader.start()
        yield server
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if reader:
            reader.join()
        if process.stderr:
            process.stderr.close()
