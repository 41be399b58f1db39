"""IRIs and prefixes: the one place that spells them.

The families of IRIs follow the public contract: ``id/framework/{f}/directive/{n}`` and so on.
Numbers start at 1; slugs are ASCII.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rdflib import URIRef
from rdflib.namespace import DCTERMS, OWL, PROV, RDF, RDFS, SKOS, VOID, XSD, Namespace

from gapgraph.errors import NotFoundError
from gapgraph.told import told

__all__ = [
    "BASE",
    "CC_BY",
    "COUNTRY",
    "DATASET",
    "DCTERMS",
    "ELEMENTS",
    "FUNCTIONS",
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
    "analysis_named",
    "assessment_iri",
    "concept_iri",
    "evidence_iri",
    "graph_iri",
    "institution_iri",
    "instrument_iri",
    "last_segment",
    "query_iri",
    "rule_iri",
    "selector_iri",
    "slug",
]


class _Vocabulary(Namespace):
    """A namespace that makes each of its terms once: builds ask for them millions of times."""

    def __getattr__(self, name: str) -> URIRef:
        term = super().__getattr__(name)
        self.__dict__[name] = term
        return term


#: The public base of every IRI of ours; it never changes with the address of a service.
BASE = "https://w3id.org/gapgraph/"
GG = _Vocabulary(f"{BASE}ontology#")
ID = Namespace(f"{BASE}id/")
#: The class of a plan's elements, and those beneath it in the ontology (a test holds them to it).
ELEMENTS = (GG.PlanElement, GG.PNATCategory)
#: The functions that rules may call to make IRIs.
FUNCTIONS = Namespace(f"{BASE}function#")
GRAPH = Namespace(f"{BASE}graph/")
OA = Namespace("http://www.w3.org/ns/oa#")
SCHEMA = Namespace("https://schema.org/")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
#: States and territories, by their code of three letters (ISO 3166-1).
COUNTRY = Namespace("http://publications.europa.eu/resource/authority/country/")
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

#: The longest slug, in characters, that stands without a checksum.
_LONGEST_SLUG = 120


def slug(label: str) -> str:
    """Return the ASCII slug of a label: lower case, no accents, hyphens between words.

    Where letters of another script are lost, or the label is very long, a checksum of it stands
    at the end: two labels must not meet in what is left of them.

    >>> slug("Uso de fuerza, fraude o coacción en niños")
    'uso-de-fuerza-fraude-o-coaccion-en-ninos'
    >>> slug("Статья 3"), slug("Глава 3")
    ('3-77f3a3e9', '3-aca58ffc')
    """
    letters = unicodedata.normalize("NFKD", label.casefold()).casefold()
    plain = re.sub(r"[^a-z0-9]+", "-", letters.encode("ascii", "ignore").decode()).strip("-")
    lost = any(each.isalnum() and not each.isascii() for each in letters)
    if lost or len(plain) > _LONGEST_SLUG:
        digest = hashlib.sha256(" ".join(letters.split()).encode()).hexdigest()[:8]
        plain = f"{plain[:_LONGEST_SLUG].strip('-')}-{digest}".strip("-")
    return plain


def last_segment(iri: str) -> str:
    """Return what stands after an IRI's last slash.

    >>> last_segment("https://w3id.org/gapgraph/id/plan/pnat-2017-2021")
    'pnat-2017-2021'
    """
    return iri.rsplit("/", 1)[-1]


def analysis_named(listed: Sequence[str], asked: str) -> str:
    """Return the IRI of the analysis that somebody names; the first where nobody does.

    :param listed: the IRIs of the analyses that there are, in order
    :param asked: an IRI, or the last part of one
    :raises NotFoundError: where there is none of that name, or none at all

    >>> analysis_named(["https://w3id.org/gapgraph/id/analysis/oas-pnat"], "oas-pnat")
    'https://w3id.org/gapgraph/id/analysis/oas-pnat'
    """
    found = [iri for iri in listed if asked in {"", iri, last_segment(iri)}]
    if not found:
        raise NotFoundError(
            (
                told("there is no analysis {asked!r}", asked=asked[:60])
                if listed
                else told("the dataset has no analysis")
            ),
            todo=(
                told("use one of {these}", these=", ".join(map(last_segment, listed)))
                if listed
                else told("build one")
            ),
        )
    return found[0]


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


def assessment_iri(analysis: str, assessed: str, basis: str) -> URIRef:
    """Return the IRI of an analysis's assessment of a topic or a directive on one basis."""
    return URIRef(f"{analysis}/assessment/{last_segment(assessed)}/{basis}")


def evidence_iri(node: str) -> URIRef:
    """Return the IRI of the passage that is the evidence of a statement or a mapping."""
    return URIRef(f"{node}/evidence")


