"""A server that many tests of the endpoint share, and ways to ask it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from conftest import Built
from serving import Reply, Server, serving

KASEI = "http://kasei.us/2009/09/sparql/data/"
#: The three graphs that the W3C's protocol tests need.
GRAPHS = "".join(
    f"<{KASEI}{name}.rdf> {{ <{KASEI}{name}.rdf> a <http://xmlns.com/foaf/0.1/Document> . }}\n"
    for name in ("data1", "data2", "data3")
)
#: The deadline of the tests' servers, in seconds.
SECONDS = 2


@contextlib.contextmanager
def endpoint(built: Built, folder: Path, *options: str | Path, **settings: str) -> Iterator[Server]:
    """Serve a build, and the W3C's graphs, with a short deadline and little memory."""
    (folder / "w3c.trig").write_text(GRAPHS)
    defaults = {
        "GAPGRAPH_QUERY_SECONDS": str(SECONDS),
        "GAPGRAPH_QUERY_MEMORY_BYTES": "300000000",
        "GAPGRAPH_QUERY_RESULT_BYTES": "5000000",
    }
    with serving(
        folder,
        "--workers",
        "1",
        "--output",
        built.output,
        "--with",
        folder / "w3c.trig",
        *options,
        **{**defaults, **settings},
    ) as running:
        yield running


def ask(server: Server, query: str, accept: str = "*/*", **parameters: str) -> Reply:
    """Put a query by POST of a form."""
    return server.get(
        "sparql",
        method="POST",
        body=urlencode({"query": query, **parameters}).encode(),
        Content_Type="application/x-www-form-urlencoded",
        Accept=accept,
    )


def rows(reply: Reply) -> list[dict[str, str]]:
    """Return the rows of an answer in SPARQL JSON."""
    assert reply.status == 200, reply.text
    read: dict[str, Any] = json.loads(reply.body)
    return [
        {name: term["value"] for name, term in row.items()} for row in read["results"]["bindings"]
    ]


def descendants(pid: int) -> dict[int, str]:
    """Return the living processes under a process, with their command lines."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found: dict[int, str] = {}
    waiting = [pid]
    while waiting:
        for child in children.get(waiting.pop(), []):
            with contextlib.suppress(OSError):
                found[child] = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
                waiting.append(child)
    return found
