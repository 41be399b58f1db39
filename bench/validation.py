"""How long validation takes: 1, 10 and 34 invented plans, anew, unchanged, one changed; pyrudof.

Run from a checkout with `bench/requirements.txt` installed: ``python bench/validation.py``, or by
``make bench``.  The invented plans are the true analysis with other IRIs: as many triples, as many
findings.  The result goes to its section of `bench/RESULTS.md`.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyrudof
import results
from rdflib import Graph, URIRef

from gapgraph.ntriples import write_ntriples
from gapgraph.rdf import read_turtle
from gapgraph.validation.command import validate_files
from gapgraph.validation.parallel import judge
from gapgraph.validation.prepare import prepare
from gapgraph.validation.shapes import read_shapes
from gapgraph.validation.units import Unit

ROOT = Path(__file__).resolve().parents[1]
ONTOLOGY = ROOT / "ontology"
PLANS = (1, 10, 34)
#: How many blank nodes a worst case has.
_MANY = 1000


def invented(place: int) -> Unit:
    """The asserted annex as another analysis of another plan."""
    text = write_ntriples(read_turtle(ROOT / "data" / "annex.ttl"))
    for name in ("analysis/oas-pnat", "plan/pnat-2017-2021"):
        text = text.replace(f"/id/{name}", f"/id/{name}-{place}")
    lines = "".join(sorted(text.splitlines(keepends=True)))
    iri = URIRef(f"https://w3id.org/gapgraph/id/analysis/oas-pnat-{place}/report")
    return Unit(iri, lines, "asserted")


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def by_pyrudof(units: list[Unit]) -> None:
    engine = pyrudof.Rudof(pyrudof.RudofConfig())
    engine.read_shacl(read_shapes(ONTOLOGY / "shapes", "asserted").graph.serialize())
    ontology = read_turtle(ONTOLOGY / "gapgraph.ttl")
    for unit in units:
        data = prepare(Graph().parse(data=unit.content, format="nt"), ontology)
        engine.reset_data()
        engine.read_data(write_ntriples(data), format=pyrudof.RDFFormat.NTriples)
        engine.validate_shacl()


def worst_cases() -> dict[str, str]:
    """Return Turtle in which nothing but its place tells one blank node from another."""
    prefix = "@prefix gg: <https://w3id.org/gapgraph/ontology#> .\n"
    ring = (f"_:n{place} gg:next _:n{(place + 1) % _MANY} .\n" for place in range(_MANY))
    return {
        f"{_MANY:,} equal blank nodes": prefix + '[] a gg:Topic ; gg:label "x"@es .\n' * _MANY,
        f"a ring of {_MANY:,} blank nodes": prefix + "".join(ring),
    }


def judge_worst_cases() -> dict[str, float]:
    """Return the seconds that judging each of the worst cases takes."""
    taken = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "case.ttl"
        for name, content in worst_cases().items():
            file.write_text(content, encoding="utf-8")
            taken[name] = seconds(lambda: validate_files([file], ONTOLOGY, limit=10_000_000))
    return taken


def main() -> None:
    heading = results.heading("validation.py")
    lines = []
    for count in PLANS:
        units = [invented(place) for place in range(count)]
        other = [invented(count), *units[1:]]
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder)
            anew = seconds(lambda units=units, kept=kept: judge(units, ONTOLOGY, kept=kept))
            same = seconds(lambda units=units, kept=kept: judge(units, ONTOLOGY, kept=kept))
            one = seconds(lambda other=other, kept=kept: judge(other, ONTOLOGY, kept=kept))
        rudof = seconds(lambda units=units: by_pyrudof(units))
        lines.append(f"| {count} | {anew:.1f} | {same:.2f} | {one:.1f} | {rudof:.1f} |")
        print(lines[-1], flush=True)
    versions = ", ".join(results.versions("pyshacl", "rdflib", "pyrudof"))
    head = [
        heading,
        f"{versions}.",
        f"One round. Each plan is {invented(0).content.count(chr(10))} triples, judged by the "
        "shapes for what is asserted. pyshacl runs in one process a core; pyrudof in one process, "
        "with the reading of the graphs counted, and without messages and source lines.",
        "",
        "| plans | anew, s | unchanged, s | one changed, s | pyrudof, anew, s |",
        "|---:|---:|---:|---:|---:|",
    ]
    worst = ["", "| worst case | s |", "|---|---:|"]
    worst += [f"| {name} | {taken:.2f} |" for name, taken in judge_worst_cases().items()]
    results.write_section("Validation", "\n".join([*head, *lines, *worst]))


if __name__ == "__main__":
    main()
