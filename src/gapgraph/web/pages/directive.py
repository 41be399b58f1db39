"""A directive: its text, topics, and the observation with what each of its words does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import Response

from gapgraph.namespaces import last_segment
from gapgraph.report.sentences import Sentence, decides, sentences_of
from gapgraph.statuses import AGAINST, GAPS
from gapgraph.web.links import link
from gapgraph.web.pages.lists import parts
from gapgraph.web.pages.reviews import reviews_of
from gapgraph.web.pages.rows import Row, Text, ask, facts, page, site
from gapgraph.web.pages.status import Mark, kind_mark, mark, reason_words
from gapgraph.web.pages.topics import Topic, title_of, topics
from gapgraph.web.pages.translated import translations

__all__ = ["Observation", "Piece", "directive_page", "observations", "pieces"]


@dataclass(frozen=True)
class Piece:
    """A stretch of an observation: a statement, or what stands between two.

    :param text: its words
    :param statement: its row, where it is a statement
    """

    text: str
    statement: Row | None = None

    @property
    def mark(self) -> Mark:
        """How its kind is shown."""
        return kind_mark(self.statement["kind"] if self.statement else "")

    @property
    def against(self) -> bool:
        """Whether it is a statement that speaks against coverage."""
        return self.statement is not None and self.mark.name in AGAINST


@dataclass(frozen=True)
class Observation:
    """A paragraph of the observations cell.

    :param measures: what its statements enumerate with letters, by statement
    """

    row: Row
    pieces: list[Piece]
    measures: dict[str, list[Row]] = field(default_factory=dict)


def pieces(text: str, statements: Sequence[Row]) -> list[Piece]:
    """Cut a text at its statements; put together, the pieces are the text.

    A statement that starts within another, or stands outside the text, is not drawn.

    :param text: the observation's text
    :param statements: rows with ``start`` and ``end``, in code points, in order
    """
    found, at = [], 0
    for row in statements:
        start, end = row.number("start"), row.number("end")
        if not (row["statement"] and at <= start < end <= len(text)):
            continue
        if start > at:
            found.append(Piece(text[at:start]))
        found.append(Piece(text[start:end], row))
        at = end
    if at < len(text):
        found.append(Piece(text[at:]))
    return found


def observations(number: str, analysis: str = "") -> list[Observation]:
    """Return a directive's observations, cut at their statements.

    :param number: the directive's identifier
    :param analysis: the IRI of the analysis whose they are; else the reader's
    """
    rows: defaultdict[str, list[Row]] = defaultdict(list)
    for row in ask("observation-statements", number=number, analysis=analysis):
        rows[row["observation"]].append(row)
    measures: defaultdict[str, list[Row]] = defaultdict(list)
    for row in ask("statement-measures", number=number, analysis=analysis):
        measures[row["statement"]].append(row)
    return [
        Observation(
            group[0],
            pieces(group[0]["text"], group),
            {
                row["statement"]: measures[row["statement"]]
                for row in group
                if row["statement"] in measures
            },
        )
        for group in rows.values()
    ]


def against(listed: Sequence[Observation]) -> dict[str, list[Row]]:
    """Return the omissions and doubts that bear on each topic, by the topic's IRI."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for observation in listed:
        for piece in observation.pieces:
            if piece.statement and piece.against:
                for topic in piece.statement.several("concerns"):
                    found[topic].append(piece.statement)
    return dict(found)


def _beyond(listed: Sequence[Topic]) -> list[tuple[Topic, dict[str, list[Row]]]]:
    """Return what other datasets know of a directive's topics, by the concept of each."""
    by_concept = {topic.concept: topic for topic in reversed(listed)}
    found = [(topic, facts(concept)) for concept, topic in reversed(by_concept.items())]
    return [(topic, known) for topic, known in found if known]


@dataclass(frozen=True)
class Compared:
    """A directive in one of the analyses of its framework.

    :param analysis: the analysis's row of the query ``analyses``
    :param row: the directive's row of the query ``compare``
    :param address: of the directive's page about that analysis
    :param language: of its table
    :param sentences: the whole sentences that decide, with the clauses that do so marked
    """

    analysis: Row
    row: Row
    address: str
    language: str
    sentences: tuple[Sentence, ...]

    @property
    def words(self) -> Text:
        """The first words of what decides the status there: of a sentence, or of the cell."""
        return Text(self.row["firstWords"], self.language)

    @property
    def mark(self) -> Mark:
        """How its status there is shown."""
        return mark(self.row["status"])

    @property
    def reasons(self) -> list[str]:
        """Why it is partial there, in words."""
        return reason_words(self.row.several("partialReasons"))


def _compared(iri: str, number: str) -> list[Compared]:
    """Return a directive in every analysis of its framework; nothing where there is but one."""
    framework = site().facts["framework"]
    analyses = {each["analysis"]: each for each in site().others if each["framework"] == framework}
    if len(analyses) < 2:
        return []
    rows = ask("compare", {"analysis": list(analyses)}, here=False, number=number)
    found = {row["analysis"]: row for row in rows if row["directive"] == iri}
    said: defaultdict[str, list[Row]] = defaultdict(list)
    for row in ask("statements-in-full", {"analysis": list(analyses)}, here=False, directive=iri):
        said[row["analysis"]].append(row)
    own = site().own
    ours = translations(*analyses)
    return [
        Compared(
            each,
            found[name],
            link(iri, ".html", analysis=last_segment(name)),
            own[name].text("planLabel").lang,
            _deciding(said[name], found[name]["status"], ours),
        )
        for name, each in analyses.items()
        if name in found
    ]


def _deciding(
    statements: Sequence[Row], status: str, ours: Mapping[str, Text]
) -> tuple[Sentence, ...]:
    """Return the sentences that decide a directive's status.

    :param statements: rows of the query ``statements-in-full`` of the directive in one analysis
    :param status: the IRI of its status there: of a gap, what is missing decides
    :param ours: our translations into the reader's language, by the IRI of what they are of
    """
    deciding = decides(statements, gap=mark(status).name in GAPS)
    return tuple(sentences_of(statements, deciding, ours))


def directive_page(iri: str) -> Response | None:
    """Answer the page of a directive; nothing where the reader's analysis has none of this IRI."""
    lines = [(part, line) for part in parts(topics()) for line in part.lines]
    place = next((at for at, (_, line) in enumerate(lines) if line.iri == iri), None)
    if place is None:
        return None
    part, line = lines[place]
    number = line.number
    listed: list[Topic] = line.topics
    read = observations(number)
    return page(
        "pages/directive.html",
        iri=iri,
        part=part,
        line=line,
        title=title_of(listed, line.row["text"], longest=110),
        topics=listed,
        observations=read,
        against=against(read),
        indicators=ask("directive-indicators", number=number),
        instruments=ask("instrument-uses", number=number),
        institutions=ask("institution-mentions", number=number),
        lines=ask("source-lines", number=number),
        facts=facts(iri),
        beyond=_beyond(listed),
        compared=_compared(iri, number),
        **reviews_of(ask("reviews", number=number)),
        previous=lines[place - 1][1] if place else None,
        following=lines[place + 1][1] if place + 1 < len(lines) else None,
    )
