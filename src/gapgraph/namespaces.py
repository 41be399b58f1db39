"""IRIs and prefixes: the one place that spells them.

The families of IRIs follow the public contract: ``id/framework/{f}/directive/{n}`` and so on.
Numbers start at 1; slugs are ASCII.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from rdflib import URIRef
from rdflib.namespace import DCTERMS, OWL, PROV, RDF, RDFS, SKOS, VOID, XSD, Namespace

__all__ = [
    "BASE",
    "CC_BY",
    "DATASET",
    "DCTERMS",
    "GG",
    "GRAPH",
    "ID",
    "OA",
    "OWL",
    "PREFIXES",
    "PROV",
    "RDF",
    "RDFS",
    "SCHEMA",
    "SD",
    "SDGO",
    "SKOS",
    "SOFTWARE",
    "VOID",
    "XSD",
    "Names",
    "concept_iri",
    "graph_iri",
    "institution_iri",
    "instrument_iri",
    "last_segment",
    "query_iri",
    "rule_iri",
    "slug",
]

#: The public base of every IRI of ours; it never changes with the address of a service.
BASE = "https://w3id.org/gapgraph/"
GG = Namespace(f"{BASE}ontology#")
ID = Namespace(f"{BASE}id/")
GRAPH = Namespace(f"{BASE}graph/")
OA = Namespace("http://www.w3.org/ns/oa#")
SCHEMA = Namespace("https://schema.org/")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
#: The UN's ontology of the Sustainable Development Goals.
SDGO = Namespace("http://metadata.un.org/sdg/ontology#")
#: The dataset as a whole, described at ``/.well-known/void`` (RFC 8615; VoID, section 7.2).
DATASET = URIRef(f"{BASE}.well-known/void#dataset")
#: The licence of the graphs that are our own.
CC_BY = URIRef("https://creativecommons.org/licenses/by/4.0/")
#: This program, as the agent of a run.
SOFTWARE = ID["software/gapgraph"]

#: The prefixes every file, page and query of ours uses, in the order they are written.
PREFIXES: dict[str, str] = {
    "analysis": f"{ID}analysis/",
    "concept": f"{ID}concept/",
    "dcterms": str(DCTERMS),
    "framework": f"{ID}framework/",
    "gg": str(GG),
    "graph": str(GRAPH),
    "institution": f"{ID}institution/",
    "instrument": f"{ID}instrument/",
    "oa": str(OA),
    "owl": str(OWL),
    "plan": f"{ID}plan/",
    "prov": str(PROV),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "schema": str(SCHEMA),
    "skos": str(SKOS),
    "void": str(VOID),
    "xsd": str(XSD),
}


def slug(label: str) -> str:
    """Return the ASCII slug of a label: lower case, no accents, hyphens between words.

    >>> slug("Uso de fuerza, fraude o coacción en niños")
    'uso-de-fuerza-fraude-o-coaccion-en-ninos'
    """
    plain = unicodedata.normalize("NFKD", label.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def last_segment(iri: str) -> str:
    """Return what stands after an IRI's last slash.

    >>> last_segment("https://w3id.org/gapgraph/id/plan/pnat-2017-2021")
    'pnat-2017-2021'
    """
    return iri.rsplit("/", 1)[-1]


def concept_iri(label: str) -> URIRef:
    """Return the IRI of the concept that all topics of this label share."""
    return ID[f"concept/{slug(label)}"]


def instrument_iri(name: str) -> URIRef:
    """Return the IRI of an instrument from its slug."""
    return ID[f"instrument/{name}"]


def institution_iri(name: str) -> URIRef:
    """Return the IRI of an institution from its slug."""
    return ID[f"institution/{name}"]


def query_iri(query: str) -> URIRef:
    """Return the IRI of a stored query from its id."""
    return URIRef(f"{BASE}queries/{query}")


def rule_iri(rule: str) -> URIRef:
    """Return the IRI of a rule from its id."""
    return ID[f"rule/{rule}"]


def graph_iri(*parts: str) -> URIRef:
    """Return the IRI of a named graph: ``graph_iri("analysis", "oas-pnat", "asserted")``."""
    return GRAPH["/".join(parts)]


@dataclass(frozen=True)
class Names:
    """The IRIs of one analysis, its framework and its plan.

    :param analysis: IRI of the analysis, ``…/id/analysis/{a}``
    :param framework: IRI of the framework, ``…/id/framework/{f}``
    :param plan: IRI of the plan, ``…/id/plan/{p}``
    """

    analysis: URIRef
    framework: URIRef
    plan: URIRef

    def section(self, number: int) -> URIRef:
        """Section ``number`` of the framework."""
        return URIRef(f"{self.framework}/section/{number}")

    def directive(self, number: int) -> URIRef:
        """Directive ``number`` of the framework."""
        return URIRef(f"{self.framework}/directive/{number}")

    def indicator(self, directive: int, position: int) -> URIRef:
        """Indicator ``position`` of a directive."""
        return URIRef(f"{self.framework}/directive/{directive}/indicator/{position}")

    def category(self, number: int) -> URIRef:
        """Category ``number`` of the plan."""
        return URIRef(f"{self.plan}/category/{number}")

    def element(self, label: str) -> URIRef:
        """An element of the plan that has no number, by its label."""
        return URIRef(f"{self.plan}/element/{slug(label)}")

    def column(self, section: int, position: int) -> URIRef:
        """Column heading ``position`` as printed over a section."""
        return URIRef(f"{self.analysis}/column/{section}.{position}")

    def source(self) -> URIRef:
        """The document the table was read from."""
        return URIRef(f"{self.analysis}/source")

    def topic(self, directive: int, position: int) -> URIRef:
        """Topic ``position`` of a directive's row."""
        return URIRef(f"{self.analysis}/topic/{directive}.{position}")

    def mapping(self, directive: int, topic: int, position: int) -> URIRef:
        """Value ``position`` in the cell of a topic."""
        return URIRef(f"{self.analysis}/mapping/{directive}.{topic}.{position}")

    def observation(self, directive: int, position: int) -> URIRef:
        """Observation paragraph ``position`` of a directive's row."""
        return URIRef(f"{self.analysis}/observation/{directive}.{position}")

    def assessment(self, topic: URIRef, basis: str) -> URIRef:
        """The assessment of a topic of this analysis on one basis."""
        return URIRef(f"{self.analysis}/assessment/{last_segment(topic)}/{basis}")

    def activity(self, kind: str) -> URIRef:
        """The run that made a graph of the analysis: ``derived`` or ``inferred``."""
        return URIRef(f"{self.analysis}/activity/{kind}")

    def statement(self, directive: int, observation: int, position: int) -> URIRef:
        """Statement ``position`` of an observation."""
        return URIRef(f"{self.analysis}/statement/{directive}.{observation}.{position}")

    def measure(self, directive: int, observation: int, statement: int, letter: str) -> URIRef:
        """The item of a statement that bears a letter."""
        return URIRef(f"{self.analysis}/measure/{directive}.{observation}.{statement}.{letter}")

    def topic_link(self, statement: URIRef, topic: int) -> URIRef:
        """The record that ties a statement to topic ``topic`` of its row."""
        return URIRef(f"{statement}/topic/{topic}")

    def evidence(self, statement: URIRef) -> URIRef:
        """The passage of an observation that is a statement."""
        return URIRef(f"{statement}/evidence")

    def selector(self, evidence: URIRef, kind: str) -> URIRef:
        """A way to find a passage: by ``quote`` or by ``position``."""
        return URIRef(f"{evidence}/{kind}")

    def framework_graph(self) -> URIRef:
        """The named graph of the framework."""
        return graph_iri("framework", last_segment(self.framework))

    def plan_graph(self) -> URIRef:
        """The named graph of the plan."""
        return graph_iri("plan", last_segment(self.plan))

    def analysis_graph(self, kind: str) -> URIRef:
        """A named graph of the analysis: asserted, derived, inferred or findings."""
        return graph_iri("analysis", last_segment(self.analysis), kind)

    def prefixes(self) -> dict[str, str]:
        """The prefixes of the analysis's own families of IRIs, by name."""
        families = {
            self.framework: ("section", "directive"),
            self.plan: ("category", "element"),
            self.analysis: ("column", "topic", "mapping", "observation", "statement", "measure"),
        }
        return {name: f"{iri}/{name}/" for iri, names in families.items() for name in names}
