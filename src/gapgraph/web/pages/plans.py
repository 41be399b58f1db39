"""The plans of a build: how each is called beside the others, its address, its figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request, url_for

from gapgraph.errors import NotFoundError
from gapgraph.namespaces import BASE, last_segment
from gapgraph.report.asking import country_of
from gapgraph.report.document import share
from gapgraph.statuses import GAPS, NOT_APPLICABLE, NOT_ASSESSED
from gapgraph.succession import Succession, followed, succession
from gapgraph.web.base import local
from gapgraph.web.language import gettext as _
from gapgraph.web.pages.rows import Row, Text, ask, site
from gapgraph.web.pages.status import mark
from gapgraph.web.pages.topics import mark_word

__all__ = [
    "Choice",
    "Plan",
    "Standing",
    "by_framework",
    "closing",
    "lineage",
    "peers",
    "plans",
    "standings",
    "states",
    "switch",
]

#: What an address says of one plan only, and another's knows nothing of.
_OWN = {"category", "concept", "analysis"}
#: What it says of one framework only.
_OF_FRAMEWORK = {"section", "directive", "topic"}


@dataclass(frozen=True)
class Plan:
    """A plan as one analysis reads it.

    :param row: the analysis's row of the query ``analyses``
    :param language: the language of its table
    :param called: what tells it from the others where they have one name; mostly nothing
    :param alone: whether no other plan is of its State
    """

    row: Row
    language: str
    called: str = ""
    alone: bool = False

    @property
    def analysis(self) -> str:
        """The IRI of its analysis."""
        return self.row["analysis"]

    @property
    def name(self) -> str:
        """The name that addresses give its analysis: the last part of its IRI."""
        return last_segment(self.analysis)

    @property
    def framework(self) -> str:
        """The IRI of its framework."""
        return self.row["framework"]

    @property
    def label(self) -> Text:
        """Its short name, which no other plan of the build has."""
        own = self.row.text("planLabel")
        return Text(f"{own.value} ({self.called})", own.lang) if self.called else own

    @property
    def short(self) -> str:
        """The shortest name that no other plan has: its State's, else its own."""
        return self.country if self.country and self.alone else self.label.value

    @property
    def country(self) -> str:
        """Its State, where it is known by a name."""
        return country_of(self.row).value


def plans() -> list[Plan]:
    """Return the plans of the build, in its order, each with a name of its own."""
    listed, own = list(site()), site().own
    named = Counter(row["planLabel"] for row in listed)
    states = Counter(row["jurisdiction"] for row in listed)
    return [
        Plan(
            row,
            own[row["analysis"]].text("planLabel").lang,
            last_segment(row["analysis"]) if named[row["planLabel"]] > 1 else "",
            states[row["jurisdiction"]] == 1,
        )
        for row in listed
    ]


def peers() -> list[Plan]:
    """Return the plans of the framework that the reader is looking at, this one among them."""
    framework = site().facts["framework"]
    return [plan for plan in plans() if plan.framework == framework]


def by_framework() -> dict[str, list[Plan]]:
    """Return the plans by the IRI of their framework."""
    found: dict[str, list[Plan]] = {}
    for plan in plans():
        found.setdefault(plan.framework, []).append(plan)
    return found


def lineage(listed: Sequence[Plan] | None = None) -> list[tuple[Plan, Plan]]:
    """Return the plans that another followed, each with it.

    :param listed: the plans to look among; those of the build where none are given
    """
    known = followed(ask("analyses", here=False))
    among = plans() if listed is None else listed
    return [
        (before, after)
        for before in among
        for after in among
        if (before.analysis, last_segment(after.row["plan"])) in known
    ]


def closing(before: Plan, after: Plan) -> Succession:
    """Return what a plan closes of the gaps of another of its framework.

    :param before: the earlier plan
    :param after: the later one
    """
    found: dict[str, dict[str, str]] = {before.analysis: {}, after.analysis: {}}
    for row in ask("compare", {"analysis": list(found)}, here=False):
        found[row["analysis"]][row["number"]] = mark(row["status"]).name
    return succession(found[before.analysis], found[after.analysis], found[after.analysis])


