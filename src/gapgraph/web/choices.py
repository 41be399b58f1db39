"""The fields of a query's form: one for each parameter, with the values that may be chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gapgraph.errors import UsageError
from gapgraph.queries.fields import Choices, Parameter
from gapgraph.queries.results import listed, run
from gapgraph.queries.stored import StoredQuery
from gapgraph.web.language import language
from gapgraph.web.service import Service

__all__ = ["Field", "fields", "offered"]


@dataclass(frozen=True)
class Field:
    """A field of a form.

    :param parameter: the parameter it fills
    :param values: what it holds
    :param offered: value and label of each choice; none where anything may be written
    :param problem: what is wrong with what it holds
    """

    parameter: Parameter
    values: tuple[str, ...]
    offered: tuple[tuple[str, str], ...]
    problem: str = ""

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """What may be chosen; a value that is held and not on offer comes first, as it is."""
        known = {value for value, _ in self.offered}
        held = tuple((value, value) for value in self.values if value and value not in known)
        return (*held, *self.offered)

    @property
    def settled(self) -> bool:
        """Whether there is nothing to choose: one value, which it holds, and no fault."""
        return len(self.options) == 1 and bool(self.values) and not self.problem

    @property
    def inputs(self) -> tuple[str, ...]:
        """What stands in each input where anything may be written."""
        return self.values or ("",)


def fields(
    service: Service,
    query: StoredQuery,
    given: Mapping[str, Sequence[str]],
    problem: UsageError | None = None,
) -> tuple[Field, ...]:
    """Return the fields of a query's form.

    :param given: the values by parameter, good or bad, as they are to be shown again
    :param problem: what is wrong with one of them
    """
    return tuple(
        Field(
            each,
            tuple(given.get(each.name, each.default)),
            offered(service, each, given.get("analysis", ())),
            str(problem) if problem and problem.parameter == each.name else "",
        )
        for each in query.header.parameters
    )


def offered(
    service: Service, parameter: Parameter, analyses: Sequence[str] = ()
) -> tuple[tuple[str, str], ...]:
    """Return the choices of a parameter, from its list or from the query that lists them.

    :param analyses: the analyses that are asked about, whose things are listed; the annex's where
        none of them is known
    """
    choices = parameter.choices
    if choices is None:
        return ()
    if not choices.query:
        names = [each[language()] for each in choices.names] or choices.values
        return tuple(zip(choices.values, names, strict=True))
    takes = {each.name for each in service.catalogue[choices.query].header.parameters}
    # Only what is known, so that no address makes the service keep something new.
    known = set(analyses) & _analyses(service) if "analysis" in takes else set()
    about = tuple(sorted(known))
    key = (choices.query, choices.value, choices.label, choices.number, language(), *about)
    return service.once(("choices", *key), lambda: _ask(service, choices, about))


def _analyses(service: Service) -> set[str]:
    """Return the IRIs of the analyses there are."""

    def ask() -> set[str]:
        result = run(service.store, service.catalogue, "list-analyses", {})
        place = result.names.index("analysis")
        return {row[place].value for row in result.rows if row[place]}  # type: ignore[union-attr]

    return service.once(("analyses",), ask)


def _ask(service: Service, choices: Choices, about: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Ask the query that lists the choices."""
    values = {"analysis": about}
    pairs: dict[str, str] = {}
    for value, label, number in listed(
        service.store, service.catalogue, choices, values, language()
    ):
        words = label or value
        pairs.setdefault(value, f"{number}. {words}" if number else words)
    return tuple(pairs.items())
