"""Another SPARQL server, run for tests: a real Oxigraph."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from required import needs

OXIGRAPH = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}:{os.defpath}")

#: Marks a test that asks it.
needs_oxigraph = needs(OXIGRAPH is not None, "the test dependency oxigraph")


@contextlib.contextmanager
def oxigraph(folder: Path, files: Sequence[Path]) -> Iterator[str]:
    """Serve files, and give the address of the endpoint."""
    assert OXIGRAPH is not None
    named = [part for file in files for part in ("--file", str(file))]
    subprocess.run(
        [OXIGRAPH, "load", "--location", folder, *named],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    with _running("serve-read-only", "--location", folder) as address:
        yield f"http://{address}/query"


@contextlib.contextmanager
def graph_store(folder: Path, address: str = "") -> Iterator[str]:
    """Run a server that takes graphs, and give its address, which ends with a slash.

    :param address: host and port, where it must have those of one that was stopped
    """
    with _running("serve", "--location", folder, address=address) as found:
        yield f"http://{found}/"


def free_address() -> str:
    """Return a host and a port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


@contextlib.contextmanager
def _running(*arguments: str | Path, address: str = "") -> Iterator[str]:
    """Run a server until the block ends, and give its host and port."""
    assert OXIGRAPH is not None
    address = address or free_address()
    process = subprocess.Popen(
        [OXIGRAPH, *arguments, "--bind", address],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(200):
            host, _, port = address.partition(":")
            with contextlib.suppress(OSError), socket.create_connection((host, int(port)), 1):
                break
            assert process.poll() is None
            time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)