@dataclass(frozen=True)
class Standing:
    """The directives of a framework in one plan, by status.

    :param counts: how many directives have each status that is judged, by the status's name
    :param total: how many directives the plan assesses
    :param common: how many all plans that are compared assess
    :param directives: how many the framework has
    :param apart: how many are not assessed or do not apply, by the status's name
    """

    counts: dict[str, int]
    total: int
    common: int
    directives: int
    apart: dict[str, int]

    def __getitem__(self, name: str) -> int:
        return self.counts.get(name, self.apart.get(name, 0))

    @property
    def gaps(self) -> int:
        """How many of the directives that the plan assesses are gaps."""
        return sum(self.counts.get(name, 0) for name in GAPS)

    @property
    def share(self) -> int:
        """The gaps, of a hundred directives that the plan assesses."""
        return share(self.gaps, self.total)

    def says(self) -> str:
        """Return the counts in words, for those who do not see the figure."""
        said = ", ".join(f"{mark_word(name)}: {n}" for name, n in self.counts.items() if n)
        return _("%(parts)s; de %(total)s directrices evaluadas", parts=said, total=self.total)


def standings(listed: Sequence[Plan]) -> dict[str, Standing]:
    """Return how each of some plans stands, by the IRI of its analysis.

    :param listed: the plans, which are compared with one another
    """
    rows: dict[str, list[Row]] = {}
    if listed:
        given = {"analysis": [plan.analysis for plan in listed]}
        for row in ask("coverage-by-analysis", given, here=False):
            rows.setdefault(row["analysis"], []).append(row)
    found = {}
    for analysis, mine in rows.items():
        counts = {mark(row["status"]).name: row.number("directives") for row in mine}
        apart = {name: counts.pop(name, 0) for name in (NOT_APPLICABLE, NOT_ASSESSED)}
        first = mine[0]
        found[analysis] = Standing(
            counts,
            first.number("assessed"),
            first.number("assessedByAll"),
            first.number("directiveCount"),
            apart,
        )
    return found


def states(listed: Sequence[Plan]) -> list[Plan]:
    """Return plans where they are of three States or more, to be set beside one another."""
    of_states = [plan for plan in listed if plan.row["jurisdiction"]]
    return of_states if len({plan.row["jurisdiction"] for plan in of_states}) > 2 else []


@dataclass(frozen=True)
class Choice:
    """A plan that the reader may turn to.

    :param address: where its page like this one is, else its front page
    :param here: whether the current page is about it
    """

    plan: Plan
    address: str
    here: bool


def switch() -> list[Choice]:
    """Return the plans to choose among on the current page; none where there is but one."""
    try:
        listed = plans()
    except NotFoundError:
        # An analysis that is not there: the page says so.
        return []
    if len(listed) < 2:
        return []
    about = site().analysis if _about_one() else ""
    return [Choice(plan, _address(plan), plan.analysis == about) for plan in listed]


def _about_one() -> bool:
    """Tell whether the current page is about one plan."""
    endpoint = str(request.endpoint)
    if endpoint == "pages.home":
        return bool(request.args.get("analysis"))
    return endpoint == "resources.thing" or (
        endpoint.startswith("pages.") and endpoint not in {"pages.compare", "pages.compared"}
    )


def _address(plan: Plan) -> str:
    """Return the address of the current page about another plan.

    A page about a thing that this plan does not have leads to its front page.
    """
    endpoint = str(request.endpoint)
    framework = site().facts["framework"]
    if endpoint == "pages.compared" and plan.framework != framework:
        return url_for("pages.compare", analysis=plan.name)
    if not (endpoint.startswith("pages.") or (endpoint == "resources.thing" and _shared(plan))):
        return url_for("pages.home", analysis=plan.name)
    unknown = _OWN if plan.framework == framework else _OWN | _OF_FRAMEWORK
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in unknown]
    path = local(request.path.lstrip("/"))
    return f"{path}?{urlencode([*kept, ('analysis', plan.name)])}"


def _shared(plan: Plan) -> bool:
    """Tell whether the current address is of a thing that a plan has too."""
    asked = f"{BASE}{request.path.lstrip('/')}"

    def within(iri: str) -> bool:
        return asked.startswith((f"{iri}/", f"{iri}."))

    framework = site().facts["framework"]
    if within(framework):
        return plan.framework == framework
    return not any(within(row[name]) for row in site() for name in ("analysis", "plan"))
