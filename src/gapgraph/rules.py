"""Rules that derive graph from graph: SPARQL CONSTRUCT files, run in the order of their names.

A rule sees what is given and what the rules before it constructed.  Its file starts with lines
``#+ key: value`` (a longer value goes on after ``#+`` and three spaces):

========  =====================================================================
id        the file's name without its number and suffix
label-es  a short name in Spanish
label-en  the same in English
version   a whole number, raised when the rule's results change
what      what the rule concludes, and from what
source    where the rule comes from
========  =====================================================================

A rule makes no IRI of its own: it calls the functions of `gapgraph.namespaces` that spell them, as
``ggf:assessment(?analysis, ?assessed, "rule")``, ``ggf:evidence(?node)`` and
``ggf:selector(?passage, "quote")`` (SPARQL 1.1, section 17.6).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rdflib import Literal, URIRef
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.operators import register_custom_function

from gapgraph.errors import InputError
from gapgraph.evaluation import CannotAnswerError, Evaluator, constructs
from gapgraph.files import read_text, sha256
from gapgraph.namespaces import (
    DCTERMS,
    FUNCTIONS,
    GG,
    PROV,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
    SOFTWARE,
    XSD,
    Names,
    assessment_iri,
    evidence_iri,
    graph_iri,
    rule_iri,
    selector_iri,
)
from gapgraph.ntriples import Triple
from gapgraph.told import told
from gapgraph.turtle import empty_graph

__all__ = ["HEADER", "Rule", "derive", "descriptions", "read_rules", "run"]

#: The keys of a rule's header, each of which it must have once.
HEADER = ("id", "label-es", "label-en", "version", "what", "source")
_LINE = re.compile(r"#\+ (?:(?P<key>[a-z-]+): *|  +)(?P<value>\S.*)")
_NAME = re.compile(r"(?P<order>[0-9]{2})-(?P<id>[a-z0-9]+(?:-[a-z0-9]+)*)\.rq")
_LIMIT = 1_000_000

#: Each is called with the values of its arguments, whatever rdflib's own annotation says.
_FUNCTIONS: dict[URIRef, Any] = {
    FUNCTIONS["assessment"]: assessment_iri,
    FUNCTIONS["evidence"]: evidence_iri,
    FUNCTIONS["selector"]: selector_iri,
}
#: The type of places in a text, with which no rule reckons.
_PLACES = (XSD.nonNegativeInteger,)
for _iri, _function in _FUNCTIONS.items():
    register_custom_function(_iri, _function, override=True)


@dataclass(frozen=True)
class Rule:
    """One rule.

    :param header: a value for each key of `HEADER`
    :param sha256: the checksum of its file, which changes with any change of the rule
    :param text: the CONSTRUCT query
    """

    header: dict[str, str]
    sha256: str
    text: str

    @property
    def id(self) -> str:
        """The name by which results refer to the rule (``gg:ruleId``)."""
        return self.header["id"]

    @property
    def iri(self) -> URIRef:
        """The rule's own IRI."""
        return rule_iri(self.id)


def _read_header(file: Path, text: str) -> dict[str, str]:
    header: dict[str, str] = {}
    key = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("#+"):
            break
        found = _LINE.fullmatch(line.rstrip())
        name = found["key"] or key if found else ""
        if found is None or name not in HEADER or (found["key"] in header):
            raise InputError(
                told("{line!r} is no header line", line=line),
                todo=told(
                    "write each of {header} once, as “#+ key: value”", header=", ".join(HEADER)
                ),
                file=file,
                line=number,
            )
        key = name
        header[key] = f"{header.get(key, '')} {found['value']}".strip()
    missing = [each for each in HEADER if each not in header]
    if missing:
        raise InputError(
            told("has no {missing}", missing=missing[0]),
            todo=told("add it to the header"),
            file=file,
        )
    return header


def _read_rule(file: Path) -> Rule:
    text = read_text(file, limit=_LIMIT)
    header = _read_header(file, text)
    name = _NAME.fullmatch(file.name)
    if name is None or name["id"] != header["id"]:
        raise InputError(
            told("is called otherwise than its id {id!r}", id=header["id"]),
            todo=told("name it NN-id.rq, NN being its place in the order"),
            file=file,
        )
    try:
        construct = constructs(text, _FUNCTIONS)
    except CannotAnswerError:
        construct = _constructs(text, file)
    if not construct:
        raise InputError(
            told("is no CONSTRUCT query"), todo=told("write what it derives"), file=file
        )
    return Rule(header, sha256(text), text)


def _constructs(text: str, file: Path) -> bool:
    """Tell the same of a query that the engine does not take, but rdflib may.

    :raises InputError: where it is not SPARQL
    """
    try:
        return bool(prepareQuery(text).algebra.name == "ConstructQuery")
    except Exception as error:  # the parser raises its own kinds and those of pyparsing
        reason = " ".join(str(error).split())[:160]
        raise InputError(
            told("is not SPARQL ({reason})", reason=reason), todo=told("mend the query"), file=file
        ) from error


