"""What an address asks a page to show: statuses, section, category, concept, theme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import request

from gapgraph.errors import UsageError
from gapgraph.namespaces import last_segment
from gapgraph.turtle import natural
from gapgraph.web.pages.rows import Row, ask
from gapgraph.web.pages.topics import Topic

__all__ = ["NAMES", "Filters", "one_of", "themes"]


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
NAMES = ("status", "section", "category", "concept", "theme")


def themes() -> list[Row]:
    """Return the themes that there are."""
    return ask("list-themes", here=False)


@dataclass(frozen=True)
class Filters:
    """What an address asks for; empty parts ask for everything.

    :param statuses: names of statuses
    :param sections: identifiers of sections
    :param category: the last part of a plan element's IRI
    :param concept: the last part of a concept's IRI
    :param theme: the code of a theme
    """

    statuses: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    category: str = ""
    concept: str = ""
    theme: str = ""

    @classmethod
    def of_request(cls, statuses: Sequence[str]) -> Filters:
        """Read the address.

        :param statuses: the names of statuses that may be asked for
        :raises UsageError: for a status, section or theme that is none
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
            asked,
            sections,
            request.args.get("category", ""),
            request.args.get("concept", ""),
            one_of("theme", ("", *(row["notation"] for row in themes())), ""),
        )

    @property
    def any(self) -> bool:
        """Whether something is left out."""
        return self != Filters()

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

    def kept(self, listed: Iterable[Topic]) -> list[Topic]:
        """Return those of some topics that are asked for."""
        themed = _topics_of(self.theme) if self.theme else frozenset()
        return [
            topic
            for topic in listed
            if (not self.statuses or topic.mark.name in self.statuses)
            and (not self.sections or str(topic.section) in self.sections)
            and (not self.concept or last_segment(topic.concept) == self.concept)
            and (not self.category or self.category in _categories(topic))
            and (not self.theme or topic.iri in themed)
        ]

    def counts(self, listed: Sequence[Topic]) -> Mapping[str, Counter[str]]:
        """Return how many topics each choice shows beside what else is asked for.

        :param listed: the topics to choose among
        :return: by parameter, then by value; the empty value leaves the choice open
        """
        themed = {row["notation"]: _topics_of(row["notation"]) for row in themes()}
        status = replace(self, statuses=()).kept(listed)
        section = replace(self, sections=()).kept(listed)
        category = replace(self, category="").kept(listed)
        theme = replace(self, theme="").kept(listed)
        return {
            "status": Counter([topic.mark.name for topic in status], **{"": len(status)}),
            "section": Counter([str(topic.section) for topic in section], **{"": len(section)}),
            "category": Counter(
                [name for topic in category for name in _categories(topic)],
                **{"": len(category)},
            ),
            "theme": Counter(
                [name for topic in theme for name, own in themed.items() if topic.iri in own],
                **{"": len(theme)},
            ),
        }


def _categories(topic: Topic) -> set[str]:
    """Return the last parts of the IRIs of the plan elements that a topic is given."""
    return {last_segment(row["element"]) for row in topic.elements}


def _topics_of(theme: str) -> frozenset[str]:
    """Return the topics of a theme in the reader's analysis."""
    return frozenset(row["topic"] for row in ask("topics-in-full", themeName=theme))
