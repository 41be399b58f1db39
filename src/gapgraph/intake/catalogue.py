"""Frameworks that are known already: a table of theirs need not bring their texts again."""

from __future__ import annotations

import difflib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rdflib import Graph, URIRef

from gapgraph.intake.problems import Problem
from gapgraph.intake.records import ReadDirective, ReadText
from gapgraph.intake.words import fold
from gapgraph.namespaces import GG, ID, PROV, RDF, SKOS, graph_iri, last_segment
from gapgraph.ntriples import Triple
from gapgraph.told import joined, told

__all__ = [
    "KnownFramework",
    "check_framework",
    "framework_hints",
    "framework_named",
    "known_frameworks",
]

#: How like two texts are that are thought to be one, in percent.
_ALIKE = 90
#: How many identifiers without texts prove nothing: any list may begin with 1, 2, 3.
_FEW = 5


@dataclass(frozen=True)
class KnownFramework:
    """A framework of the catalogue.

    :param slug: the last part of its IRI
    :param label: its title
    :param language: BCP 47 tag of its texts
    :param texts: the text of each directive, by its identifier as printed
    :param positions: the place of each directive, by its identifier as printed
    :param triples: all that a graph says of it, its sections, directives and source
    """

    slug: str
    label: str
    language: str
    texts: dict[str, str]
    positions: dict[str, int]
    triples: frozenset[Triple]


def known_frameworks(graph: Graph) -> dict[str, KnownFramework]:
    """Return the frameworks that a graph holds, by slug.

    :param graph: an asserted graph, such as that of ``data/annex.ttl``
    """
    found = {}
    for framework in graph.subjects(RDF.type, GG.Framework):
        assert isinstance(framework, URIRef)
        texts, positions = {}, {}
        for directive in graph.subjects(GG.ofFramework, framework):
            if (directive, RDF.type, GG.Directive) in graph:
                # A graph of version 0.1 has numbers alone.
                number = graph.value(directive, GG.number)
                name = str(graph.value(directive, SKOS.notation) or number)
                texts[name] = str(graph.value(directive, GG.text))
                positions[name] = int(str(graph.value(directive, GG.position) or number))
        slug = last_segment(framework)
        found[slug] = KnownFramework(
            slug,
            str(graph.value(framework, SKOS.prefLabel) or slug),
            str(graph.value(framework, GG.textLanguage) or "und"),
            texts,
            positions,
            frozenset(_about(graph, framework)),
        )
    return found


def _about(graph: Graph, framework: URIRef) -> Iterator[Triple]:
    """Yield what a graph says of a framework and its parts, and of no analysis."""
    source = graph.value(framework, PROV.wasDerivedFrom)
    family = f"{framework}/"
    known = {framework, source, graph_iri("framework", last_segment(framework))}
    known |= {
        value for one, value in graph.subject_objects(GG.cites) if str(one).startswith(family)
    }
    for subject, predicate, value in graph:
        ours = subject in known or str(subject).startswith(family)
        of_analysis = str(value).startswith(f"{ID}analysis/") and value != source
        if ours and not of_analysis:
            yield subject, predicate, value


def check_framework(
    directives: Sequence[ReadDirective], framework: KnownFramework
) -> Iterator[Problem]:
    """Yield where a table and the framework that it is of differ; fill in what it left out.

    A text of the table that differs is a remark: the framework's own stands in the graph.

    :param directives: those of the table; one without text gets the framework's
    """
    for directive in directives:
        text = framework.texts.get(directive.notation)
        if text is None:
            yield Problem(
                directive.place,
                directive.notation,
                told(
                    "{slug} has no directive {notation!r}",
                    slug=framework.slug,
                    notation=directive.notation,
                ),
                told(
                    "mend the identifier (there are {count}, such as {texts})",
                    count=len(framework.texts),
                    texts=", ".join(list(framework.texts)[:3]),
                ),
            )
        elif not directive.texts:
            directive.texts = [ReadText(text, directive.place, directive.row)]
        elif directive.text.split() != text.split():
            yield Problem(
                directive.texts[0].place,
                directive.notation,
                told(
                    "its text differs from the framework's: {difference}",
                    difference=_difference(directive.text, text),
                ),
                told("the framework's text is used; mend the table if another directive is meant"),
                blocking=False,
            )


def framework_hints(
    directives: Sequence[ReadDirective], catalogue: Mapping[str, KnownFramework]
) -> Iterator[Problem]:
    """Yield that a table which names no known framework seems to be of one.

    :param directives: those of the table
    :param catalogue: the frameworks that are known, by slug
    """
    if not directives:
        return
    for framework in catalogue.values():
        shared = [each for each in directives if each.notation in framework.texts]
        with_text = [each for each in directives if each.texts]
        alike = [
            each
            for each in shared
            if each.texts
            and fuzz.ratio(fold(each.text), fold(framework.texts[each.notation])) > _ALIKE
        ]
        # Without any text, identifiers have to do: all of them, and more than a few.
        bare = not with_text and len(shared) == len(directives) > _FEW
        if bare or (alike and 2 * len(alike) > len(with_text)):
            whose = (
                told("all {count} identifiers are", count=len(shared))
                if bare
                else told(
                    "{count} of {all} directives are, by identifier and text,",
                    count=len(alike),
                    all=len(with_text),
                )
            )
            yield Problem(
                directives[0].place,
                directives[0].notation,
                told(
                    "{whose} those of the framework {slug}, which the table does not name",
                    whose=whose,
                    slug=framework.slug,
                ),
                told(
                    "if it is of that framework, say --framework {slug} (in analysis.toml: "
                    '[framework] slug = "{slug}"): it then gives texts and sections, and the '
                    "table can be compared with others",
                    slug=framework.slug,
                ),
                blocking=False,
            )


def framework_named(cells: Iterable[str], known: Container[str]) -> str:
    """Return the known framework whose IRI stands alone in a cell; nothing where none does.

    A table to be filled says so above its headings, in any form and under any file name.
    """
    family = f"{ID}framework/"
    slugs = (text.removeprefix(family) for text in cells if text.startswith(family))
    return next((slug for slug in slugs if slug in known), "")


def _difference(here: str, there: str) -> str:
    """Return the words in which two texts differ."""
    ours, theirs = here.split(), there.split()
    parts = []
    for kind, a, b, c, d in difflib.SequenceMatcher(
        None, ours, theirs, autojunk=False
    ).get_opcodes():
        if kind != "equal":
            here, there = " ".join(ours[a:b]), " ".join(theirs[c:d])
            parts.append(told("here {here!r}, there {there!r}", here=here, there=there))
    more = [told("and {count} more", count=len(parts) - 3)] if len(parts) > 3 else []
    return joined("; ", [*parts[:3], *more])
