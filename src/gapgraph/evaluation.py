"""SPARQL over triples at hand, on the embedded engine: what shapes and rules ask.

rdflib evaluates the same queries 20 to 300 times slower.  It stays what they are judged by: a test
compares the two, and `Evaluator` answers nothing that it could not answer alike, so that whoever
asks puts the question to rdflib.  A literal may come back in another form than it was written in
(``1.50`` as ``1.5``): answers are made of the nodes that were given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

import pyoxigraph as ox
from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

from gapgraph.namespaces import XSD
from gapgraph.ntriples import Triple

__all__ = ["CannotAnswerError", "Evaluator", "bound", "constructs"]

#: Literals that the engine gives back as they were written, where they are in normal form.
_SAFE = frozenset({XSD.string, XSD.integer, XSD.boolean})
#: Of these it keeps the number alone, and gives it back as ``xsd:integer``.
_INTEGERS = frozenset(
    XSD[name]
    for name in (
        *("byte", "short", "int", "long", "unsignedByte", "unsignedShort", "unsignedInt"),
        *("unsignedLong", "positiveInteger", "negativeInteger", "nonPositiveInteger"),
        "nonNegativeInteger",
    )
)
#: Before a type of numbers that is kept from the engine.
_KEPT_TYPE = "urn:kept:"
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    r'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
    r'|<[^<>"{}|^`\\\s]*>|#[^\n]*'
    r"|[?$](?P<variable>\w+)|(?P<word>[A-Za-z_][\w.:-]*)|(?P<mark>[{}()*])|.",
    re.DOTALL,
)
#: What ends the list of what a query selects, or groups by.
_ENDS = frozenset({"WHERE", "FROM", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"})


class CannotAnswerError(Exception):
    """The engine cannot be asked this, or its answer might differ from rdflib's."""


def bound(query: str, terms: Mapping[str, str]) -> str:
    """Return a query with variables bound beforehand (SHACL, appendix A).

    A variable becomes its term wherever it stands; where it is selected or grouped by, an
    expression gives it the name that it has.

    :param query: a SELECT query
    :param terms: terms in SPARQL, by the name of the variable
    :raises CannotAnswerError: where the query itself binds such a variable
    """
    written: list[str] = []
    selecting = grouping = False
    braces = brackets = 0
    last = ""
    for token in _TOKEN.finditer(query):
        text = token[0]
        word = (token["word"] or "").upper()
        if word == "SELECT":
            selecting, brackets = True, 0
        elif word == "BY" and last == "GROUP":
            grouping, brackets = True, 0
        elif word in _ENDS:
            selecting = grouping = False
        elif token["mark"] in {"{", "}"}:
            selecting = grouping = False
            braces += 1 if text == "{" else -1
        elif token["mark"] in {"(", ")"}:
            brackets += 1 if text == "(" else -1
        elif text == "*" and selecting and not brackets:
            raise CannotAnswerError("all variables are selected")
        elif token["variable"] in terms:
            if last == "AS":
                raise CannotAnswerError("the query binds the variable itself")
            name, term = token["variable"], terms[token["variable"]]
            if (selecting or grouping) and not brackets:
                # Within the query the name would be taken twice.
                name = name if selecting and not braces else f"bound_{name}"
                text = f"({term} AS ?{'grouped_' if grouping else ''}{name})"
            else:
                text = term
        if not text.isspace():
            last = word or text
        written.append(text)
    return "".join(written)


def constructs(query: str, functions: Mapping[URIRef, Callable[..., URIRef]]) -> bool:
    """Tell whether a query gives triples.

    :param query: the query
    :param functions: the functions that it may call, by IRI
    :raises CannotAnswerError: where the engine cannot read it
    """
    try:
        answer = ox.Store().query(query, custom_functions=_called(functions))
        return isinstance(answer, ox.QueryTriples)
    except (SyntaxError, ValueError, OSError, RuntimeError) as error:
        raise CannotAnswerError(str(error)) from error


