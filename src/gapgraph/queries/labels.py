"""The labels that IRIs have, whatever property gives them, and columns of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from gapgraph.namespaces import GG
from gapgraph.queries.fields import Column, Dictionary
from gapgraph.queries.result import Row, plain_column
from gapgraph.store.answers import Answer, Term
from gapgraph.texts import SOURCE, Text

__all__ = ["labelled", "labels_of"]

#: What the texts of a thing are, by how the name of their column ends: the properties that give
#: them, the best first.
_TEXTS = {
    "Label": ("skos:prefLabel", "rdfs:label", "dcterms:title", "gg:literalLabel", "gg:text"),
    "Meaning": ("skos:definition",),
    "Criterion": ("gg:criterion",),
    "Phrase": ("skos:altLabel",),
}
#: Texts of nodes: by the language asked for, Spanish, others; then by property.  Each property has
#: a pattern of its own: with a variable in its place, the engine looks through all texts there are.
_LABELS = """PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX gg: <{gg}>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?node ?rank ?label WHERE {{
  VALUES ?node {{ {nodes} }}
  {patterns}
}}"""
#: A topic is called as the table calls it; in other languages its concept has names.
_LENT = "gg:aboutConcept/skos:prefLabel"


class Labelled(Protocol):
    """What answers a SELECT."""

    def select(self, query: str) -> Answer:
        """Answer a SELECT."""


def labels_of(
    store: Labelled,
    rows: Sequence[Sequence[Term | None]],
    lang: str,
    what: str = "Label",
    *,
    lent: bool = False,
) -> dict[Term | None, Term]:
    """Return the best label of every IRI that has one.

    :param store: what answers queries
    :param rows: rows with IRIs among their cells
    :param lang: the language that is wanted; else Spanish, else any
    :param what: ``Label``, ``Meaning`` or ``Criterion``
    :param lent: whether a topic has the label of its concept where it has none in that language
    """
    nodes = sorted({term.value for row in rows for term in row if term and term.kind == "uri"})
    paths = (*_TEXTS[what], _LENT) if lent else _TEXTS[what]
    patterns = " UNION ".join(
        f"{{ ?node {path} ?label . BIND({rank} AS ?rank) }}" for rank, path in enumerate(paths, 1)
    )
    best: dict[Term | None, tuple[tuple[int, int, str], Term]] = {}
    for start in range(0, len(nodes), 500):
        listed = " ".join(f"<{each}>" for each in nodes[start : start + 500])
        asked = _LABELS.format(gg=GG, nodes=listed, patterns=patterns)
        for node, rank, label in store.select(asked).rows:
            if node is None or rank is None or label is None or label.kind != "literal":
                continue
            order = (label.language != lang) + (label.language not in {lang, SOURCE})
            # A label in the language asked for is worth more than a better property.
            key = (order, int(rank.value), label.value)
            if node not in best or key < best[node][0]:
                best[node] = (key, label)
    return {node: label for node, (_, label) in best.items()}


def labelled(
    store: Labelled,
    columns: tuple[Column, ...],
    rows: Sequence[Row],
    lang: str,
    dictionary: Dictionary | None,
    *,
    add: bool,
    lent: bool,
) -> tuple[tuple[Column, ...], list[Row]]:
    """Give the labels of a result in the language asked for.

    A column ``xLabel`` holds the labels of the column ``x``, ``xMeaning`` its definitions, and
    ``xCriterion`` the criteria of readings.  It is there, and its texts are put in that
    language, or one of labels is added beside each column of IRIs that has none.

    :param add: whether columns are added
    :param lent: whether topics have the labels of their concepts, as in `labels_of`
    """
    names = [each.name for each in columns]
    #: Each column, the place it is read from, and whether what is read are the labels of that.
    wide: list[tuple[Column, int, int | None, str]] = []
    for place, column in enumerate(columns):
        what = next((each for each in _TEXTS if column.name.endswith(each)), "")
        of = column.name.removesuffix(what)
        wide.append((column, place, names.index(of) if what and of in names else None, what))
        named = {f"{column.name}Label", f"{column.name}Text"} & {*names}
        if add and not named and _holds_iris(rows, place):
            wide.append((_column_of_labels(column, dictionary), -1, place, "Label"))
    # Only what some column holds the texts of is looked up.
    texts = {
        kind: labels_of(
            store,
            [tuple(row[of] for _, _, of, what in wide if of is not None and what == kind)
             for row in rows],
            lang,
            kind,
            lent=lent and kind == "Label",
        )
        for kind in {what for _, _, of, what in wide if of is not None}
    }  # fmt: skip
    return tuple(column for column, _, _, _ in wide), [
        tuple(_cell(row, place, of, texts.get(what, {})) for _, place, of, what in wide)
        for row in rows
    ]


def _column_of_labels(column: Column, dictionary: Dictionary | None) -> Column:
    """Return the column of labels that stands beside a column of IRIs."""
    name = f"{column.name}Label"
    known = dictionary.columns.get("label") if dictionary else None
    if known is None:
        return plain_column(name)
    words = {
        lang: f"{word} ({known.label[lang].lower()})" for lang, word in column.label.words.items()
    }
    return Column(name, Text(words), column.description, "string")


def _holds_iris(rows: Sequence[Row], place: int) -> bool:
    """Tell whether a column holds any IRI."""
    return any(term is not None and term.kind == "uri" for term in (row[place] for row in rows))


def _cell(row: Row, place: int, of: int | None, labels: Mapping[Term | None, Term]) -> Term | None:
    """Return a cell, or the label of another."""
    given = row[place] if place >= 0 else None
    return given if of is None else labels.get(row[of], given)
