"""What an assistant is answered: gaps with their sentences, rows of questions, how to cite.

Each answer says of which data it is, how much of the observations was read, and the whole of what
it counts.  Words of the source stand under ``quotation`` alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gapgraph import __version__
from gapgraph.confine import Ending
from gapgraph.errors import UsageError
from gapgraph.namespaces import CC_BY, GG, analysis_named, last_segment
from gapgraph.queries.description import describe
from gapgraph.queries.fields import LISTS
from gapgraph.queries.result import Result
from gapgraph.queries.results import run, write
from gapgraph.report.asking import Asker
from gapgraph.report.choice import Asked, choose, topic_statuses
from gapgraph.report.model import Card, Directive, Report, report_of
from gapgraph.report.sentences import Sentence
from gapgraph.statuses import GAPS
from gapgraph.web.negotiate import Offer
from gapgraph.web.protocol import Asked as Question
from gapgraph.web.protocol import Formats, evaluate
from gapgraph.web.service import Service
from gapgraph.web.subjects import Subjects

__all__ = ["MOST", "Answers"]

#: The most entries of one answer.
MOST = 50
_ROWS = Offer("srj", "application/sparql-results+json")
_FORMATS = Formats(_ROWS, _ROWS, Offer("ttl", "text/turtle"))
#: What stands between the values of a cell, as the column ``categories`` has them.
_BETWEEN = LISTS["dots"]
#: A part of the ontology, by the kind of a term.
_TERM = "http://www.w3.org/2002/07/owl#"


#: How the words of a search are held, as answers tell it.
_MATCHED = {"all": "all words", "near": "nearly all words", "any": "any word", "": "none"}


class Answers:
    """Answers about a build.

    :param service: the build, its stored queries, and the workers for queries of others
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    def asker(self, analysis: str, language: str) -> Asker:
        """Return what asks stored queries about an analysis.

        :param analysis: its IRI or the last part of that; the first of the build if empty
        :param language: a language of the interface
        :raises NotFoundError: for an analysis that is not there, with those that are
        """
        current = self._service
        found = analysis_named(current.dataset.analyses, analysis)
        return Asker(current.store, current.catalogue, found, language)

    def find(
        self, words: str, *, gaps: bool, analysis: str, language: str, limit: int, offset: int
    ) -> dict[str, Any]:
        """Return the topics that words lead to, the best first, each with its sentences.

        Where no topic has all the words, those with words nearly like them are given, else those
        that have any of them, and it is said so.

        :param gaps: whether those alone are given whose status is one of gaps
        """
        asker = self.asker(analysis, language)
        report, cards, index = self._service.once(
            ("mcp", asker.analysis, language), lambda: self._indexed(asker)
        )
        how, hits = index.find(words)
        wanted = [cards[place] for place in hits if cards[place][1].gap or not gaps]
        shown, page = _page(wanted, limit, offset)
        return {
            "matched": _MATCHED[how],
            "topics": [_card(directive, card) for directive, card in shown],
            **page,
            **self._about(report),
        }

    def _indexed(self, asker: Asker) -> tuple[Report, list[tuple[Directive, Card]], Subjects]:
        """Return every topic of an analysis, and the index of what is said of it."""
        statuses = [row["notation"] for row in topic_statuses(asker)]
        report = report_of(asker, Asked(statuses=statuses))
        cards = list(_cards_of(report))
        concepts = {row["concept"]: row["conceptLabel"] for row in asker.about("list-concepts")}
        return (
            report,
            cards,
            Subjects(
                (
                    "\n".join(
                        [
                            card.label.value,
                            card.row["topicLabel"],
                            concepts.get(card.row["concept"], ""),
                        ]
                    )
                    for _, card in cards
                ),
                [card.told for _, card in cards],
                self._service.words,
            ),
        )

    def evidence(self, directive: str, *, analysis: str, language: str) -> dict[str, Any]:
        """Return a directive's topics with status, reason, sentences and what eases them.

        :param directive: its identifier as printed, such as ``58``, or its IRI
        :raises UsageError: for one that is not there, with those that are
        """
        asker = self.asker(analysis, language)
        report = report_of(asker, Asked(directives=[directive]))
        shown = [_card(each, card) for each, card in _cards_of(report)]
        assessed = "" if shown else "not assessed: the analysis has no topic of this directive"
        return {"topics": shown, "note": assessed, **self._about(report)}

    def ask(
        self,
        query: str,
        parameters: Mapping[str, Sequence[str]],
        *,
        language: str,
        limit: int,
        offset: int,
    ) -> dict[str, Any]:
        """Return the rows of a stored query.

        :param query: its id
        :param parameters: values by parameter
        :raises NotFoundError: where there is no such query
        :raises UsageError: for parameters that it does not take
        """
        current = self._service
        paged = current.catalogue[query].form == "SELECT"  # only rows come in pages
        result = run(
            current.store,
            current.catalogue,
            query,
            parameters,
            limit=min(limit, MOST) if paged else None,
            offset=offset if paged else 0,
            lang=language,
            labels=True,
        )
        answer: dict[str, Any] = {"question": result.question(language)}
        if result.boolean is not None:
            answer["answer"] = result.boolean
        elif result.is_graph:
            answer["graph"] = b"".join(write(result, "ttl")).decode("utf-8")
        else:
            answer["rows"] = _rows(result)
            answer |= _paged(result.total, len(result.rows), offset)
        if result.missing:
            answer["note"] = result.missing.text[language]
        return {**answer, "query": f"{current.catalogue[query].iri}", **self._data()}

    def questions(self, language: str) -> list[dict[str, Any]]:
        """Return every stored query: id, what it asks, and its parameters."""
        return [
            {
                "id": query.id,
                "asks": query.header.sentence[language],
                "description": query.header.description[language],
                "parameters": {
                    each["name"]: each["description"].get(language, "")
                    for each in describe(query)["parameters"]
                },
            }
            for query in self._service.catalogue
        ]

    def compare(
        self, *, analyses: Sequence[str], directive: str, language: str, limit: int, offset: int
    ) -> dict[str, Any]:
        """Return the status of directives in each plan, with the first words that decide it.

        :param analyses: IRIs or their last parts; all analyses if none
        :param directive: a directive's identifier; all directives if empty
        """
        known = self._service.dataset.analyses
        parameters = {
            "analysis": [analysis_named(known, each) for each in analyses],
            "number": [directive] if directive else [],
        }
        return self.ask("compare", parameters, language=language, limit=limit, offset=offset)

    def sparql(self, query: str) -> dict[str, Any]:
        """Return the result of a query of one's own, as the service would.

        :raises GapgraphError: for every mistake in it, and where it takes too long or too much
        """
        reply = evaluate(self._service, Question(query, (), (), _FORMATS, None, Ending()))
        text = reply.body.decode("utf-8")
        if reply.kind == "graph":
            return {"graph": text, **self._data()}
        return {"results": json.loads(text), **self._data()}

    def terms(self, language: str) -> dict[str, Any]:
        """Return the classes, properties and statuses in brief, and the named graphs."""
        current = self._service
        rows = _rows(run(current.store, current.catalogue, "ontology-terms", {}, lang=language))
        asker = self.asker("", language)
        return {
            "prefix": f"gg: <{GG}>",
            "terms": {
                row["term"].rpartition("#")[2]: row.get(
                    f"definition{language.title()}", row["definition"]
                )
                for row in rows
                if row.get("kind", "").startswith(_TERM)
            },
            "statuses": {
                row["notation"]: f"{row['statusLabel']}: {row['statusMeaning']}"
                for row in asker.ask("list-statuses")
            },
            "gaps": list(GAPS),
            "graphs": sorted(current.graphs),
            "analyses": list(current.dataset.analyses),
            **self._data(),
        }

    def citation(
        self, *, directive: str, topic: str, analysis: str, language: str
    ) -> dict[str, Any]:
        """Return how to cite an analysis, or what it says of a directive or of one topic.

        :param directive: a directive's identifier; the whole analysis if empty
        :param topic: the last part of a topic's IRI, such as ``19.2``, or the IRI; empty for none
        :raises UsageError: for one that is not there, with those that are, and for a topic that is
            not of the directive
        """
        asker = self.asker(analysis, language)
        asked = Asked(directives=[directive] if directive else [], topics=[topic] if topic else [])
        report = report_of(asker, asked)
        words = asker.words
        address, name, counts = asker.analysis, "", {"topics": report.topics, "gaps": report.gaps}
        if topic:
            card = next((card for _, card in _cards_of(report)), None)
            if card is None:
                raise UsageError(
                    f"topic {topic[:40]!r} is not of directive {directive[:40]!r}",
                    todo="leave one of them out",
                )
            address = card.row["topic"]
            of = words.gettext("directriz %(number)s", number=card.directive)
            name = f"«{card.label.value}», {of}. "
            whole = report_of(asker, Asked(directives=[card.row["directive"]]))
            counts["topicsOfItsDirective"] = whole.topics
        elif directive:
            choice = choose(asker, asked)
            (address,) = choice.within["directive"]
            row = next(each for each in choice.directives if each["directive"] == address)
            number = row["directiveIdentifier"] or last_segment(address)
            name = f"«{words.gettext('Directriz %(number)s', number=number)}». "
        within = words.gettext("En:") + " " if name else ""
        version = words.gettext("Conjunto de datos, versión")
        return {
            "citation": (
                f"gapgraph. {name}{within}{report.framework} × {report.plan}. "
                f"{version} {report.version}, gapgraph {__version__}. {address}. CC BY 4.0."
            ),
            "address": address,
            "counts": {**counts, "topicsOfTheAnalysis": report.whole},
            **self._about(report),
        }

    def _about(self, report: Report) -> dict[str, Any]:
        """Return what an answer is about: denominators, and how much was read."""
        account = report.account
        return {
            "about": {
                "analysis": report.analysis,
                "plan": report.plan.value,
                "framework": report.framework.value,
                "state": report.country.value,
                "topics": report.whole,
                "directives": report.whole_directives,
                "reading": {
                    "statements": account["statements"] if account else "",
                    "byRule": account["statementsByRule"] if account else "",
                    "byReview": account["statementsByReview"] if account else "",
                    "unread": account["statementsUnread"] if account else "",
                },
                "limits": "The document was read, not its practice; "
                "what is not assessed or unread is no gap and no coverage.",
            },
            **self._data(),
        }

    def _data(self) -> dict[str, Any]:
        """Return the version of the data, and their licence."""
        return {"data": {"version": self._service.dataset.version, "licence": str(CC_BY)}}