def read_rules(folder: Path) -> tuple[Rule, ...]:
    """Read the rules of a folder.

    :param folder: the folder of ``NN-id.rq`` files
    :return: the rules in the order they run
    :raises InputError: for a file whose header, name or query is wrong, two rules of one id, or
        a folder without rules
    """
    rules = tuple(_read_rule(file) for file in sorted(folder.glob("*.rq")))
    if not rules:
        raise InputError(told("holds no rules"), todo=told("check the folder"), file=folder)
    ids = [rule.id for rule in rules]
    for name in ids:
        if ids.count(name) > 1:
            raise InputError(
                told("two rules are called {name!r}", name=name),
                todo=told("rename one"),
                file=folder,
            )
    return rules


def run(rules: Sequence[Rule], given: Iterable[Triple], *, plain: bool = False) -> set[Triple]:
    """Run rules in order over a graph.

    :param rules: the rules, in order
    :param given: the triples the first rule sees; each later one also sees what was constructed
    :param plain: have rdflib evaluate them all, which takes several times as long
    :return: the triples that were constructed and not given
    """
    given = set(given)
    constructed: set[Triple] = set()
    engine: Evaluator | None = None
    for rule in rules:
        try:
            if plain:
                raise CannotAnswerError("rdflib is asked")
            engine = engine or Evaluator(given, uncounted=_PLACES)
            answer = engine.construct(rule.text, _FUNCTIONS)
        except CannotAnswerError:
            answer = _by_rdflib(rule, given | constructed)
        new = answer - given - constructed
        if engine:
            engine.add(new)
        constructed |= new
    return constructed


def _by_rdflib(rule: Rule, seen: Iterable[Triple]) -> set[Triple]:
    graph = empty_graph()
    for triple in seen:
        graph.add(triple)
    answer = graph.query(prepareQuery(rule.text)).graph
    assert answer is not None, rule.id
    return {*answer}


def descriptions(rules: Iterable[Rule]) -> list[Triple]:
    """Describe rules as entities that a derivation used: names, version, checksum, source."""
    return [
        triple
        for rule in rules
        for triple in (
            (rule.iri, RDF.type, PROV.Entity),
            (rule.iri, SKOS.notation, Literal(rule.id)),
            (rule.iri, SKOS.prefLabel, Literal(rule.header["label-es"], lang="es")),
            (rule.iri, SKOS.prefLabel, Literal(rule.header["label-en"], lang="en")),
            (rule.iri, DCTERMS.description, Literal(rule.header["what"], lang="en")),
            (rule.iri, DCTERMS.source, Literal(rule.header["source"], lang="en")),
            (rule.iri, SCHEMA.version, Literal(rule.header["version"])),
            (rule.iri, SCHEMA.sha256, Literal(rule.sha256)),
        )
    ]


def derive(
    rules: Sequence[Rule],
    names: Names,
    *,
    known: Iterable[Triple],
    read: Iterable[Triple],
) -> set[Triple]:
    """Return the derived graph of an analysis: what was read of its words, and what follows.

    :param rules: the rules, in order
    :param names: the IRIs of the analysis
    :param known: its asserted graph, and the reviewed facts
    :param read: statements, links and passages read in the observations, and reviews
    :return: ``read``, what the rules construct, and the provenance of both (PROV-O, section 3.1):
        no time of day is in it, so that equal input gives equal bytes
    """
    read = set(read)
    derived = read | run(rules, {*known, *read})
    graph, run_iri = names.analysis_graph("derived"), names.activity("derived")
    # What a person decided was made by that decision.
    decided = {subject for subject, predicate, _ in read if predicate == PROV.wasGeneratedBy}
    made = {
        (subject, PROV.wasGeneratedBy, run_iri)
        for subject, predicate, value in derived
        if predicate == RDF.type
        and subject not in decided
        and value in {GG.CoverageAssessment, GG.DirectiveAssessment, GG.TopicLink}
    }
    used = {(run_iri, PROV.used, names.analysis_graph("reviewed"))} if decided else set()
    return derived | made | used | set(_activity(names, graph, run_iri, rules))


def _activity(
    names: Names, graph: URIRef, run_iri: URIRef, rules: Iterable[Rule]
) -> Iterable[Triple]:
    yield graph, PROV.wasGeneratedBy, run_iri
    yield run_iri, RDF.type, PROV.Activity
    yield run_iri, RDFS.label, Literal("Lectura de las observaciones y aplicación de reglas", "es")
    yield run_iri, RDFS.label, Literal("Reading of the observations and running of rules", "en")
    yield run_iri, PROV.wasAssociatedWith, SOFTWARE
    for used in (
        names.analysis_graph("asserted"),
        names.framework_graph(),
        names.plan_graph(),
        graph_iri("context"),
        *(rule.iri for rule in rules),
    ):
        yield run_iri, PROV.used, used
