"""What the manifest counts of an analysis, and how much of its observations was read.

The stored query ``reading-account`` tells the same of a build, and by whom it was read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from rdflib import URIRef

from gapgraph.annex.description import REVIEWS
from gapgraph.annex.sources import Source
from gapgraph.decisions.standing import Decisions
from gapgraph.decisions.table import Decided
from gapgraph.errors import ViolationError
from gapgraph.namespaces import GG, RDF, last_segment
from gapgraph.ntriples import Written, iri_of, iri_term, lexical_form
from gapgraph.told import joined, one_of, told

__all__ = [
    "check_read",
    "counts",
    "left_out",
    "other_languages",
    "reading",
    "reviews_counted",
    "set_aside",
]


def _read_counts(derived: Set[Written]) -> dict[str, int]:
    """Count the characters of an analysis's statements, and those that nobody has read.

    :return: ``characters`` and ``characters_unread``, as the manifest has them
    """
    has, text_of = iri_term(GG.hasStatement), iri_term(GG.text)
    statements = {value for _, verb, value in derived if verb == has}
    unread = _members(derived, GG.UnreadStatement)
    lengths = {
        subject: len(lexical_form(text))
        for subject, verb, text in derived
        if verb == text_of and subject in statements
    }
    return {
        "characters": sum(lengths.values()),
        "characters_unread": sum(lengths[each] for each in unread),
    }


def _members(derived: Set[Written], kind: URIRef) -> set[str]:
    """Return the members of a class."""
    wanted = (iri_term(RDF.type), iri_term(kind))
    return {subject for subject, verb, value in derived if (verb, value) == wanted}


def _family(derived: Set[Written], family: str) -> set[str]:
    """Return the nodes right under an IRI."""
    nodes = {subject for subject, _, _ in derived}
    return {each for each in nodes if each == f"<{family}/{last_segment(each)}"}


def _tally(derived: Set[Written], predicate: URIRef, nodes: Set[str]) -> dict[str, int]:
    """Count the values, terms of ours, that a property has on some nodes."""
    property_ = iri_term(predicate)
    found = Counter(
        iri_of(value).removeprefix(str(GG))
        for subject, verb, value in derived
        if verb == property_ and subject in nodes
    )
    return dict(sorted(found.items()))


def counts(
    source: Source, derived: Set[Written], other_languages: Mapping[str, int]
) -> dict[str, Any]:
    """Return what was read of one table and derived from it, counted.

    :param derived: what was derived from it, as it is written
    :param other_languages: how many observations are in another language than the table says
    """
    names = source.description.names
    directives = source.table.directives
    topics = [topic for directive in directives for topic in directive.topics]
    values = [value for topic in topics for value in topic.values]
    return {
        "analysis": str(names.analysis),
        "sections": len(source.table.sections),
        "directives": len(directives),
        "indicators": sum(len(each.indicators) for each in directives),
        "topics": len(topics),
        "categories": len(source.table.elements),
        "mappings": len(values),
        "mappings_to_categories": sum(bool(value.notation) for value in values),
        "mappings_to_none": sum(value.none for value in values),
        "observations": sum(len(each.observations) for each in directives),
        "statements": _tally(derived, RDF.type, _family(derived, f"{names.analysis}/statement")),
        **_read_counts(derived),
        "language": source.description.language,
        "other_languages": dict(other_languages),
        "topic_statuses": _tally(
            derived, GG.coverageStatus, _family(derived, f"{names.analysis}/topic")
        ),
        "directive_statuses": _tally(
            derived, GG.coverageStatus, _members(derived, GG.DirectiveAssessment)
        ),
        "left_out": [
            {
                "column": each.letter,
                "heading": each.heading,
                "cells": each.cells,
                **({"roles": list(each.roles)} if each.roles else {}),
            }
            for each in source.left_out
        ],
        "triples": len(source.written),
    }


def reviews_counted(
    decisions: Decisions, holding: Mapping[str, Sequence[Decided]]
) -> dict[str, Any]:
    """Return how people's decisions stand, counted; nothing where there are none.

    :param holding: those that hold, by what they hold for
    """
    if not decisions.given:
        return {}
    return {
        "reviews": {
            "decisions": len(decisions.given),
            "decided": len(holding),
            "people": len({each.person for each in decisions.given}),
            "set_aside": [
                {
                    "item": each.decided.item,
                    "reviewer": each.decided.reviewer,
                    "line": each.decided.row.line if each.decided.row else 0,
                    "why": each.why,
                }
                for each in decisions.set_aside(holding)
            ],
        }
    }


def set_aside(counts: Mapping[str, Any]) -> list[str]:
    """Say in words which decisions of people do not hold any more, and why.

    :param counts: what the manifest tells of the analysis
    """
    what = {
        "text": told("its text has changed"),
        "topics": told("a topic that it names is not there"),
    }
    return [
        told(
            "of {analysis} the decision of {reviewer} on {item} ({file}, line {line}) is set "
            "aside: {why}; decide again, or remove the row",
            analysis=counts["analysis"],
            reviewer=each["reviewer"],
            item=each["item"],
            file=REVIEWS,
            line=each["line"],
            why=what[each["why"]],
        )
        for each in counts.get("reviews", {}).get("set_aside", ())
    ]


def _unread_percent(counts: Mapping[str, Any]) -> float:
    whole: int = counts["characters"]
    return 100 * counts["characters_unread"] / whole if whole else 0.0


def reading(counts: Mapping[str, Any]) -> str:
    """Say in words how much of an analysis was read.

    :param counts: what the manifest tells of the analysis
    """
    statements = sum(counts["statements"].values())
    if not statements and counts["left_out"]:
        return told("no column of observations was named, and words were left out by a guess")
    if not statements:
        return told("the table has no observations: of a topic no more is known than its cell")
    unread = counts["statements"].get("UnreadStatement", 0)
    if not unread:
        return told("{read} of {all} statements read", read=statements, all=statements)
    return told(
        "{read} of {all} statements read; the others, {percent:.1f} % of the text, count for "
        "nothing",
        read=statements - unread,
        all=statements,
        percent=_unread_percent(counts),
    )


def left_out(counts: Mapping[str, Any]) -> list[str]:
    """Say in words which columns of a table were left out though nobody said so.

    :param counts: what the manifest tells of the analysis
    """
    return [
        told(
            "of {analysis} column {column} ({heading}) is left out by a guess, with words in "
            "{cells} cells: name its role with gapgraph intake FILE --to DIR {options}, or leave "
            "it out with -c ignore={column} (in a folder: [columns] of analysis.toml)",
            analysis=counts["analysis"],
            column=each["column"],
            heading=each["heading"] or told("no heading"),
            cells=each["cells"],
            options=_options(each),
        )
        for each in counts["left_out"]
    ]


def _options(column: Mapping[str, Any]) -> str:
    """Say what is typed to name the role of a column that was left out."""
    roles = column.get("roles", ["observation"])
    return one_of(f"-c {role}={column['column']}" for role in roles)


def other_languages(counts: Mapping[str, Any]) -> list[str]:
    """Say in words which observations are in another language than their table says.

    :param counts: what the manifest tells of the analysis
    """
    return [
        told(
            "of {analysis} {number} of {observations} observations look like {language!r}, and "
            "were read as {read_as!r}: correct [analysis] language in analysis.toml, or give "
            "these texts a table of their own",
            analysis=counts["analysis"],
            number=number,
            observations=counts["observations"],
            language=language,
            read_as=counts["language"],
        )
        for language, number in counts["other_languages"].items()
    ]


def check_read(analyses: Iterable[Mapping[str, Any]], limit: int | None) -> None:
    """Refuse analyses of which more is unread than may be, or that leave out words by a guess.

    :param analyses: what the manifest tells of each
    :param limit: per cent of characters; where it is nothing, anything may be unread
    :raises ViolationError: with all of them
    """
    if limit is None:
        return
    analyses = list(analyses)
    guessed = [said for each in analyses for said in left_out(each)]
    if guessed:
        raise ViolationError(joined("; ", guessed))
    lacking = [
        told(
            "of {analysis} {percent:.1f} % of the observations are unread",
            analysis=each["analysis"],
            percent=_unread_percent(each),
        )
        for each in analyses
        if _unread_percent(each) > limit
    ]
    if lacking:
        raise ViolationError(
            told(
                "{lacking}; at most {limit} % may be: add rules or reviews that read them, "
                "set GAPGRAPH_UNREAD_PERCENT, or build without --strict",
                lacking=joined("; ", lacking),
                limit=limit,
            )
        )
