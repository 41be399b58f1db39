"""What people decided of statements, as the reading of their row takes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rdflib import Graph, URIRef

from gapgraph.decisions.cuts import pieces
from gapgraph.decisions.standing import Decisions
from gapgraph.decisions.table import NONE
from gapgraph.files import sha256
from gapgraph.namespaces import GG, RDF, Names
from gapgraph.reading.rows import Ruling
from gapgraph.reading.statements import Span
from gapgraph.told import told

__all__ = ["check_mitigated", "decided_of"]

#: Tells the decision on a statement of a row, by its paragraph, position and text.
_Rulings = Callable[[int, int, str], Ruling]
#: Tells where a person cuts a paragraph of a row, by its number and text.
_Cuts = Callable[[int, str], tuple[Span, ...]]


def decided_of(
    decisions: Decisions, directive: str, numbers: Sequence[int]
) -> tuple[_Rulings, _Cuts]:
    """Return what tells the decisions on the statements of a row, and on where it is cut.

    :param numbers: the positions of the row's observations, by paragraph
    """
    return _ruling_of(decisions, directive, numbers), _cut_of(decisions, directive, numbers)


def _cut_of(decisions: Decisions, directive: str, numbers: Sequence[int]) -> _Cuts:
    """Return what tells where a person cuts a paragraph of a row; nowhere where nobody did.

    :param numbers: the positions of the row's observations, by paragraph
    """

    def cut(paragraph: int, text: str) -> tuple[Span, ...]:
        item = f"observation/{directive}.{numbers[paragraph - 1]}"
        one = decisions.first(item, sha256(text))
        found = pieces(text, one.cut) if one else None
        return tuple(Span(*each) for each in found or ())

    return cut


def _ruling_of(decisions: Decisions, directive: str, numbers: Sequence[int]) -> _Rulings:
    """Return what tells the decision on a statement of a row.

    :param numbers: the positions of the row's observations, by paragraph
    """

    def ruling(paragraph: int, position: int, text: str) -> Ruling:
        item = f"statement/{directive}.{numbers[paragraph - 1]}.{position}"
        one = decisions.first(item, sha256(text))
        if one is None:
            return Ruling()
        places = [each.split(".") for each in one.mitigates if each != NONE]
        within = [
            (numbers.index(int(place[1])) + 1, int(place[2]))
            for place in places
            if place[0] == directive and int(place[1]) in numbers
        ]
        return Ruling(one.kind, tuple(within) if one.mitigates else None)

    return ruling


def check_mitigated(decisions: Decisions, names: Names, graph: Graph) -> None:
    """Refuse a decision that something is mitigated which is no omission.

    :raises InputError: where there is one that counts
    """
    for statement, key in graph.subject_objects(GG.textKey):
        item = str(statement).removeprefix(f"{names.analysis}/")
        one = decisions.first(item, str(key)) if item.startswith("statement/") else None
        for each in one.mitigates if one else ():
            iri = URIRef(f"{names.analysis}/statement/{each}")
            if each != NONE and one and one.row and (iri, RDF.type, GG.Omission) not in graph:
                raise one.row.fail(
                    told(
                        "says that {one} mitigates {each}, which is no omission",
                        one=one.name,
                        each=each,
                    ),
                    told("name an omission, or decide that it is one"),
                )
