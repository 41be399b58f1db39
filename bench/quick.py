"""The ratios that matter, in less than three minutes; nothing is written.

    python bench/quick.py

On a machine that does other things too the ratios hold better than the times: what is compared is
measured in turn.  `make bench` measures longer, and writes `bench/RESULTS.md`.
"""

from __future__ import annotations

import contextlib
import statistics
from pathlib import Path

import results
import sparql
import validation

import serving
from gapgraph.queries.catalogue import Catalogue

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    print(results.heading("quick.py"))
    stored = {
        each.id: each.text for each in Catalogue.load(ROOT / "queries") if each.form == "SELECT"
    }
    with contextlib.ExitStack() as stack:
        places = serving.servers(stack, ROOT / "build", few=True)
        measured = serving.measure(places, seconds=1, connections=8, rounds=5)
        ours = places["gapgraph"].removesuffix("queries/")
        compared = sparql.compare(ours, places["Oxigraph"].removesuffix("query?"), stored, 5)
    ratio = statistics.median(each.ratio for each in compared.values())
    print(f"{ratio:6.2f}  times Oxigraph's server, ad-hoc, median of {len(stored)}: at most 1.5")
    for name, against, least, what in (
        ("gapgraph", "nginx's cache before Oxigraph", 0.8, "kept answers, times nginx's cache"),
        ("gapgraph, nothing kept", "Oxigraph", 0.75, "first time, times Oxigraph's server"),
    ):
        for question, by_server in measured.items():
            if against in by_server:
                rate = serving.times(by_server[name], by_server[against])
                print(f"{rate:6.2f}  {what}, {question}: at least {least}")
    for name, taken in validation.judge_worst_cases().items():
        print(f"{taken:6.2f}  seconds, {name} judged: at most 2")


if __name__ == "__main__":
    main()
