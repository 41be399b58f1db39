"""The shapes as files: read, chosen by level, and described as rules.

The files lie in ``ontology/shapes/``.  Those that judge what a table asserts make the level
``asserted``; with those that judge what is derived from it, the level ``build``; those that judge
the ontology itself, the level ``style``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.term import Node

from gapgraph.errors import UsageError
from gapgraph.files import read_bytes, read_text, sha256
from gapgraph.rdf import read_turtle
from gapgraph.tables import read_tsv
from gapgraph.texts import LANGUAGES
from gapgraph.turtle import empty_graph
from gapgraph.validation.terms import SH, words

__all__ = ["LEVELS", "SEVERITIES", "Rule", "Shapes", "read_shapes"]

#: The files of each level, beside the prefixes that all share.
LEVELS: Mapping[str, tuple[str, ...]] = {
    "asserted": ("structure", "completeness", "wording"),
    "build": (
        "structure",
        "completeness",
        "wording",
        "derived",
        "reviews",
        "schemes",
        "tension",
        "links",
    ),
    "style": ("style",),
}
#: No file of shapes is nearly as large, in bytes.
_LARGEST = 10_000_000
#: Severities, the gravest first (SHACL, section 2.1.4).
SEVERITIES: tuple[str, ...] = ("Violation", "Warning", "Info")


@dataclass(frozen=True)
class Rule:
    """One shape as people read it.

    :param iri: the shape
    :param severity: one of `SEVERITIES`
    :param names: its name by language
    :param messages: its message by language
    """

    iri: URIRef
    severity: str
    names: Mapping[str, str]
    messages: Mapping[str, str]

    @property
    def id(self) -> str:
        """The shape's local name."""
        return str(self.iri).rpartition("#")[2]


@dataclass(frozen=True)
class Shapes:
    """The shapes of one level.

    :param level: a key of `LEVELS`
    :param graph: the shapes graph; never handed to an engine itself, only as a copy
    :param rules: what each shape that reports is called and says, by IRI
    :param notes: what is added to messages, by language, for each constraint component, or for a
        shape in its place
    """

    level: str
    graph: Graph
    rules: Mapping[Node, Rule]
    notes: Mapping[str, Mapping[str, str]]


def read_shapes(folder: Path, level: str) -> Shapes:
    """Read the shapes of a level.

    :param folder: the folder of the shapes
    :param level: a key of `LEVELS`
    :raises UsageError: for a level there is none of
    :raises InputError: for a file that is missing or cannot be read
    """
    if level not in LEVELS:
        raise UsageError(f"there is no level {level!r}", todo="use one of " + ", ".join(LEVELS))
    names = [f"{name}.ttl" for name in ("prefixes", *LEVELS[level])]
    contents = [read_bytes(folder / name, limit=_LARGEST) for name in (*names, "notes.tsv")]
    return _read(folder, level, sha256(b"\0".join(contents)))


@lru_cache(maxsize=4)
def _read(folder: Path, level: str, _checksum: str) -> Shapes:
    """Read the shapes of a level, once while their files are the same."""
    graph = empty_graph()
    for name in ("prefixes", *LEVELS[level]):
        for triple in read_turtle(folder / f"{name}.ttl"):
            graph.add(triple)
    rules = {
        shape: Rule(
            URIRef(str(shape)),
            str(severity).rpartition("#")[2],
            words(graph, shape, SH.name),
            words(graph, shape, SH.message),
        )
        for shape, severity in graph.subject_objects(SH.severity)
    }
    file = folder / "notes.tsv"
    heads = read_text(file, limit=1_000_000).partition("\n")[0].split("\t")
    languages = [each for each in LANGUAGES if each in heads]
    notes: dict[str, Mapping[str, str]] = {
        row["of"]: {each: row[each] for each in languages}
        for row in read_tsv(file, ("of", *languages))
    }
    return Shapes(level, graph, rules, notes)
