"""What follows from each table: derived by reading and rules, inferred by OWL; kept.

A table is concluded from by itself, so that several are at once, each in a process, and those that
did not change are not again.
"""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from rdflib import Graph

from gapgraph.annex.sources import Source
from gapgraph.decisions.graph import assessments, keys_of, standing
from gapgraph.decisions.standing import Decisions
from gapgraph.decisions.table import Decided
from gapgraph.errors import GapgraphError
from gapgraph.files import sha256
from gapgraph.inference import inferred_triples
from gapgraph.kept import Kept
from gapgraph.namespaces import GG
from gapgraph.ntriples import (
    Texts,
    Triple,
    Written,
    iri_of,
    iri_term,
    lexical_form,
    ntriples_of,
    write_ntriples,
)
from gapgraph.processes import spread
from gapgraph.rdf import read_ntriples
from gapgraph.reading.belied import belied
from gapgraph.reading.graph import reading_graph
from gapgraph.reviewed import coverage_reviews
from gapgraph.rules import Rule, derive
from gapgraph.settings import Home

__all__ = ["Concluded", "Job", "conclude", "holding"]


@dataclass(frozen=True)
class Job:
    """A table, and all that what follows from it depends on.

    :param home: where the project's files lie
    :param shared: what is known beside it, as it is written: reviewed facts, and its framework's
        directives
    :param decisions: what people decided of it
    :param basis: the checksums of the files that decide what is read in it
    """

    home: Home
    source: Source
    shared: frozenset[Written]
    decisions: Decisions
    basis: tuple[str, ...]

    @functools.cached_property
    def depends(self) -> tuple[str, ...]:
        """What its derived graph depends on, as `Kept` takes it: checksums."""
        return (sha256(self.source.turtle), sha256(ntriples_of(self.shared)), *self.basis)


@dataclass(frozen=True)
class Concluded:
    """What follows from a table.

    :param derived: by reading its observations, and by the rules; as it is written
    :param inferred: by the ontology, from these and the table; as it is written
    :param other_languages: how many of its observations are plainly in another language than it
        says, by language
    """

    derived: set[Written]
    inferred: set[Written]
    other_languages: dict[str, int]


def conclude(
    jobs: Sequence[Job],
    rules: Sequence[Rule],
    ontology: Graph,
    kept: Kept,
    *,
    texts: Texts | None = None,
    workers: int = 0,
) -> list[Concluded]:
    """Return what follows from each of some tables.

    :param jobs: the tables
    :param rules: the rules, in order
    :param ontology: the ontology's graph
    :param kept: what was computed before; what is computed now is added
    :param texts: the texts that what follows is of
    :param workers: processes to use; 0 means one a core
    :raises InputError: where what the reading needs cannot be read
    :raises ViolationError: where the data contradicts the ontology
    :raises EnvironmentFailure: where the folder of what is kept cannot be written
    """
    missing = [job for job in jobs if not kept.has("derived", job.depends)]
    # What a process computes is kept, and found there; it finds what cannot be concluded from too.
    given = (rules, ontology, kept)
    for _ in spread(_keep, missing, workers=workers, prepare=_prepare, given=given):
        pass
    untold = [job for job in jobs if not kept.has("languages", _spoken(job))]
    # The model of languages is large: one process has it, and takes it away.
    for _ in spread(_tell, untold, workers=1, prepare=_prepare, given=given):
        pass
    read = (texts or Texts()).read
    return [
        Concluded(read(derived), read(inferred), _other_languages(job, kept))
        for job in jobs
        for derived, inferred in [_follows(job, *given)]
    ]


def holding(job: Job, derived: Iterable[Written]) -> dict[str, list[Decided]]:
    """Return the decisions that hold in a table, by what they hold for.

    :param derived: what is derived from it
    """
    has_key, triples = iri_term(GG.textKey), chain(job.source.written, derived)
    texts = ((iri_of(node), lexical_form(key)) for node, verb, key in triples if verb == has_key)
    names = job.source.description.names
    return standing(job.decisions, names, texts)


#: What a process was given for all its tables.
_given: list[tuple[Sequence[Rule], Graph, Kept]] = []


def _prepare(rules: Sequence[Rule], ontology: Graph, kept: Kept) -> None:
    _given[:] = [(rules, ontology, kept)]


def _keep(job: Job) -> None:
    """Conclude from a table and keep it; what cannot be is told when it is asked for again."""
    with contextlib.suppress(GapgraphError):
        _follows(job, *_given[0])


def _follows(job: Job, rules: Sequence[Rule], ontology: Graph, kept: Kept) -> tuple[str, str]:
    """Return what is derived and inferred from a table, from what is kept where it is there."""
    made: list[set[Triple]] = []

    def derived() -> str:
        made.append(_derived(job, rules))
        return write_ntriples(made[0])

    text = kept.text("derived", job.depends, derived)

    def inferred() -> str:
        known = made[0] if made else read_ntriples(text)
        return write_ntriples(inferred_triples(ontology, {*job.source.asserted, *known}))

    # On what the derived graph depends, what follows from it does.
    return text, kept.text("inferred", job.depends, inferred)


def _tell(job: Job) -> None:
    """Count and keep the observations of a table in other languages than it says."""
    _other_languages(job, _given[0][2])


def _spoken(job: Job) -> tuple[str, str]:
    """Return what the languages of a table's observations depend on, as `Kept` takes it."""
    return job.source.turtle, job.source.description.language


def _other_languages(job: Job, kept: Kept) -> dict[str, int]:
    """Return how many observations of a table are in other languages than it says."""
    directives = job.source.table.directives
    texts = (each.text for directive in directives for each in directive.observations)

    def counted() -> str:
        return json.dumps(belied(texts, job.source.description.language))

    return dict(json.loads(kept.text("languages", _spoken(job), counted)))


def _derived(job: Job, rules: Sequence[Rule]) -> set[Triple]:
    """Return what is read in the observations of a table and what the rules conclude."""
    home, decisions = job.home, job.decisions
    description, asserted = job.source.description, job.source.asserted
    names = description.names
    reviews = set(coverage_reviews(home.data / "reading" / "coverage-reviews.tsv", names, asserted))
    read = reading_graph(
        asserted,
        names,
        home.data,
        institutions=description.institutions,
        instruments=description.instruments,
        folder=description.folder if description.own_rules else None,
        decisions=decisions,
        by_row=description.free,
    )
    shared = read_ntriples(ntriples_of(job.shared))
    decided = assessments(names, standing(decisions, names, keys_of({*asserted, *read})))
    # What a person decided here goes before what the project's own table says.
    taken = {subject for subject, _, _ in decided}
    reviews = {triple for triple in reviews if triple[0] not in taken}
    return derive(rules, names, known={*asserted, *shared}, read={*read, *reviews, *decided})
