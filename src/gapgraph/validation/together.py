"""pyshacl: graphs in, a report out; its components asked of many nodes at once.

The only module that imports ``pyshacl``.  It follows no import, runs no rule and fetches nothing;
it adds triples to the graphs it is given, so it is given copies.

pyshacl validates each value node by each ``sh:property``, and by each shape of ``sh:or`` and its
like, in turn, finds anew each time which
constraints the shape has, writes a description of each result, also of those that ``sh:or``
throws away, and has rdflib answer the queries of shapes.  The components here inherit its
evaluation, and change how often it is begun; the embedded engine answers the queries; the report
is a list of triples without a text.  A test
compares the results with those of pyshacl alone.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from threading import Lock
from typing import Any

import pyshacl
from pyshacl import entrypoints as pyshacl_entrypoints
from pyshacl import shape as pyshacl_shape
from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS, CONSTRAINT_PARAMETERS_MAP
from pyshacl.constraints.core.logical_constraints import (
    AndConstraintComponent,
    NotConstraintComponent,
    OrConstraintComponent,
    XoneConstraintComponent,
)
from pyshacl.constraints.core.shape_based_constraints import (
    NodeConstraintComponent,
    PropertyConstraintComponent,
)
from rdflib import RDF, BNode, Graph, Literal, Variable
from rdflib.query import Result as Answer
from rdflib.term import Node

from gapgraph.evaluation import CannotAnswerError, Evaluator
from gapgraph.ntriples import Triple
from gapgraph.validation.terms import SH

__all__ = ["Triples", "report"]

# A name that is asked of the namespace is made anew each time.
_FOCUS, _SOURCE = SH.focusNode, SH.sourceShape
#: The components that ask whether value nodes conform to other shapes.
_LOGICAL = frozenset(
    {
        AndConstraintComponent,
        NodeConstraintComponent,
        NotConstraintComponent,
        OrConstraintComponent,
        XoneConstraintComponent,
    }
)
#: Held while pyshacl is ours.
_LOCK = Lock()
#: In the place of what pyshacl has not kept yet.
_NONE = object()


class _Parameters(list[Any]):
    """A list of which it is quickly known what it has."""

    def __init__(self, names: list[Any]) -> None:
        super().__init__(names)
        self._names = frozenset(names)

    def __contains__(self, name: object) -> bool:
        return name in self._names


class _Wordless:
    """What a component does not say: findings have messages of their own."""

    def make_generic_messages(self, *_: object) -> list[Literal]:
        """Return no message."""
        return []

    def make_v_result_description(self, *_: object, **__: object) -> str:
        """Return no description."""
        return ""


class _Together:
    """``sh:property``, asked of all value nodes at once (SHACL, section 4.7.2)."""

    def _evaluate_property_shape(
        self,
        executor: Any,
        prop_shape: Any,
        target_graph: Any,
        focus_value_nodes: dict[Any, set[Any]],
        *rest: Any,
    ) -> tuple[bool, list[Any]]:
        # What several nodes have as their value is judged for each of them.
        left = Counter(value for values in focus_value_nodes.values() for value in values)
        failed, reports = False, []
        evaluate = super()._evaluate_property_shape  # type: ignore[misc]  # of pyshacl's component
        while left:
            # A tuple of nodes in the place of one: what pyshacl hands to the property shape.
            one, found = evaluate(executor, prop_shape, target_graph, {None: (tuple(left),)}, *rest)
            failed = failed or one
            reports += found
            left = Counter({value: count - 1 for value, count in left.items() if count > 1})
        return failed, reports


class _AllAtOnce:
    """A component that asks of each of its value nodes whether it conforms to another shape.

    ``sh:or``, ``sh:xone``, ``sh:and``, ``sh:not`` and ``sh:node`` do (SHACL, sections 4.6, 4.7.1);
    the other shape is asked of all value nodes at once.
    """

    shape: Any

    def evaluate(
        self,
        executor: Any,
        target_graph: Any,
        focus_value_nodes: dict[Any, set[Any]],
        _evaluation_path: list[Any],
    ) -> Any:
        """Evaluate the component."""
        nodes = {value for values in focus_value_nodes.values() for value in values}
        evaluate = super().evaluate  # type: ignore[misc]  # of pyshacl's component
        with self._with(_Asking(self, nodes) if len(nodes) > 1 else self.shape):
            return evaluate(executor, target_graph, focus_value_nodes, _evaluation_path)

    def recursion_triggers(self, _evaluation_path: list[Any]) -> Any:
        """Return the shapes that would begin again what is being evaluated."""
        triggers = super().recursion_triggers  # type: ignore[misc]  # of pyshacl's component
        with self.as_it_is():
            return triggers(_evaluation_path)

    def as_it_is(self) -> AbstractContextManager[None]:
        """Give the component its own shape back while others look at it."""
        shape = self.shape
        return self._with(shape.asked_for if isinstance(shape, _Asking) else shape)

    @contextmanager
    def _with(self, shape: Any) -> Iterator[None]:
        before, self.shape = self.shape, shape
        try:
            yield
        finally:
            self.shape = before


class _Asking:
    """The shape of a component, which finds other shapes as `_Conforming`.

    :param component: the component
    :param nodes: its value nodes
    """

    def __init__(self, component: _AllAtOnce, nodes: Collection[Any]) -> None:
        self.asked_for = component.shape
        self._component, self._nodes = component, nodes

    def __getattr__(self, name: str) -> Any:
        return getattr(self.asked_for, name)

    def get_other_shape(self, node: Any) -> Any:
        """Return another shape of the same graph."""
        found = self.asked_for.get_other_shape(node)
        return _Conforming(found, self._component, self._nodes) if found else found


class _Conforming:
    """A shape that nodes are asked of one by one, and that is asked of all of them once.

    :param shape: pyshacl's shape
    :param component: who asks
    :param nodes: the nodes
    """

    def __init__(self, shape: Any, component: _AllAtOnce, nodes: Collection[Any]) -> None:
        self._shape, self._component, self._nodes = shape, component, nodes
        self._asked = False
        self._faults: dict[Any, list[Any]] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shape, name)

    def __eq__(self, other: object) -> bool:
        return bool(self._shape == other)

    def __hash__(self) -> int:
        return hash(self._shape)

    def validate(
        self, executor: Any, target_graph: Any, focus: Any, _evaluation_path: list[Any]
    ) -> tuple[bool, list[Any]]:
        """Return whether a node conforms, and its results where it does not."""
        path = _evaluation_path
        with self._component.as_it_is():
            if not self._asked:
                self._asked = True
                every = tuple(self._nodes)
                conform, found = self._shape.validate(executor, target_graph, every, path[:])
                self._faults = {} if conform else self._by_node(found)
            if self._faults is None:
                conform, found = self._shape.validate(executor, target_graph, focus, path)
                return conform, found
        found = self._faults.get(focus, [])
        return not found, found

    def _by_node(self, results: list[Any]) -> dict[Any, list[Any]] | None:
        """Return results by the node that they are about; nothing where that is not plain.

        A result of the shape's own, or of a property shape right under it, is about the node that
        the shape was asked of.  One of a shape further down may be about another.
        """
        near = {self._shape.node, *self._shape.sg.graph.objects(self._shape.node, SH.property)}
        by_node: dict[Any, list[Any]] = {}
        for result in results:
            told = {predicate: _plain(value) for _, predicate, value in result[2]}
            focus = told.get(_FOCUS)
            if told.get(_SOURCE) not in near or focus not in self._nodes:
                return None
            by_node.setdefault(focus, []).append(result)
        return by_node


@cache
def _component(theirs: type) -> type:
    """Return our form of a component, one for all of its parameters."""
    ours: tuple[type, ...] = (_Wordless,)
    if theirs is PropertyConstraintComponent:
        ours = (_Wordless, _Together)
    elif theirs in _LOGICAL:
        ours = (_Wordless, _AllAtOnce)
    return type(theirs.__name__, (*ours, theirs), {})


@cache
def _components() -> tuple[list[Any], dict[Any, Any]]:
    found = {name: _component(theirs) for name, theirs in CONSTRAINT_PARAMETERS_MAP.items()}
    return _Parameters(ALL_CONSTRAINT_PARAMETERS), found


class _Asked(Graph):
    """A graph whose SELECT queries the embedded engine answers, as far as it can.

    pyshacl asks the queries of shapes of the data graph, with ``$this`` bound beforehand.
    """

    def __init__(self, graph: Graph) -> None:
        # The same triples, which pyshacl leaves as they are; copying them takes a tenth as long as
        # judging them.
        super().__init__(graph.store, graph.identifier, bind_namespaces="none")
        self._evaluator: Evaluator | None = None

    def add(self, triple: Any) -> _Asked:
        """Add a triple, which the next question sees."""
        self._evaluator = None
        super().add(triple)
        return self

    def remove(self, triple: Any) -> _Asked:
        """Remove triples, which the next question does not see."""
        self._evaluator = None
        super().remove(triple)
        return self

    def query(self, query_object: Any, *args: Any, **kwargs: Any) -> Answer:
        """Answer a query as pyshacl puts it: its text, and what is bound beforehand."""
        # pyshacl gives the arguments of `Graph.query` by place.
        bindings = kwargs.get("initBindings") or (args[3] if len(args) > 3 else None) or {}
        try:
            self._evaluator = self._evaluator or Evaluator(self)
            names, rows = self._evaluator.select(str(query_object), bindings)
        except CannotAnswerError:
            return super().query(query_object, *args, **kwargs)
        answer = Answer("SELECT")
        answer.vars = [Variable(each) for each in names]
        answer.bindings = [
            {Variable(name): node for name, node in row.items()}  # type: ignore[misc]
            for row in rows
        ]
        return answer


def _plain(value: Any) -> Any:
    """Return the node of a result's triple, which pyshacl may pair with the graph that it is of."""
    return value[1] if isinstance(value, tuple) else value


