"""What a report is asked of: the stored queries of a build, about one analysis, in one language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gapgraph.messages import catalogue, translate
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.results import run
from gapgraph.queries.rows import Row, Text
from gapgraph.store.engine import Engine

__all__ = ["Asker", "Words", "country_of"]


@dataclass(frozen=True)
class Words:
    """The texts of reports in a language; the Spanish of the code is what names them."""

    lang: str

    def gettext(self, spanish: str, **values: object) -> str:
        """Return a text.

        :param spanish: the text in Spanish, by which the catalogue knows it
        :param values: what goes into its places, as ``%(name)s``
        """
        found = translate(spanish, self.lang)
        return found % values if values else found

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Return a text with a number, ``%(num)s``."""
        found = str(catalogue(self.lang).ungettext(one, many, number))
        return found % {"num": number}


@dataclass(frozen=True)
class Asker:
    """Asks stored queries about an analysis.

    :param store: the dataset
    :param catalogue: the stored queries
    :param analysis: the IRI of the analysis
    :param lang: the language of labels and texts
    """

    store: Engine
    catalogue: Catalogue
    analysis: str
    lang: str = "es"

    @property
    def words(self) -> Words:
        """The texts in its language."""
        return Words(self.lang)

    def about(self, query: str, **values: Sequence[str]) -> list[Row]:
        """Return the rows of a query about the analysis.

        :param values: values by parameter; none leaves one open
        """
        return self.ask(query, analysis=(self.analysis,), **values)

    def ask(self, query: str, **values: Sequence[str]) -> list[Row]:
        """Return the rows of a query."""
        given = {name: tuple(value) for name, value in values.items() if value}
        result = run(
            self.store,
            self.catalogue,
            query,
            given,
            lang=self.lang,
            labels=True,
            own_labels=True,  # how the table calls a topic is told beside
        )
        return [Row(result.names, row) for row in result.rows]

    def facts(self) -> Row:
        """Return what is known of the analysis: its row of the query ``analyses``."""
        return next(row for row in self.ask("analyses") if row["analysis"] == self.analysis)

    def title(self, iri: str, other: Text) -> Text:
        """Return the title of a document in the reader's language, else another name of it."""
        titles = [
            row.text("value")
            for row in self.ask("node-facts", node=(iri,))
            if row["property"].endswith("/title")
        ]
        return next((each for each in titles if each.lang == self.lang), other)


def country_of(facts: Row) -> Text:
    """Return the name of an analysis's State, where it is known by one.

    :param facts: its row of the query ``analyses``; there is a column of names only where some
        analysis has a State
    """
    return facts.text("jurisdictionLabel") if facts.has("jurisdictionLabel") else Text("", "")
