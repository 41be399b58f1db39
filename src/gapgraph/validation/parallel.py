"""Analyses judged one by one, side by side over the cores, and only when they changed.

The findings of a unit are kept under the checksum of everything they depend on.
"""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from rdflib import Graph

from gapgraph import __version__
from gapgraph.files import sha256, write_atomic
from gapgraph.kept import forget_unused, used_again
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
    """A unit's findings.

    :param unit: the unit
    :param findings: what was found
    :param fresh: whether it was judged now, not read from what was kept
    """

    unit: Unit
    findings: tuple[Finding, ...]
    fresh: bool


def judge(
    units: Sequence[Unit], ontology: Path, *, kept: Path | None = None, workers: int = 0
) -> list[Judged]:
    """Judge units, those that changed only.

    :param units: what to judge
    :param ontology: the folder of the ontology and its shapes
    :param kept: the folder that findings are kept in, if any
    :param workers: processes to use; 0 means one a core, and never more than there are units
    :return: each unit's findings, in the order of the units
    :raises InputError: where shapes, ontology or a unit cannot be read
    :raises EnvironmentFailure: where findings cannot be kept
    """
    basis = _basis(ontology)
    found = [_recall(unit, basis, kept) for unit in units]
    todo = [place for place, findings in enumerate(found) if findings is None]
    jobs = [(units[place], str(ontology), basis) for place in todo]
    count = min(workers or os.cpu_count() or 1, len(jobs))
    if count > 1:
        # Spawned, not forked: the caller may be a service with threads.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(count, mp_context=context) as pool:
            fresh = list(pool.map(_judge_one, jobs))
    else:
        fresh = [_judge_one(job) for job in jobs]
    for place, findings in zip(todo, fresh, strict=True):
        found[place] = findings
        _keep(units[place], basis, kept, findings)
    if kept is not None and todo:
        used = [_file(unit, basis, kept) for unit in units]
        forget_unused(kept.glob("*.json"), used=used, most=_KEPT)
    return [
        Judged(unit, findings or (), place in todo)
        for place, (unit, findings) in enumerate(zip(units, found, strict=True))
    ]


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
    return judge_unit(unit, *_needed(Path(folder), unit.level, basis))


@lru_cache(maxsize=2)
def _needed(ontology: Path, level: str, _basis: str) -> tuple[Shapes, Graph]:
    """Return the shapes of a level and the ontology's graph, read once while nothing changes."""
    return read_shapes(ontology / "shapes", level), read_turtle(ontology / "gapgraph.ttl")


def _basis(ontology: Path) -> str:
    """Return what findings depend on beside the unit: shapes, ontology, this code and engine."""
    files = [*sorted((ontology / "shapes").glob("*")), ontology / "gapgraph.ttl"]
    files += sorted(Path(__file__).parent.glob("*.py"))
    content = [sha256(each.read_bytes()) for each in files if each.is_file()]
    return " ".join([__version__, version("pyshacl"), version("rdflib"), *content])


def _file(unit: Unit, basis: str, kept: Path) -> Path:
    return kept / f"{sha256(f'{basis} {unit.level} {unit.report} {unit.content}')}.json"


def _recall(unit: Unit, basis: str, kept: Path | None) -> tuple[Finding, ...] | None:
    """Return the findings kept of a unit; a file that cannot be read is as good as none."""
    if kept is None:
        return None
    try:
        file = _file(unit, basis, kept)
        entries = json.loads(file.read_text(encoding="utf-8"))
        used_again(file)
        return tuple(Finding.from_dict(each) for each in entries)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(unit: Unit, basis: str, kept: Path | None, findings: Iterable[Finding]) -> None:
    """Keep a unit's findings."""
    if kept is None:
        return
    entries = [each.as_dict() for each in findings]
    write_atomic(_file(unit, basis, kept), json.dumps(entries, ensure_ascii=False))
