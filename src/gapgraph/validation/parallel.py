"""Analyses judged one by one, side by side over the cores, and only when they changed.

The findings of a unit are kept under the checksum of everything they depend on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from rdflib import Graph, URIRef

from gapgraph import __version__
from gapgraph.files import sha256, write_atomic
from gapgraph.kept import forget_unused, used_again
from gapgraph.processes import spread
from gapgraph.rdf import read_rdf, read_turtle
from gapgraph.validation.engine import validate
from gapgraph.validation.findings import Finding, findings_of
from gapgraph.validation.prepare import prepare
from gapgraph.validation.shapes import Shapes, read_shapes
from gapgraph.validation.units import Unit

__all__ = ["Judged", "judge", "judge_unit"]

#: How many findings files are kept beside those of the units judged, the latest used.
_KEPT = 256


@dataclass(frozen=True)
class Judged:
    """What was found in a unit, which itself is not kept in memory.

    :param report: the IRI of the unit's report
    :param level: the level that it was judged at
    :param graph: the graph that its findings go to, if any
    :param findings: what was found
    :param fresh: whether it was judged now, not read from what was kept
    """

    report: URIRef
    level: str
    graph: URIRef | None
    findings: tuple[Finding, ...]
    fresh: bool


def judge(
    units: Iterable[Unit], ontology: Path, *, kept: Path | None = None, workers: int = 0
) -> list[Judged]:
    """Judge units, those that changed only.

    :param units: what to judge; taken one by one
    :param ontology: the folder of the ontology and its shapes
    :param kept: the folder that findings are kept in, if any
    :param workers: processes to use; 0 means one a core
    :return: what was found in each, in the order of the units
    :raises InputError: where shapes, ontology or a unit cannot be read
    :raises EnvironmentFailure: where findings cannot be kept
    """
    basis = _basis(ontology)
    judged: list[Judged] = []
    files: list[Path | None] = []

    def changed() -> Iterator[tuple[Unit, str, str]]:
        for unit in units:
            file = kept and _file(unit, basis, kept)
            found = _recall(file)
            files.append(file)
            fresh = found is None
            judged.append(Judged(unit.report, unit.level, unit.graph, found or (), fresh))
            if fresh:
                yield unit, str(ontology), basis

    done = 0
    for findings in spread(_judge_one, changed(), workers=workers):
        # Results come in the order of the units; what is kept lies between them.
        done = next(place for place in range(done, len(judged)) if judged[place].fresh)
        judged[done] = replace(judged[done], findings=findings)
        _keep(files[done], findings)
        done += 1
    if kept is not None and done:
        forget_unused(kept.glob("*.json"), used=[each for each in files if each], most=_KEPT)
    return judged


def judge_unit(unit: Unit, shapes: Shapes, ontology: Graph) -> tuple[Finding, ...]:
    """Judge one unit, here and now, opening no file.

    :param unit: what to judge
    :param shapes: the shapes of its level
    :param ontology: the ontology's graph
    """
    data = [quad[:3] for quad in read_rdf(unit.content.encode(), "application/n-triples")]
    prepared = prepare(data, ontology)
    return tuple(findings_of(validate(prepared, shapes.graph), shapes, prepared))


def _judge_one(job: tuple[Unit, str, str]) -> tuple[Finding, ...]:
    """Judge one unit in this process or a worker; what it needs is read there."""
    unit, folder, basis = job
    shapes = read_shapes(Path(folder) / "shapes", unit.level)
    return judge_unit(unit, shapes, _ontology(Path(folder), basis))


@lru_cache(maxsize=1)
def _ontology(folder: Path, _basis: str) -> Graph:
    """Return the ontology's graph, read once while nothing changes, as shapes are."""
    return read_turtle(folder / "gapgraph.ttl")


def _basis(ontology: Path) -> str:
    """Return what findings depend on beside the unit: shapes, ontology, this code and engine."""
    files = [*sorted((ontology / "shapes").glob("*")), ontology / "gapgraph.ttl"]
    files += sorted(Path(__file__).parent.glob("*.py"))
    content = [sha256(each.read_bytes()) for each in files if each.is_file()]
    return " ".join([__version__, version("pyshacl"), version("rdflib"), *content])


def _file(unit: Unit, basis: str, kept: Path) -> Path:
    return kept / f"{sha256(f'{basis} {unit.level} {unit.report} {unit.content}')}.json"


def _recall(file: Path | None) -> tuple[Finding, ...] | None:
    """Return the findings kept of a unit; a file that cannot be read is as good as none."""
    if file is None:
        return None
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
        used_again(file)
        return tuple(Finding.from_dict(each) for each in entries)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(file: Path | None, findings: Iterable[Finding]) -> None:
    """Keep a unit's findings."""
    if file is not None:
        entries = [each.as_dict() for each in findings]
        write_atomic(file, json.dumps(entries, ensure_ascii=False))