class Triples(list[Triple]):
    """The triples of a report, in no order."""


class _Reporting(pyshacl.Validator):
    """A validation whose report is no more than what findings are made from.

    pyshacl's own is a graph, of which nothing is asked, and a text of all results beside it.
    """

    @classmethod
    def create_validation_report(
        cls, _: object, conforms: bool, results: list[tuple[str, Node, Any]]
    ) -> tuple[Triples, str]:
        """Return the results' triples, values as the very nodes of the data graph."""
        whole = BNode()
        found = Triples([(whole, RDF.type, SH.ValidationReport)])
        found.append((whole, SH.conforms, Literal(conforms)))
        has = SH.result
        for _text, result, told in results:
            found.append((whole, has, result))
            found += ((s, p, _plain(o)) for s, p, o in told)
        return found, ""


def report(data: Graph, shapes: Graph, *, meta: bool, plain: bool) -> object:
    """Return pyshacl's report: its triples, or what it gives for a shape that fails.

    :param data: the data graph; it is left as it is
    :param shapes: the shapes graph; it is left as it is
    :param meta: judge the shapes graph too
    :param plain: leave all to pyshacl and rdflib
    """
    with nullcontext() if plain else _ours():
        _, found, _ = pyshacl.validate(
            _copy(data) if plain else _Asked(data if data.store.context_aware else _copy(data)),
            shacl_graph=_copy(shapes),
            inference="none",
            inplace=True,
            meta_shacl=meta,
            advanced=False,
            js=False,
            do_owl_imports=False,
            logger=_quiet(),
        )
    return Triples(found) if isinstance(found, Graph) else found


@contextmanager
def _ours() -> Iterator[None]:
    """Have pyshacl use what stands here; another's use of it in this process is left alone."""
    places: tuple[tuple[dict[str, Any], str, Any], ...] = (
        # Where it keeps what it has found out about its components.
        (pyshacl_shape.__dict__, "CONSTRAINT_PARAMS", _components()),
        (pyshacl_entrypoints.__dict__, "Validator", _Reporting),
    )
    with _LOCK:
        before = [place.get(name, _NONE) for place, name, _ in places]
        for place, name, value in places:
            place[name] = value
        try:
            yield
        finally:
            for (place, name, _), value in zip(places, before, strict=True):
                if value is _NONE:
                    place.pop(name, None)
                else:
                    place[name] = value


def _copy(graph: Iterable[Triple]) -> Graph:
    copy = Graph(bind_namespaces="none")  # in a store that keeps graphs apart, as pyshacl asks
    for triple in graph:
        copy.add(triple)
    return copy


def _quiet() -> logging.Logger:
    """A logger that says nothing: pyshacl's would write every result to standard error."""
    logger = logging.getLogger("gapgraph.validation")
    logger.setLevel(logging.CRITICAL)
    return logger
