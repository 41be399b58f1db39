"""A single-threaded process that holds the dataset and forks the workers of ad-hoc queries.

Run as a program by `gapgraph.store.workers`, with a socket to it.  It answers one order after
another: ``fork`` gives a worker and the socket to talk to it; ``end`` kills a worker, reaps it and
says how it ended.  It leaves when its socket closes, and its workers are killed when it dies, so
nothing outlives the service.

A worker has no way out: it may open no file and no socket, its memory is limited, and what it
answers goes through the one socket it was born with.  An engine that ends a whole process, as it
does on memory and on deep nesting, ends one worker.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import itertools
import json
import os
import resource
import signal
import socket
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any

from gapgraph.confine import address_space, end_with_parent, limit
from gapgraph.errors import GapgraphError
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.embedded import EmbeddedStore
from gapgraph.store.embedded_write import Evaluation

__all__ = ["main", "receive", "send"]

#: A worker evaluates in a thread with this stack: what a query may nest then fits.
_STACK = 256 * 1024 * 1024
#: A worker whose memory grew by this is replaced after its answer, so that memory comes back.
_GROWN_KILOBYTES = 64 * 1024
#: Bytes that are sent with their message, so that the other side wakes once.
_AT_ONCE = 1 << 18
_SIZE = struct.Struct("!II")
_M_ARENA_MAX = -8
#: What is kept of a dead worker's last words.
_LAST_WORDS = 2000


def send(link: socket.socket, message: dict[str, Any], body: bytes = b"") -> None:
    """Send a message, and bytes with it."""
    head = json.dumps(message).encode()
    head = _SIZE.pack(len(head), len(body)) + head
    if len(body) <= _AT_ONCE:
        link.sendall(head + body)
    else:
        link.sendall(head)
        link.sendall(body)


def receive(link: socket.socket, deadline: float | None = None) -> tuple[dict[str, Any], bytes]:
    """Receive a message, and the bytes with it.

    :param deadline: when to give up, on the clock of ``time.monotonic``
    :raises EOFError: where the other side has closed
    :raises TimeoutError: where the deadline passes first
    """
    head, body = _SIZE.unpack(_exactly(link, _SIZE.size, deadline))
    message: dict[str, Any] = json.loads(_exactly(link, head, deadline))
    return message, _exactly(link, body, deadline)


def _exactly(link: socket.socket, size: int, deadline: float | None) -> bytes:
    """Receive so many bytes."""
    buffer = bytearray(size)
    view, filled = memoryview(buffer), 0
    while filled < size:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            link.settimeout(left)
        count = link.recv_into(view[filled:])
        if not count:
            raise EOFError
        filled += count
    return bytes(buffer)


def main() -> None:
    """Load the dataset named by the first message, then fork workers until told to stop."""
    link = socket.socket(fileno=int(sys.argv[1]))
    try:
        config, _ = receive(link)
        if sys.platform == "linux":
            # One arena for allocation keeps a worker's address space close to what it uses.
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
        before = _open_files()
        try:
            store = _load(config)
        except GapgraphError as error:
            send(link, {"error": str(error)})
            return
        send(link, {"ready": True})
        files = _open_files() - before if config["store"] else set()
        _serve(link, store, files, config)
    except (EOFError, ConnectionError):
        return


def _load(config: dict[str, Any]) -> EmbeddedStore:
    """Load what the service serves."""
    file = config["dataset"]
    store = EmbeddedStore(
        DatasetFile(Path(file["path"]), file["version"], file["sha256"], {}),
        Path(config["store"]) if config["store"] else None,
    )
    for added in config["added"]:
        store.add_file(Path(added), limit=config["added_limit"])
    gc.collect()
    gc.freeze()  # what is loaded stays in pages that all workers share
    return store


def _serve(
    link: socket.socket, store: EmbeddedStore, files: set[int], config: dict[str, Any]
) -> None:
    """Carry out orders.

    :param files: the descriptors of the store's files
    """
    forker = os.getpid()
    words: dict[int, int] = {}  # the read end of each living worker's standard error
    while True:
        order, _ = receive(link)
        if order["order"] == "fork":
            ours, theirs = socket.socketpair()
            heard, spoken = os.pipe()
            pid = os.fork()
            if pid == 0:
                _become_worker(theirs, spoken, store, files, config, forker)
            theirs.close()
            os.close(spoken)
            words[pid] = heard
            send(link, {"pid": pid})
            socket.send_fds(link, [b"f"], [ours.fileno()])
            ours.close()
        elif order["pid"] in words:
            pid = order["pid"]
            os.kill(pid, signal.SIGKILL)
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            said = os.read(words[pid], _LAST_WORDS) if status != -signal.SIGKILL else b""
            os.close(words.pop(pid))
            send(link, {"status": status, "said": said.decode("utf-8", "replace")})
        else:
            send(link, {"status": 0, "said": None})  # another forker's


def _open_files() -> set[int]:
    """Return the descriptors that are open in this process."""
    found = set()
    for each in list(Path("/proc/self/fd" if sys.platform == "linux" else "/dev/fd").iterdir()):
        with contextlib.suppress(OSError):
            os.fstat(int(each.name))  # that of the listing itself is closed again
            found.add(int(each.name))
    return found


def _close_all_but(stay: set[int]) -> None:
    """Close every descriptor but some."""
    last = os.sysconf("SC_OPEN_MAX") if sys.platform != "linux" else 65_536
    for low, high in itertools.pairwise([-1, *sorted(stay), last]):
        if low + 1 < high:  # of an empty range that starts at 0, Python closes all
            os.closerange(low + 1, high)


def _become_worker(
    link: socket.socket,
    spoken: int,
    store: EmbeddedStore,
    files: set[int],
    config: dict[str, Any],
    forker: int,
) -> None:
    """Give up every way out, answer queries, and end this process; never returns.

    :param files: the descriptors of the store's files, which stay open to be read
    """
    try:
        end_with_parent(forker)
        own = os.dup(link.fileno())
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        os.dup2(spoken, 2)
        _close_all_but({0, 1, 2, own, *files})
        threading.stack_size(_STACK)
        limit(resource.RLIMIT_CORE, 0)
        limit(resource.RLIMIT_FSIZE, 0)
        limit(resource.RLIMIT_AS, address_space() + _STACK + config["memory"])
        limit(resource.RLIMIT_NOFILE, 0)
        thread = threading.Thread(target=_answer_all, args=(socket.socket(fileno=own), store))
        thread.start()
        thread.join()
    finally:
        os._exit(0)


def _answer_all(link: socket.socket, store: EmbeddedStore) -> None:
    """Answer one query after another until the other side closes."""
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    while True:
        try:
            request, _ = receive(link)
        except (EOFError, ConnectionError):
            os._exit(0)
        used = resource.getrusage(resource.RUSAGE_SELF)
        # The service stops a query by the clock; should it be hindered, the processor's time does.
        soft = int(used.ru_utime + used.ru_stime + request.pop("seconds")) + 5
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))
        try:
            answer, body = store.evaluate(Evaluation(**request))
        except MemoryError:
            answer, body = {"status": "memory"}, b""
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start > _GROWN_KILOBYTES
        try:
            send(link, {**answer, "last": grown}, body)
        except (ConnectionError, MemoryError):
            os._exit(0)
        if grown:
            os._exit(0)


if __name__ == "__main__":
    main()
