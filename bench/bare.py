"""The least that a server in Python does: granian, and pyoxigraph behind it, and nothing of ours.

    python bench/bare.py PORT DATASET [--kept]

``/query?query=…`` is evaluated in a thread and written as JSON; with ``--kept``, an answer that was
given before is given again from memory by the address's query string.  `bench/serving.py` measures
both, to tell what gapgraph adds from what Python and its server take.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pyoxigraph
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

HEADERS = [("content-type", "application/sparql-results+json")]


class Bare:
    """Answers queries over a dataset.

    :param dataset: a file of N-Quads
    :param kept: whether answers are kept
    """

    def __init__(self, dataset: Path, *, kept: bool) -> None:
        self.store = pyoxigraph.Store()
        self.store.bulk_load(path=str(dataset), format=pyoxigraph.RdfFormat.N_QUADS)
        self.threads = ThreadPoolExecutor(8)
        self.kept: dict[str, bytes] | None = {} if kept else None

    def ask(self, asked: str) -> bytes:
        query = parse_qs(asked)["query"][0]
        found = self.store.query(query, use_default_graph_as_union=True)
        return bytes(found.serialize(format=pyoxigraph.QueryResultsFormat.JSON))

    async def __rsgi__(self, scope: Any, exchange: Any) -> None:
        asked = scope.query_string
        body = self.kept.get(asked) if self.kept is not None else None
        if body is None:
            body = await asyncio.get_running_loop().run_in_executor(self.threads, self.ask, asked)
            if self.kept is not None:
                self.kept[asked] = body
        exchange.response_bytes(200, HEADERS, body)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--kept", action="store_true")
    options = parser.parse_args()
    server = Granian(
        "bare",
        address="127.0.0.1",
        port=options.port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        workers=os.cpu_count() or 1,
        websockets=False,
        log_level=LogLevels.error,
    )
    server.serve(target_loader=lambda *_: Bare(options.dataset, kept=options.kept))


if __name__ == "__main__":
    main()