def _cards_of(report: Report) -> Iterator[tuple[Directive, Card]]:
    """Give the cards of a report, each with its directive."""
    for part in report.parts:
        for directive in part.directives:
            for card in directive.cards:
                yield directive, card


def _rows(result: Result) -> list[dict[str, str]]:
    """Return the values of rows by their columns, unbound ones left out."""
    return [
        {name: term.value for name, term in zip(result.names, row, strict=True) if term}
        for row in result.rows
    ]


def _page(listed: Sequence[Any], limit: int, offset: int) -> tuple[Sequence[Any], dict[str, Any]]:
    """Return a stretch of a list, and what says where it stands."""
    if offset < 0 or limit < 1:
        raise UsageError("limit is under 1 or offset under 0", todo="give whole numbers from there")
    shown = listed[offset : offset + min(limit, MOST)]
    return shown, _paged(len(listed), len(shown), offset)


def _paged(total: int, shown: int, offset: int) -> dict[str, Any]:
    following = offset + shown
    return {
        "total": total,
        "offset": offset,
        "nextOffset": following if shown and following < total else None,
    }


def _quotation(sentence: Sentence) -> dict[str, Any]:
    """Return a sentence word for word, and what in it decides."""
    return {
        "text": sentence.text,
        "language": sentence.lang,
        "decides": [text for text, kind in sentence.pieces if kind],
        "observation": sentence.observation,
        "start": sentence.start,
    }


def _card(directive: Directive, card: Card) -> dict[str, Any]:
    """Return a topic with its status, and the words that bear it."""
    row = card.row
    return {
        "topic": row["topic"],
        "label": card.label.value,
        "directive": {
            "identifier": directive.identifier,
            "iri": directive.iri,
            "quotation": {"text": directive.text.value, "language": directive.text.lang},
        },
        "status": row["status"].rpartition("#")[2],
        "statusWord": card.status,
        "reason": card.reason,
        "gap": card.gap,
        "cell": [
            {"quotation": {"text": value, "language": card.cell.lang}}
            for value in card.cell.value.split(_BETWEEN)
        ],
        "quotations": [_quotation(each) for each in card.sentences],
        "eases": [_quotation(each) for each in card.easing],
        "source": {"file": row["file"], "lines": row["sourceLines"]},
    }
