"""Our translations of the tables' texts: reviewed tables, into a graph of their own.

They go into ``graph/translations``, which says who made them, when, and who read them again; what
is translated stays as the table has it, and is the evidence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from rdflib import Graph, Literal, URIRef

from gapgraph.namespaces import GG, RDF
from gapgraph.ntriples import Written, iri_of, iri_term, lexical_form
from gapgraph.rdf import read_turtle
from gapgraph.tables import Row, read_tsv
from gapgraph.texts import SOURCE, sentence_starts
from gapgraph.told import told
from gapgraph.turtle import empty_graph

__all__ = ["translations_graph"]

#: The kinds of things whose texts are translated, by what a table of translations calls them.
_KINDS = {"directive": GG.Directive, "indicator": GG.Indicator, "observation": GG.Observation}
#: How a table writes a line break within a text.
_BREAK = r"\n"

_Nodes = Mapping[tuple[str, str], set[URIRef]]


def translations_graph(data: Path, tables: Iterable[Collection[Written]], *, whole: bool) -> Graph:
    """Return our translations of the tables' texts, with who made them and when.

    Equal texts have one translation, wherever they stand.

    :param data: the folder of ``translations.ttl``, and of a ``translations-{language}.tsv`` for
        each language
    :param tables: the asserted graphs, as they are written
    :param whole: whether the project's own table is among them: then each row must be of a text
        in it
    :raises InputError: where a row is of no text that is there, repeats another, has no
        translation, or one of an observation with another number of sentences, so that a sentence
        could not be found in it
    """
    nodes = _texts(tables)
    graph = empty_graph()
    for file in sorted(data.glob("translations-*.tsv")):
        language = file.stem.removeprefix("translations-")
        seen: set[tuple[str, str]] = set()
        for row in read_tsv(file, ("kind", SOURCE, language)):
            text = row["kind"], row[SOURCE].replace(_BREAK, "\n")
            said = row[language].replace(_BREAK, "\n")
            _check(row, *text, said)
            if whole and text not in nodes:
                raise row.fail(
                    told("no {kind} of the table has this text", kind=row["kind"]),
                    told("copy the table's own"),
                )
            if text in seen:
                raise row.fail(told("the text was translated above"), told("keep one row"))
            seen.add(text)
            for node in nodes.get(text, ()):
                graph.add((node, GG.translation, Literal(said, lang=language)))
    if graph:
        graph += read_turtle(data / "translations.ttl")
    return graph


def _texts(tables: Iterable[Collection[Written]]) -> _Nodes:
    """Return what has a text in the source language, by its kind and the text."""
    found: defaultdict[tuple[str, str], set[URIRef]] = defaultdict(set)
    kinds = {(iri_term(RDF.type), iri_term(class_)): kind for kind, class_ in _KINDS.items()}
    has_text, in_source = iri_term(GG.text), f'"@{SOURCE}'
    for table in tables:
        kind_of = {node: kinds[pair] for node, *said in table if (pair := tuple(said)) in kinds}
        for node, verb, text in table:
            if verb == has_text and node in kind_of and text.endswith(in_source):
                found[kind_of[node], lexical_form(text)].add(URIRef(iri_of(node)))
    return dict(found)


def _check(row: Row, kind: str, text: str, said: str) -> None:
    """Check a row by itself.

    :raises InputError: where it cannot be right
    """
    if kind not in _KINDS:
        raise row.fail(
            told("kind {kind!r} is unknown", kind=kind),
            told("use {these}", these=", ".join(_KINDS)),
        )
    if not said:
        raise row.fail(told("has no translation"), told("write one"))
    if kind == "observation" and len(sentence_starts(said)) != len(sentence_starts(text)):
        raise row.fail(
            told("the translation has not as many sentences as the text"),
            told("translate sentence by sentence"),
        )
