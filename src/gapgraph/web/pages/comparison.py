"""What a comparison of plans is made of: directives or concepts by plans, as an address asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request

from gapgraph.namespaces import last_segment
from gapgraph.statuses import NOT_APPLICABLE, NOT_ASSESSED
from gapgraph.web.language import gettext as _
from gapgraph.web.language import ngettext
from gapgraph.web.pages.compare_asked import Asked
from gapgraph.web.pages.lists import parts
from gapgraph.web.pages.plans import Plan, plans
from gapgraph.web.pages.rows import Row, Text, ask
from gapgraph.web.pages.status import Mark, mark, marks, reason_words
from gapgraph.web.pages.topics import topics

__all__ = ["Across", "Cell", "Comparison", "Group", "compared"]

#: The most plans whose columns have room for words; beside more of them there are only signs.
_WORDED = 6


@dataclass(frozen=True)
class Cell:
    """A directive or a concept in a plan.

    :param row: its row of the query ``compare`` or ``compare-concepts``; nothing where the plan's
        table does not single out the concept
    :param address: where its words are, relative to the comparison; nowhere if empty
    """

    plan: Plan
    row: Row | None
    address: str

    @property
    def mark(self) -> Mark:
        """How its status is shown."""
        if self.row is None:
            open_mark = marks()[NOT_ASSESSED]
            return Mark(NOT_ASSESSED, _("su cuadro no lo destaca"), open_mark.meaning)
        return mark(self.row["status"])

    @property
    def words(self) -> Text:
        """The first words of what decides the status; of a concept, where it is."""
        if self.row is None:
            return Text("")
        if self.row.has("numbers"):
            numbers = self.row["numbers"]
            several = ngettext("en la directriz", "en las directrices", numbers.count(",") + 1)
            return Text(f"{several} {numbers}", "")
        return Text(self.row["firstWords"], self.plan.language)

    @property
    def reasons(self) -> list[str]:
        """Why it is partial, in words."""
        return reason_words(self.row.several("partialReasons")) if self.row else []


@dataclass(frozen=True)
class Across:
    """A directive or a concept in the plans that are compared.

    :param iri: its IRI
    :param number: of a directive, else empty
    :param title: what it is called
    :param cells: it in each plan
    """

    iri: str
    number: str
    title: Text
    cells: list[Cell]

    @property
    def assessed(self) -> int:
        """How many plans assess it."""
        return sum(each.mark.name not in {NOT_ASSESSED, NOT_APPLICABLE} for each in self.cells)

    @property
    def applies(self) -> int:
        """In how many plans nothing says that it does not apply."""
        return sum(each.mark.name != NOT_APPLICABLE for each in self.cells)

    @property
    def differs(self) -> bool:
        """Whether the plans that say something of it say different things."""
        return len({each.mark.name for each in self.cells} - {NOT_ASSESSED}) > 1

    @property
    def comparable(self) -> bool:
        """Whether more than one plan says something of it."""
        return sum(each.mark.name != NOT_ASSESSED for each in self.cells) > 1

    def keeps(self, wanted: Asked) -> bool:
        """Tell whether an address asks for it."""
        return (
            (not wanted.statuses or any(each.mark.name in wanted.statuses for each in self.cells))
            and (self.differs or not wanted.differing)
            and (self.assessed == len(self.cells) or not wanted.assessed)
        )


@dataclass(frozen=True)
class Group:
    """A section with its directives, or all concepts.

    :param iri: of the section; empty for concepts
    """

    iri: str
    label: Text
    lines: list[Across]


@dataclass(frozen=True)
class Comparison:
    """The comparison as asked for.

    :param asked: what the address asks for
    :param groups: what it is narrowed from: all of the sections and the theme asked for
    :param shown: of them, what the other filters keep
    """

    asked: Asked
    groups: list[Group]
    shown: list[Group]

    @property
    def lines(self) -> list[Across]:
        """The rows that it is narrowed from."""
        return [each for group in self.groups for each in group.lines]

    @property
    def worded(self) -> bool:
        """Whether its columns have room for words."""
        return len(self.asked.plans) <= _WORDED

    @property
    def differing(self) -> int:
        """On how many rows the plans differ."""
        return sum(each.differs for each in self.lines)

    @property
    def comparable(self) -> int:
        """On how many rows more than one plan says something."""
        return sum(each.comparable for each in self.lines)

    @property
    def total(self) -> int:
        """How many rows are shown."""
        return sum(len(group.lines) for group in self.shown)

    @property
    def found(self) -> str:
        """What it finds, in one sentence."""
        if self.asked.by_concept:
            return _(
                "%(plans)s planes: difieren en %(differ)s de %(of)s conceptos",
                plans=len(self.asked.plans),
                differ=self.differing,
                of=self.comparable,
            )
        return _(
            "%(plans)s planes: difieren en %(differ)s de %(of)s directrices",
            plans=len(self.asked.plans),
            differ=self.differing,
            of=self.comparable,
        )

    @property
    def lede(self) -> str:
        """What is compared, and how to read it."""
        if self.asked.by_concept:
            return _(
                "Se comparan los conceptos que destaca más de un cuadro: cada cuadro pone sus "
                "rótulos, y solo los que coinciden son el mismo concepto. De cada uno, el peor "
                "estado de sus temas."
            )
        return _(
            "Se comparan las directrices que evalúa más de un plan. Lo que un plan no evalúa no es "
            "una diferencia, ni una brecha. Cada cuadro tiene temas propios: el estado "
            "de una directriz reúne los de sus temas en ese plan."
        )

    @property
    def share(self) -> str:
        """How much of it is shown, in words."""
        text = (
            _("%(shown)s de %(total)s conceptos que destaca más de un cuadro")
            if self.asked.by_concept
            else _("%(shown)s de %(total)s directrices")
        )
        return text % {"shown": self.total, "total": len(self.lines)}


def compared(wanted: Asked) -> Comparison:
    """Put a comparison together."""
    groups = _concepts(wanted) if wanted.by_concept else _directives(wanted)
    kept = [
        Group(each.iri, each.label, [line for line in each.lines if line.keeps(wanted)])
        for each in groups
    ]
    return Comparison(wanted, groups, [each for each in kept if each.lines])


def _directives(wanted: Asked) -> list[Group]:
    """Return the directives of the sections and the theme asked for, each in all plans."""
    address = _Addresses(wanted.plans)
    found: dict[tuple[str, str], Row] = {}
    given = {"analysis": [each.analysis for each in wanted.plans], "themeName": [wanted.theme]}
    for row in ask("compare", {name: v for name, v in given.items() if any(v)}, here=False):
        found[row["directive"], row["analysis"]] = row
    groups = [
        Group(
            part.iri,
            part.label,
            [
                Across(
                    line.iri,
                    line.number,
                    line.short,
                    [
                        Cell(plan, found[line.iri, plan.analysis], address(line.iri, plan))
                        for plan in wanted.plans
                    ],
                )
                for line in part.lines
                if (line.iri, wanted.plans[0].analysis) in found
            ],
        )
        for part in parts(topics())
        if not wanted.sections or str(part.number) in wanted.sections
    ]
    return [each for each in groups if each.lines]


def _concepts(wanted: Asked) -> list[Group]:
    """Return the concepts that more than one plan's table singles out, each in all plans."""
    numbers = {
        line.number
        for part in parts([])
        if str(part.number) in wanted.sections
        for line in part.lines
    }
    found: dict[str, dict[str, Row]] = {}
    given = {"analysis": [each.analysis for each in wanted.plans], "themeName": [wanted.theme]}
    asked_for = {name: values for name, values in given.items() if any(values)}
    for row in ask("compare-concepts", asked_for, here=False):
        found.setdefault(row["concept"], {})[row["analysis"]] = row
    lines = [
        Across(
            concept,
            "",
            next(iter(rows.values())).text("conceptLabel"),
            [
                Cell(
                    plan,
                    rows.get(plan.analysis),
                    _tail(f"id/concept/{last_segment(concept)}.html", plan)
                    if plan.analysis in rows
                    else "",
                )
                for plan in wanted.plans
            ],
        )
        for concept, rows in found.items()
        if len(rows) > 1 and (not numbers or _within(rows.values(), numbers))
    ]
    return [Group("", Text(_("Conceptos de los temas"), ""), lines)] if lines else []


def _within(rows: Iterable[Row], numbers: set[str]) -> bool:
    """Tell whether a concept stands in one of some directives."""
    return any(numbers.intersection(row["numbers"].split(", ")) for row in rows)


def _tail(path: str, plan: Plan) -> str:
    """Return a path with what an address says of language and plan, and no more than it must."""
    kept = {"lang": request.args.get("lang", ""), "analysis": plan.name}
    if plan.analysis == plans()[0].analysis:
        del kept["analysis"]
    query = urlencode({name: value for name, value in kept.items() if value})
    return f"{path}?{query}" if query else path


class _Addresses:
    """The addresses of cells: the directive in the plan of the cell, beside the first plan.

    They are relative to that of the comparison, and say no more than they must: a large
    comparison has thousands.
    """

    def __init__(self, listed: Sequence[Plan]) -> None:
        self._first, self._second = listed[0], listed[1]
        self._query = _tail("", self._first)

    def __call__(self, directive: str, plan: Plan) -> str:
        """Return the address of a directive in a plan."""
        beside = self._second if plan is self._first else plan
        return f"compare/{last_segment(directive)}/{beside.name}{self._query}"
