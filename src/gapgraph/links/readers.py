"""Who read the topic of a mapping, and how far they agree with it, as SSSOM tells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rdflib import Graph
from rdflib.term import Node as Term

from gapgraph.decisions.outside import OutsideReading
from gapgraph.decisions.table import Decided
from gapgraph.namespaces import GG, Names, slug
from gapgraph.statuses import AGREEMENT

__all__ = ["Reader", "Row", "readers_of", "reviewed", "rules_of"]

#: One mapping: cell by column.
Row = dict[str, str]


@dataclass(frozen=True)
class Reader:
    """What somebody who read a topic says of it: a person here, or a document of others.

    :param slug: what an IRI calls the reader
    :param status: local name of the status given, or of the one that is nearest to a grade
    :param date: when a person decided; a document tells the year alone, and has none here
    :param said: the same in words
    """

    slug: str
    name: str
    status: str
    date: str
    said: str


def readers_of(
    item: str,
    holding: Mapping[str, Sequence[Decided]],
    outside: Sequence[OutsideReading],
) -> list[Reader]:
    """Return those who read a topic: people in the order of their decisions, then documents.

    :param item: the end of the topic's IRI
    """
    people = [
        Reader(
            each.person, each.reviewer, each.status, each.date,
            f"{each.reviewer}, {each.date}: {each.status} ({each.reason})",
        )
        for each in holding.get(item, ())
        if each.status
    ]  # fmt: skip
    return people + [
        Reader(
            slug(each.reader), each.reader, each.status, "",
            f"{each.source}: {each.theme}: {each.grade} ({each.told})",
        )
        for each in outside
        if item in each.on
    ]  # fmt: skip


def reviewed(
    readers: Sequence[Reader], names: Names, short: Callable[[Term], str], *, none: bool
) -> Row:
    """Return what a mapping's row says of those who read its topic.

    Where they differ, the agreement is their mean, and the comment has each with the status given.

    :param none: whether the mapping says that nothing was found
    """
    if not readers:
        return {}
    agreed = [AGREEMENT[each.status][none] for each in readers]
    by_name = {each.slug: each.name.replace("|", " ") for each in readers}
    return {
        "reviewer_id": "|".join(short(names.reviewer(each)) for each in by_name),
        "reviewer_label": "|".join(by_name.values()),
        "review_date": max(each.date for each in readers),
        "reviewer_agreement": f"{sum(agreed) / len(agreed):.2g}",
        "comment": "; ".join(each.said for each in readers),
    }


def rules_of(statements: Graph, topic: Term) -> str:
    """Return by which rules statements were read and tied to a topic, as pairs of SSSOM's `other`.

    It is what is known of how sure the reading is: no number is made of it.
    """
    found = set()
    for link in statements.subjects(GG.linksTopic, topic):
        by_name = {"kind_rule": statements.value(link, GG.ofStatement), "link_rule": link}
        for name, node in by_name.items():
            rule = statements.value(node, GG.ruleId)
            if rule is not None:
                found.add(f"{name}={rule}")
    return "|".join(sorted(found))
