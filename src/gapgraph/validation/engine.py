"""pyshacl's reports as plain results, and its failures as errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from rdflib import BNode, Graph, URIRef
from rdflib.term import Node

from gapgraph.errors import InputError
from gapgraph.told import told
from gapgraph.validation.terms import SH

__all__ = ["Result", "validate"]


# A name that is asked of the namespace is made anew each time.
_PATH = SH.resultPath
_SHAPE = SH.sourceShape
_COMPONENT = SH.sourceConstraintComponent
_SEVERITY = SH.resultSeverity
_FOCUS = SH.focusNode
_VALUE = SH.value


@dataclass(frozen=True)
class Result:
    """One ``sh:ValidationResult`` (SHACL, section 3.6.2).

    :param shape: the source shape
    :param component: the constraint component that failed
    :param severity: IRI of the severity
    :param focus: the focus node
    :param path: the predicate it is about, or nothing where there is none or it is not an IRI
    :param value: the offending value, where there is one
    """

    shape: URIRef
    component: URIRef
    severity: URIRef
    focus: Node
    path: URIRef | None
    value: Node | None


def validate(
    data: Graph, shapes: Graph, *, meta: bool = False, plain: bool = False
) -> list[Result]:
    """Judge a graph by shapes.

    :param data: the data graph; it is left as it is
    :param shapes: the shapes graph; it is left as it is
    :param meta: judge the shapes graph too, by the shapes of SHACL itself (appendix C)
    :param plain: leave all to pyshacl and rdflib, which takes some four times as long
    :return: the results, in a fixed order
    :raises InputError: for shapes that are not valid, or a query in them that fails
    """
    # pyshacl is imported where something is judged: most of what reads findings judges nothing.
    from gapgraph.validation import together  # noqa: PLC0415

    try:
        report = together.report(data, shapes, meta=meta, plain=plain)
    except MemoryError:
        raise
    except Exception as error:  # of rdflib, its parsers and pyshacl, all let through
        raise InputError(
            told("the graph cannot be judged ({error})", error=" ".join(str(error).split())[:200]),
            todo=told("check that shapes and data are whole"),
        ) from error
    if not isinstance(report, together.Triples):  # pyshacl returns a failure of a shape's own
        raise InputError(
            told(
                "the graph cannot be judged ({report})", report=" ".join(str(report).split())[:200]
            ),
            todo=told("check that the shapes are whole"),
        )
    # Results that explain another one (``sh:detail``) are no results of the report itself.
    # Two constraints of one component in one shape are two results, alike as they look here.
    # The report is read once through: a lookup for each part of each result takes as long again.
    has = SH.result
    facts: dict[Node, dict[Node, Node]] = {node: {} for _, link, node in report if link == has}
    for subject, predicate, value in report:
        if subject in facts:
            facts[subject][predicate] = value
    order = cache(_sort_key)
    results = [_result(each) for each in facts.values()]
    return sorted(results, key=lambda each: tuple(map(order, _parts(each))))


def _result(facts: Mapping[Node, Node]) -> Result:
    """Return a result from what a report says of it; it has one of each but of messages."""
    path = facts.get(_PATH)
    return Result(
        URIRef(str(facts.get(_SHAPE))),
        URIRef(str(facts.get(_COMPONENT))),
        URIRef(str(facts.get(_SEVERITY))),
        facts[_FOCUS],
        path if isinstance(path, URIRef) else None,
        facts.get(_VALUE),
    )


def _parts(result: Result) -> tuple[Node | None, ...]:
    return (
        result.shape,
        result.focus,
        result.path,
        result.value,
        result.component,
        result.severity,
    )


def _sort_key(node: Node | None) -> tuple[bool, str]:
    return isinstance(node, BNode), "" if node is None else node.n3()
