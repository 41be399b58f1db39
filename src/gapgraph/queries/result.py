"""A result: the rows, or the triples, that a query gave, and what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gapgraph.namespaces import XSD
from gapgraph.queries.fields import Column
from gapgraph.queries.header import Need
from gapgraph.queries.stored import StoredQuery
from gapgraph.store.answers import Term
from gapgraph.texts import SOURCE, Text

__all__ = ["Result", "Row", "Triple", "plain_column", "truths"]

#: A row: a term, or nothing where unbound, for each column.
Row = tuple[Term | None, ...]
#: A triple, as subject, predicate and object.
Triple = tuple[Term, Term, Term]


#: Other ways to write a truth.
_TRUTHS = {"1": "true", "0": "false"}


@dataclass(frozen=True)
class Result:
    """What a query gave.

    :param columns: the columns, in the order declared
    :param rows: the rows of this page
    :param total: how many rows there are in all, exactly, after filtering
    :param query: the stored query, or nothing for a query of somebody's own
    :param text: the SPARQL that was asked, values bound
    :param values: the values of each parameter, defaults among them
    :param triples: what a CONSTRUCT gave
    :param boolean: what an ASK gave
    :param dataset: the version of the dataset that was asked
    :param missing: the linked data for want of which it has no rows
    :param called: the labels of IRIs among the values
    """

    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    total: int = 0
    query: StoredQuery | None = None
    text: str = ""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    offset: int = 0
    limit: int | None = None
    triples: tuple[Triple, ...] | None = None
    boolean: bool | None = None
    dataset: str = ""
    missing: Need | None = None
    called: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(each.name for each in self.columns)

    @property
    def is_graph(self) -> bool:
        """Whether it is RDF, not rows."""
        return self.triples is not None

    def question(self, lang: str) -> str:
        """Return what was asked as a sentence; nothing for a query of somebody's own."""
        if self.query is None:
            return ""
        return self.query.header.ask(self.values, lang, self.called)

    def shown(self) -> list[tuple[int, int | None]]:
        """Return the columns that people see: each, and the column of the IRIs that it labels.

        A column of labels or texts takes in that of its IRIs, and the one analysis that was asked
        about needs no column.
        """
        place = {name: index for index, name in enumerate(self.names)}

        def of(name: str) -> int | None:
            """The column of IRIs that a column labels, if it is one of labels."""
            stem = name.removesuffix("Label").removesuffix("Text")
            node = place.get(stem) if stem != name else None
            if node is None:
                return None
            cells = [row[node] for row in self.rows]
            return node if all(each is None or each.kind == "uri" for each in cells) else None

        hidden = {of(name) for name in place}
        if len(self.values.get("analysis", ())) == 1:
            hidden |= {place.get("analysis"), place.get("analysisLabel")}
        return [(index, of(name)) for name, index in place.items() if index not in hidden]


def plain_column(name: str) -> Column:
    """Return a column that nobody has described."""
    label = Text({SOURCE: name})
    return Column(name, label, label)


def truths(columns: Sequence[Column], rows: Sequence[Row]) -> Sequence[Row]:
    """Return rows whose columns of yes or no say true and false: engines write 1 and 0 too."""
    places = [place for place, each in enumerate(columns) if each.type == "boolean"]
    if not any((term := row[place]) and term.value in _TRUTHS for row in rows for place in places):
        return rows
    return [
        tuple(
            term._replace(value=_TRUTHS.get(term.value, term.value), datatype=f"{XSD.boolean}")
            if term and place in places
            else term
            for place, term in enumerate(row)
        )
        for row in rows
    ]
