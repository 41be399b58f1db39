"""The fields of a query's form: one for each parameter, with the values that may be chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gapgraph.errors import UsageError
from gapgraph.queries.header import Choices, Parameter
from gapgraph.queries.results import run
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
            offered(service, each),
            str(problem) if problem and problem.parameter == each.name else "",
        )
        for each in query.header.parameters
    )


def offered(service: Service, parameter: Parameter) -> tuple[tuple[str, str], ...]:
    """Return the choices of a parameter, from its list or from the query that lists them."""
    choices = parameter.choices
    if choices is None:
        return ()
    if not choices.query:
        return tuple((value, value) for value in choices.values)
    key = (choices.query, choices.value, choices.label, language())
    return service.once(("choices", *key), lambda: _ask(service, choices))


def _ask(service: Service, choices: Choices) -> tuple[tuple[str, str], ...]:
    """Ask the query that lists the choices."""
    result = run(service.store, service.catalogue, choices.query, {}, lang=language())
    value, label = (result.names.index(name) for name in (choices.value, choices.label))
    pairs: dict[str, str] = {}
    for row in result.rows:
        chosen, shown = row[value], row[label]
        if chosen is not None:
            pairs.setdefault(chosen.value, shown.value if shown else chosen.value)
    return tuple(pairs.items())
