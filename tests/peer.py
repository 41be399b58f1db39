"""Other SPARQL servers, run for tests: a real Oxigraph, a real Virtuoso."""

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
        _wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server takes connections."""
    host, _, port = address.partition(":")
    end = time.monotonic() + 60
    while True:
        with contextlib.suppress(OSError), socket.create_connection((host, int(port)), 1):
            return
        assert process.poll() is None
        assert time.monotonic() < end, f"nothing listens on {address}"
        time.sleep(0.05)


VIRTUOSO = shutil.which("virtuoso-t")
#: Marks a test that asks a Virtuoso.
needs_virtuoso = needs(VIRTUOSO is not None, "virtuoso-t (Debian: virtuoso-opensource-7-bin)")
#: Who may write to a Virtuoso that is new.
OWNER = ("dba", "dba")
#: Its settings, which the benchmarks share.
_SETTINGS = Path(__file__).parents[1] / "bench" / "virtuoso.ini"


@contextlib.contextmanager
def virtuoso(folder: Path, most: int) -> Iterator[str]:
    """Run a new Virtuoso until the block ends, and give its address, which ends with a slash.

    :param most: how many rows it gives at most
    """
    assert VIRTUOSO is not None
    folder.mkdir()
    http = free_address()
    file = folder / "virtuoso.ini"
    file.write_text(
        _SETTINGS.read_text(encoding="utf-8").format(
            folder=folder, sql=free_address(), http=http, most=most,
            buffers=20_000, threads=20, answering=8,
        )
    )  # fmt: skip
    process = subprocess.Popen(
        [VIRTUOSO, "-f", "-c", file], cwd=folder,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(http, process)
        yield f"http://{http}/"
    finally:
        process.kill()  # its data are of no further use
        process.wait(timeout=30)