class Evaluator:
    """Triples, and the answers that they give.

    :param triples: the triples
    :param uncounted: types of numbers that no query reckons or compares with: they keep their type,
        and are no numbers to the engine
    :raises CannotAnswerError: for a term that the engine does not take
    """

    def __init__(self, triples: Iterable[Triple], uncounted: Iterable[URIRef] = ()) -> None:
        self._store = ox.Store()
        self._uncounted = {each: f"{_KEPT_TYPE}{each}" for each in uncounted}
        self._given: dict[object, Node] = {}
        #: Numbers that may come back under another type than they have.
        self._unsure: set[str] = set()
        self._term = cache(self._converted)
        self.add(triples)

    def add(self, triples: Iterable[Triple]) -> None:
        """Add triples.

        :raises CannotAnswerError: for a term that the engine does not take
        """
        term = self._term
        try:
            self._store.bulk_extend(ox.Quad(term(s), term(p), term(o)) for s, p, o in triples)
        except (TypeError, ValueError) as error:
            raise CannotAnswerError(str(error)) from error

    def select(
        self, query: str, bindings: Mapping[str, Node]
    ) -> tuple[list[str], list[dict[str, Node]]]:
        """Return the variables of a SELECT query, and what each solution binds of them.

        :param query: the query
        :param bindings: what variables are bound to beforehand
        :raises CannotAnswerError: where rdflib is to be asked
        """
        if any(isinstance(node, BNode) for node in bindings.values()):
            raise CannotAnswerError("a blank node cannot be written in a query")
        terms = {name: str(self._term(node)) for name, node in bindings.items()}
        try:
            answer = self._store.query(bound(query, terms))
            if not isinstance(answer, ox.QuerySolutions):
                raise CannotAnswerError("the query is no SELECT")
            names = [each.value for each in answer.variables]
            return names, [
                {
                    name: self._node(value)
                    for name, value in zip(names, row, strict=True)
                    if value is not None
                }
                for row in answer
            ]
        except (SyntaxError, ValueError, OSError) as error:
            raise CannotAnswerError(str(error)) from error

    def construct(
        self, query: str, functions: Mapping[URIRef, Callable[..., URIRef]]
    ) -> set[Triple]:
        """Return the triples of a CONSTRUCT query.

        :param query: the query
        :param functions: the functions that it calls, by IRI; each takes the values of terms
        :raises CannotAnswerError: where rdflib is to be asked
        """
        for datatype, kept in self._uncounted.items():
            query = re.sub(rf"\bxsd:{datatype.fragment}\b", f"<{kept}>", query)
        if any(f"xsd:{each.fragment}" in query for each in _INTEGERS):
            raise CannotAnswerError("the query makes numbers of a type that the engine forgets")
        try:
            answer = self._store.query(query, custom_functions=_called(functions))
            if not isinstance(answer, ox.QueryTriples):
                raise CannotAnswerError("the query is no CONSTRUCT")
            node = self._node
            return {(node(s), node(p), node(o)) for s, p, o in answer}
        except (SyntaxError, ValueError, OSError) as error:
            raise CannotAnswerError(str(error)) from error

    def _converted(self, node: Node) -> Any:
        term: ox.NamedNode | ox.BlankNode | ox.Literal
        if isinstance(node, URIRef):
            term = ox.NamedNode(node)
        elif isinstance(node, Literal):
            if node.language:
                term = ox.Literal(node, language=node.language)
            elif node.datatype:
                datatype = self._uncounted.get(node.datatype, node.datatype)
                term = ox.Literal(node, datatype=ox.NamedNode(datatype))
            else:
                term = ox.Literal(node)
        else:
            term = ox.BlankNode(str(node))
        if (
            isinstance(node, Literal)
            and node.datatype in _INTEGERS
            and node.datatype not in self._uncounted
        ):
            self._unsure.add(str(node))
        self._given.setdefault(term, node)
        return term

    def _node(self, term: object) -> Node:
        """Return the node that was given as a term, or one that was computed."""
        if isinstance(term, ox.Literal) and term.value in self._unsure and _is_integer(term):
            raise CannotAnswerError(f"{term} may be of another type")
        given = self._given.get(term)
        if given is not None:
            return given
        if isinstance(term, ox.NamedNode):
            return URIRef(term.value)
        if isinstance(term, ox.Literal):
            if term.language:
                return Literal(term.value, lang=term.language)
            datatype = URIRef(term.datatype.value)
            if datatype.startswith(_KEPT_TYPE):
                kept = URIRef(datatype.removeprefix(_KEPT_TYPE))
                return Literal(term.value, datatype=kept, normalize=False)
            if datatype in _SAFE:
                plain = datatype == XSD.string
                return Literal(term.value) if plain else Literal(term.value, datatype=datatype)
        raise CannotAnswerError(f"{term} may be written otherwise")


def _is_integer(term: ox.Literal) -> bool:
    return term.datatype.value == str(XSD.integer)


def _called(functions: Mapping[URIRef, Callable[..., URIRef]]) -> dict[ox.NamedNode, Any]:
    """Return functions as the engine takes them."""
    return {ox.NamedNode(iri): _calling(function) for iri, function in functions.items()}


def _calling(function: Callable[..., URIRef]) -> Callable[..., ox.NamedNode]:
    return lambda *terms: ox.NamedNode(function(*(term.value for term in terms)))