def selector_iri(passage: str, kind: str) -> URIRef:
    """Return the IRI of a way to find a passage: by ``quote`` or by ``position``."""
    return URIRef(f"{passage}/{kind}")


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

    def section(self, key: str) -> URIRef:
        """The section of the framework whose identifier has this slug."""
        return URIRef(f"{self.framework}/section/{key}")

    def directive(self, key: str) -> URIRef:
        """The directive of the framework whose identifier has this slug."""
        return URIRef(f"{self.framework}/directive/{key}")

    def indicator(self, directive: str, position: int) -> URIRef:
        """Indicator ``position`` of a directive."""
        return URIRef(f"{self.framework}/directive/{directive}/indicator/{position}")

    def category(self, key: str) -> URIRef:
        """The part of the plan whose identifier has this slug."""
        return URIRef(f"{self.plan}/category/{key}")

    def element(self, label: str) -> URIRef:
        """A part of the plan that has no identifier, by its label."""
        return URIRef(f"{self.plan}/element/{slug(label)}")

    def column(self, section: str, position: int) -> URIRef:
        """Column heading ``position`` as printed over a section."""
        return URIRef(f"{self.analysis}/column/{section}.{position}")

    def source(self) -> URIRef:
        """The document the table was read from."""
        return URIRef(f"{self.analysis}/source")

    def topic(self, directive: str, position: int) -> URIRef:
        """Topic ``position`` of a directive's row."""
        return URIRef(f"{self.analysis}/topic/{directive}.{position}")

    def mapping(self, directive: str, topic: int, position: int) -> URIRef:
        """Value ``position`` in the cell of a topic."""
        return URIRef(f"{self.analysis}/mapping/{directive}.{topic}.{position}")

    def observation(self, directive: str, position: int) -> URIRef:
        """Observation paragraph ``position`` of a directive's row."""
        return URIRef(f"{self.analysis}/observation/{directive}.{position}")

    def assessment(self, assessed: URIRef, basis: str) -> URIRef:
        """The assessment of a topic, or a directive, in this analysis on one basis."""
        return assessment_iri(self.analysis, assessed, basis)

    def activity(self, kind: str) -> URIRef:
        """The run that made a graph of the analysis: ``derived`` or ``inferred``."""
        return URIRef(f"{self.analysis}/activity/{kind}")

    def review(self, of: str, person: str, key: str) -> URIRef:
        """A person's decision on a text.

        :param of: what the statement or topic is called after its family: ``52.3.3``
        :param person: the slug of the person's name
        :param key: the key of the text
        """
        return URIRef(f"{self.analysis}/review/{of}/{person}-{key[:8]}")

    def reviewer(self, person: str) -> URIRef:
        """A person who decided, or who read elsewhere, by the slug of the name."""
        return URIRef(f"{self.analysis}/reviewer/{person}")

    def outside(self, reader: str, theme: str) -> URIRef:
        """The grade of a reader elsewhere, by the slugs of the reader's name and of the theme."""
        return URIRef(f"{self.analysis}/outside/{reader}/{theme}")

    def document(self, title: str) -> URIRef:
        """A document of others that grades the same plan, by the slug of its title."""
        return URIRef(f"{self.analysis}/document/{title}")

    def statement(self, directive: str, observation: int, position: int) -> URIRef:
        """Statement ``position`` of an observation."""
        return URIRef(f"{self.analysis}/statement/{directive}.{observation}.{position}")

    def measure(self, directive: str, observation: int, statement: int, letter: str) -> URIRef:
        """The item of a statement that bears a letter."""
        return URIRef(f"{self.analysis}/measure/{directive}.{observation}.{statement}.{letter}")

    def topic_link(self, statement: URIRef, topic: int) -> URIRef:
        """The record that ties a statement to topic ``topic`` of its row."""
        return URIRef(f"{statement}/topic/{topic}")

    def evidence(self, statement: URIRef) -> URIRef:
        """The passage of an observation that is a statement."""
        return evidence_iri(statement)

    def selector(self, evidence: URIRef, kind: str) -> URIRef:
        """A way to find a passage: by ``quote`` or by ``position``."""
        return selector_iri(evidence, kind)

    def framework_graph(self) -> URIRef:
        """The named graph of the framework."""
        return graph_iri("framework", last_segment(self.framework))

    def plan_graph(self) -> URIRef:
        """The named graph of the plan."""
        return graph_iri("plan", last_segment(self.plan))

    def analysis_graph(self, kind: str) -> URIRef:
        """A named graph of the analysis: asserted, derived, inferred, reviewed or findings."""
        return graph_iri("analysis", last_segment(self.analysis), kind)

    def prefixes(self) -> dict[str, str]:
        """The prefixes of the analysis's own families of IRIs, by name."""
        families = {
            self.framework: ("section", "directive"),
            self.plan: ("category", "element"),
            self.analysis: ("column", "topic", "mapping", "observation", "statement", "measure"),
        }
        return {name: f"{iri}/{name}/" for iri, names in families.items() for name in names}
