"""What a query answers, whatever engine gave it: named columns and rows of terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

__all__ = ["Answer", "Term"]


class Term(NamedTuple):
    """An RDF term of a result row.

    :param kind: as SPARQL 1.1 Query Results JSON Format, section 3.2.2, names it
    :param value: the IRI, the blank node's label, or the literal's characters
    :param language: a literal's language tag, or nothing
    :param datatype: a literal's datatype IRI; nothing for ``xsd:string`` and tagged ones
    """

    kind: Literal["uri", "literal", "bnode"]
    value: str
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True)
class Answer:
    """The answer to a SELECT query.

    :param variables: the columns, in the order of the query's projection
    :param rows: a term, or ``None`` where unbound, for each column
    """

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]
