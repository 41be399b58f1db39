"""An engine at a distance: any that speaks SPARQL 1.1 Protocol, by the address of its queries.

Each request names the graphs that were loaded, as the default graph and by their names (SPARQL 1.1
Protocol, section 2.1.4): whatever an engine takes for its default graph, and whatever else it
holds, the answers are those of the embedded one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import NoReturn

from gapgraph.confine import Ending
from gapgraph.errors import BusyError, EngineError, TooMuchError, UsageError
from gapgraph.iris import is_iri
from gapgraph.namespaces import BASE, RDF
from gapgraph.store.answers import Answer, Term
from gapgraph.store.bugs import Bug, known_bugs
from gapgraph.store.embedded import Form, names_graphs, term_of
from gapgraph.store.embedded_read import (
    Unreadable,
    read_rows,
    read_triples,
    rows_rewritten,
    triples_rewritten,
)
from gapgraph.store.embedded_write import Evaluation
from gapgraph.store.loaded import RECORD, Loaded
from gapgraph.store.mistakes import form_of, refusal
from gapgraph.store.pool import Limits, Places, Reply
from gapgraph.store.scan import tokens
from gapgraph.store.wire import Received, Wire

__all__ = ["RemoteEngine", "RemotePool"]

_ROWS = "application/sparql-results+json"
_TRIPLES = "application/n-triples, text/turtle;q=0.9"
#: No engine is known that gives fewer rows than so many and is silent about it.
_FEW_ROWS = 1_000
#: As Virtuoso marks an answer that it broke off when its own time was over, with the status 200.
_BROKEN_OFF = ("x-sql-state", "S1TAT")
#: As Virtuoso marks an answer that may be cut, or that it may cut.
_MOST_ROWS = "x-sparql-maxrows"

_Dataset = tuple[Sequence[str], Sequence[str]]
_Triple = tuple[Term, Term, Term]


class RemoteEngine:
    """A dataset in an engine at a distance.

    :param wire: the way to where it takes queries
    :raises EngineError: where it cannot be asked, holds no dataset, or holds only half of one
    """

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self._proven = _FEW_ROWS
        self._sound: dict[Bug, bool] = {}
        self._loaded = self._record()

    @property
    def version(self) -> str:
        """The version of its dataset."""
        return self._loaded.version

    @property
    def analyses(self) -> tuple[str, ...]:
        """The IRIs of the analyses of its dataset; the first is the default."""
        return self._loaded.analyses

    def __len__(self) -> int:
        """Return the number of quads."""
        return len(self._loaded)

    def graphs(self) -> tuple[str, ...]:
        """Return the IRIs of the named graphs, sorted."""
        return tuple(sorted(self._loaded.graphs))

    def check(self, name: str) -> None:
        """Let pass a stored query, by its id, that this engine is not known to answer wrong.

        :raises EngineError: where it has a bug that gives the query wrong rows and no error
        """
        for bug in known_bugs():
            if name not in bug.queries:
                continue
            if bug not in self._sound:
                self._sound[bug] = self.ask(bug.probe)
            if not self._sound[bug]:
                raise EngineError(
                    f"the engine at {self.wire.url} would answer {name} wrong: {bug.says}. Ask "
                    "it of another engine, or of a service that has the build itself"
                )

    def select(self, query: str) -> Answer:
        """Answer a SELECT query over the union of the named graphs.

        :raises EngineError: where the engine fails, or its answer is not whole
        """
        answer = self._read(self._asked(query))
        if isinstance(answer, bool):
            raise UsageError("the query is not a SELECT", todo="ask for rows")
        self._check_rows(len(answer.rows))
        return answer

    def ask(self, query: str) -> bool:
        """Answer an ASK query over the union of the named graphs.

        :raises EngineError: where the engine fails
        """
        answer = self._read(self._asked(query))
        if not isinstance(answer, bool):
            raise UsageError("the query is not an ASK", todo="write ASK")
        return answer

    def construct(self, query: str) -> tuple[_Triple, ...]:
        """Answer a CONSTRUCT or DESCRIBE query over the union of the named graphs.

        :raises EngineError: where the engine fails, or its answer is not whole
        """
        received = self._asked(query, _TRIPLES)
        try:
            triples = read_triples(received.body, received.media)
        except Unreadable as error:
            self._rubbish(error)
        self._check_rows(len(triples))
        found = {
            (term_of(each.subject), term_of(each.predicate), term_of(each.object))
            for each in triples
        }
        return tuple((s, p, o) for s, p, o in found if s and p and o)

    def about(self, iri: str) -> tuple[_Triple, ...]:
        """Return the triples of all graphs that an IRI is the subject of, as the engine has them.

        An engine may write a number in another way than the build (``xsd:integer`` for each kind
        of integer).
        """
        if not is_iri(iri):
            return ()
        rows = self.select(f"SELECT ?p ?o WHERE {{ <{iri}> ?p ?o }}").rows
        return tuple((Term("uri", iri), p, o) for p, o in rows if p and o)

    def pointing(self, iri: str) -> list[tuple[str, int]]:
        """Return the properties that point at an IRI, and how many subjects each has, sorted."""
        if not is_iri(iri):
            return []
        query = f"SELECT ?p (COUNT(*) AS ?count) WHERE {{ ?s ?p <{iri}> }} GROUP BY ?p"
        rows = self.select(query).rows
        return sorted((p.value, int(count.value)) for p, count in rows if p and count)

    def evaluate(
        self, evaluation: Evaluation, seconds: float, ending: Ending | None = None
    ) -> Reply:
        """Answer a query of somebody's own, of any form, in the format wanted for its form.

        :param seconds: how long it may take
        :param ending: what ends it before it is answered
        :raises BusyError: where the ending came
        :raises UsageError: where the engine takes it for no SPARQL
        :raises EngineError: where the engine fails, or its answer is not whole
        :raises TooMuchError: where the result is over its limit
        """
        form: Form = form_of(evaluation.query)
        dataset: _Dataset | None = None
        if evaluation.default_graphs is not None or evaluation.named_graphs is not None:
            dataset = (evaluation.default_graphs or (), evaluation.named_graphs or ())
        received = self._sent(
            evaluation.query,
            _TRIPLES if form == "CONSTRUCT" else _ROWS,
            base=evaluation.base,
            dataset=dataset,
            seconds=seconds,
            limit=evaluation.limit,
            ending=ending,
        )
        if received.status == 400:
            raise refusal(evaluation.query, f"the engine refuses it: {received.said}")
        self._check_answered(received)
        if form == "CONSTRUCT":
            return self._graph_reply(received, evaluation.graph)
        answer = self._read(received)
        if isinstance(answer, bool):
            wanted, kind = evaluation.boolean, "boolean"
        else:
            self._check_rows(len(answer.rows))
            wanted, kind = evaluation.rows, "rows"
        return Reply(kind, wanted, rows_rewritten(received.body, wanted) if wanted else b"")

    def _graph_reply(self, received: Received, wanted: str) -> Reply:
        """Return an answer that is RDF in a format."""
        try:
            triples = read_triples(received.body, received.media)
        except Unreadable as error:
            self._rubbish(error)
        self._check_rows(len(triples))
        return Reply("graph", wanted, triples_rewritten(triples, wanted) if wanted else b"")

    def _asked(self, query: str, accept: str = _ROWS) -> Received:
        """Put a query to the graphs it names, else to the union of all.

        :raises UsageError: where it names what is no graph of ours
        """
        dataset = names_graphs(query, self.graphs())
        received = self._sent(_plainer(query), accept, base=BASE, dataset=dataset)
        self._check_answered(received)
        return received

    def _sent(
        self,
        query: str,
        accept: str,
        *,
        base: str,
        dataset: _Dataset | None,
        seconds: float | None = None,
        limit: int | None = None,
        ending: Ending | None = None,
    ) -> Received:
        """Send a query with its dataset.

        :param dataset: its default graphs and its named graphs; by default all, and all
        """
        default, named = dataset or (self.graphs(), self.graphs())
        form = [
            # On the first line, so that an engine's count of lines is that of the query.
            ("query", f"BASE <{base}> {query}"),
            *(("default-graph-uri", each) for each in dict.fromkeys(default)),
            *(("named-graph-uri", each) for each in dict.fromkeys(named)),
        ]
        return self.wire.post(form, accept, seconds=seconds, limit=limit, ending=ending)

    def _check_answered(self, received: Received) -> None:
        """Let pass an answer.

        :raises EngineError: for a refusal, and for an answer that the engine broke off
        """
        if not 200 <= received.status < 300:
            raise EngineError(
                f"the engine at {self.wire.url} does not answer the query ({received.said})"
            )
        name, broken = _BROKEN_OFF
        if received.headers.get(name) == broken:
            raise TooMuchError(
                "the engine broke off its answer when its own time was over",
                todo="ask for less, with narrower patterns",
            )

    def _read(self, received: Received) -> Answer | bool:
        """Read the answer to a SELECT or an ASK."""
        try:
            return read_rows(received.body)
        except Unreadable as error:
            self._rubbish(error)

    def _rubbish(self, error: Unreadable) -> NoReturn:
        raise EngineError(
            f"the engine at {self.wire.url} answers what is no answer to a query ({error}): "
            "check its address"
        ) from error

    def _check_rows(self, count: int) -> None:
        """Let pass so many rows, or triples, where the engine shows that it gives more than that.

        Engines have limits of rows at which they end an answer and say nothing.  What has fewer
        rows than the engine has shown to give is whole.

        :raises TooMuchError: where the engine gives no more
        """
        if count < self._proven:
            return
        wanted = count + 1
        names = [f"?d{place}" for place in range(math.ceil(math.log10(wanted)))]
        digits = " ".join(f"{digit}" for digit in range(10))
        values = " ".join(f"VALUES {name} {{ {digits} }}" for name in names)
        query = f"SELECT {' '.join(names)} WHERE {{ {values} }} LIMIT {wanted}"
        answer = self._read(self._asked(query))
        given = 0 if isinstance(answer, bool) else len(answer.rows)
        if given < wanted:
            raise TooMuchError(
                f"the engine gives {given} rows at most, and cuts the rest without a word",
                todo="raise its limit, or ask for less",
            )
        self._proven = wanted

    def _record(self) -> Loaded:
        """Return what the engine says it was loaded with, and has.

        :raises EngineError: where that is nothing, or not whole, or a graph has more or fewer
            triples than were sent
        """
        query = (
            f"SELECT ?text WHERE {{ GRAPH ?g {{ ?g <{RDF.value}> ?text }} "
            f'FILTER(STRSTARTS(STR(?g), "{RECORD}")) }}'
        )
        received = self.wire.post([("query", query)], _ROWS)
        self._check_answered(received)
        answer = self._read(received)
        texts = () if isinstance(answer, bool) else answer.rows
        records = [Loaded.of_text(text.value) for (text,) in texts if text]
        self._loaded = Loaded.together(records)
        self._loaded.check(self.wire.url)
        counted = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
        counts = {g.value: int(n.value) for g, n in self.select(counted).rows if g and n}
        loaded = Loaded.together(records, counts)
        for graph, known in loaded.graphs.items():
            if counts.get(graph, 0) != known.triples:
                raise EngineError(
                    f"the engine at {self.wire.url} has {counts.get(graph, 0)} triples of "
                    f"{known.triples} in {graph}: run `gapgraph load` again"
                )
        return loaded


def _plainer(query: str) -> str:
    """Return a query without the tables that say nothing: ``VALUES ?x { UNDEF }``.

    A parameter of a stored query that is left open is one; Virtuoso gives wrong answers by it.
    """
    found = list(tokens(query))
    pieces, end = [], 0
    for place, token in enumerate(found):
        table = found[place : place + 5]
        names = [each.text.upper() for each in table]
        if token.kind == "word" and names[:1] + names[2:] == ["VALUES", "{", "UNDEF", "}"]:
            pieces.append(query[end : token.start])
            end = table[-1].start + 1
            if found[place + 5 : place + 6] and found[place + 5].text == ".":
                end = found[place + 5].start + 1
        elif token.text == "*" and found[place - 1].text.upper() in {"SELECT", "DISTINCT"}:
            return query  # the table gives it a column
    return "".join((*pieces, query[end:]))


class RemotePool(Places):
    """Ad-hoc queries put to an engine at a distance, so many at once.

    :param engine: the engine
    :param limits: what queries may use
    """

    def __init__(self, engine: RemoteEngine, limits: Limits) -> None:
        super().__init__(limits)
        self._engine = engine

    def start(self) -> None:
        """Do nothing: the engine runs."""

    def close(self) -> None:
        """Close the connections to the engine."""
        self._engine.wire.close()

    def run(
        self,
        evaluation: Evaluation,
        *,
        seconds: float | None = None,
        ending: Ending | None = None,
    ) -> Reply:
        """Answer a query.

        :param evaluation: the query and how to answer it
        :param seconds: how long it may take, waiting for a place included; the limit's if less
        :param ending: what ends it before it is answered, its client's leaving say
        :raises GapgraphError: as `RemoteEngine.evaluate`
        :raises BusyError: where too many wait, or no place came free in time
        """
        allowed = min(seconds or self.limits.seconds, self.limits.seconds)
        until = time.monotonic() + allowed
        with self.place(allowed):
            if ending is not None and ending.come:
                raise BusyError("the query was ended: send it again", retry_after=10)
            return self._engine.evaluate(evaluation, max(0.1, until - time.monotonic()), ending)
