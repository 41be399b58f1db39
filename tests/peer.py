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
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [OXIGRAPH, "serve-read-only", "--location", folder, "--bind", address],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(address.split(":"), 1):
                break
            assert process.poll() is None
            time.sleep(0.05)
        yield f"http://{address}/query"
    finally:
        process.terminate()
        process.wait(timeout=30)
