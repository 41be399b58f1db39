"""What an address asks a page to show: statuses, section, category, concept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import request

from gapgraph.errors import UsageError
from gapgraph.namespaces import last_segment
from gapgraph.turtle import natural
from gapgraph.web.pages.rows import Row, ask
from gapgraph.web.pages.topics import Topic

__all__ = ["NAMES", "Filters", "one_of"]


def one_of(name: str, allowed: Sequence[str], default: str) -> str:
    """Return a parameter of the address that takes one of some words.

    :param allowed: the words; an empty one says that the parameter may be left out
    :raises UsageError: for any other
    """
    asked = request.args.get(name) or default
    if asked not in allowed:
        named = ", ".join(filter(None, allowed))
        ways = [f"use one of {named}"] * bool(named) + ["leave it out"] * ("" in allowed)
        raise UsageError(f"the parameter {name} is {asked[:40]!r}", todo=", or ".join(ways))
    return asked


#: The parameters that narrow a page.
NAMES = ("status", "section", "category", "concept")


@dataclass(frozen=True)
class Filters:
    """What an address asks for; empty parts ask for everything.

    :param statuses: names of statuses
    :param sections: identifiers of sections
    :param category: the last part of a plan element's IRI
    :param concept: the last part of a concept's IRI
    """

    statuses: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    category: str = ""
    concept: str = ""

    @classmethod
    def of_request(cls, statuses: Sequence[str]) -> Filters:
        """Read the address.

        :param statuses: the names of statuses that may be asked for
        :raises UsageError: for a status or section that is none
        """
        asked = tuple(each for each in request.args.getlist("status") if each)
        sections = tuple(each for each in request.args.getlist("section") if each)
        for each in asked:
            if each not in statuses:
                raise UsageError(
                    f"the parameter status is {each[:40]!r}",
                    todo="use one of " + ", ".join(statuses),
                )
        known = {row["sectionNumber"] for row in ask("directives")} if sections else set()
        for each in sections:
            if each not in known:
                raise UsageError(
                    f"the framework has no section {each[:40]!r}",
                    todo="use one of " + ", ".join(sorted(known, key=natural)),
                )
        return cls(
            asked, sections, request.args.get("category", ""), request.args.get("concept", "")
        )

    @property
    def any(self) -> bool:
        """Whether something is left out."""
        return bool(self.statuses or self.sections or self.category or self.concept)

    def element(self, elements: Iterable[Row]) -> str:
        """Return the IRI of the plan element asked for; nothing where none is.

        :raises UsageError: where the plan has none of that name
        """
        if not self.category:
            return ""
        for row in elements:
            if last_segment(row["element"]) == self.category:
                return row["element"]
        raise UsageError(
            f"the plan has no element {self.category[:40]!r}",
            todo="use the last part of its IRI, such as its number",
        )

    def keeps(self, topic: Topic) -> bool:
        """Tell whether a topic is asked for."""
        return (
            (not self.statuses or topic.mark.name in self.statuses)
            and (not self.sections or str(topic.section) in self.sections)
            and (not self.concept or last_segment(topic.concept) == self.concept)
            and (
                not self.category
                or any(last_segment(each["element"]) == self.category for each in topic.elements)
            )
        )
