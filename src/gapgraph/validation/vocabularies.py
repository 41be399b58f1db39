"""The vocabularies whose terms we know: what each declares, and which term may be meant.

SHACL lets a term pass that no vocabulary has (``skos:preflabel``), or that is in a namespace like
ours (``http://`` for ``https://``).  The terms of our own come from the ontology, those of W3C,
Dublin Core and schema.org from rdflib.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher, get_close_matches

from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS, OWL, PROV, RDF, RDFS, SDO, SKOS, VOID
from rdflib.term import Node

from gapgraph.namespaces import GG, OA
from gapgraph.validation.terms import GGS

__all__ = ["Vocabularies"]

_PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property)
_NAMED = (DCTERMS, OWL, PROV, RDF, RDFS, SDO, SKOS, VOID)
#: What rdflib does not list: Web Annotation Vocabulary, sections 2.1 and 2.2.
_ANNOTATION = (
    *("Annotation", "Choice", "CssSelector", "CssStyle", "DataPositionSelector", "Direction"),
    *("FragmentSelector", "HttpRequestState", "Motivation", "RangeSelector", "ResourceSelection"),
    *("Selector", "SpecificResource", "State", "Style", "SvgSelector", "TextPositionSelector"),
    *("TextQuoteSelector", "TextualBody", "TimeState", "XPathSelector", "annotationService"),
    *("bodyValue", "cachedSource", "canonical", "end", "exact", "hasBody", "hasEndSelector"),
    *("hasPurpose", "hasScope", "hasSelector", "hasSource", "hasStartSelector", "hasState"),
    *("hasTarget", "motivatedBy", "prefix", "processingLanguage", "refinedBy", "renderedVia"),
    *("sourceDate", "sourceDateEnd", "sourceDateStart", "start", "styleClass", "styledBy"),
    *("suffix", "textDirection", "via"),
)
#: How alike a namespace and ours, or two names, are that are taken for a slip of the pen.
_LIKE_OURS, _LIKE_NAME = 0.9, 0.7


class Vocabularies:
    """What the vocabularies declare.

    :param ontology: the ontology's graph
    """

    def __init__(self, ontology: Graph) -> None:
        kinds: dict[Node, str] = {OWL.Class: "asClass", RDFS.Class: "asClass"}
        kinds |= dict.fromkeys(_PROPERTIES, "asProperty")
        own: dict[str, tuple[str, ...]] = {}
        for term, type_ in ontology.subject_objects(RDF.type):
            if isinstance(term, URIRef) and term.startswith(str(GG)):
                name = term.removeprefix(str(GG))
                own[name] = (*own.get(name, ()), kinds.get(type_, "asNode"))
        self._terms: dict[str, Mapping[str, tuple[str, ...]]] = {str(GG): own, str(GGS): {}}
        for vocabulary in _NAMED:
            names = [str(each).removeprefix(str(vocabulary)) for each in dir(vocabulary)]
            self._terms[str(vocabulary)] = {each: _kinds(each) for each in names}
        self._terms[str(OA)] = {each: _kinds(each) for each in _ANNOTATION}
        # Of schema.org's two namespaces neither is a slip.
        self._forms = {_form(each): each for each in self._terms if each != str(SDO)}

    def is_ours(self, node: URIRef) -> bool:
        """Tell whether a node looks like a term of ours."""
        if str(node).startswith((str(GG), str(GGS))):
            return True
        if "gapgraph/ontology" not in node:
            return False
        namespace, name = _split(node)
        return bool(name) and self._meant(namespace) == str(GG)

    def claims(self, term: URIRef) -> bool:
        """Tell whether a term is in a namespace we know, or in one that looks like it."""
        return self._meant(_split(term)[0]) is not None

    def declared(self, term: URIRef) -> tuple[str, ...]:
        """Return what a term is declared as: ``asClass``, ``asProperty``, ``asNode``."""
        namespace, name = _split(term)
        if namespace == str(RDF) and re.fullmatch("_[1-9][0-9]*", name):
            return ("asProperty",)
        return self._terms.get(namespace, {}).get(name, ())

    def likely(self, term: URIRef) -> URIRef | None:
        """Return the declared term that one that is not declared may stand for."""
        namespace, name = _split(term)
        meant = self._meant(namespace)
        names = self._terms.get(meant or "", {})
        if name in names:
            return URIRef(f"{meant}{name}")
        folded = {each.casefold(): each for each in sorted(names)}
        close = get_close_matches(name.casefold(), folded, 1, _LIKE_NAME)
        return URIRef(f"{meant}{folded[close[0]]}") if close else None

    def _meant(self, namespace: str) -> str | None:
        """Return the namespace we know that this one is, or is written like."""
        if namespace in self._terms:
            return namespace
        form = _form(namespace)
        if form in self._forms:
            return self._forms[form]
        alike = SequenceMatcher(None, form, _form(str(GG))).ratio()
        return str(GG) if alike >= _LIKE_OURS else None


def _kinds(name: str) -> tuple[str, ...]:
    """Return what a term of another vocabulary is: all of them write classes with a capital."""
    return ("asClass",) if name[:1].isupper() else ("asProperty",)


def _split(term: str) -> tuple[str, str]:
    """Return a term's namespace and its name there."""
    place = max(term.rfind("#"), term.rfind("/")) + 1
    return term[:place], term[place:]


def _form(namespace: str) -> str:
    """Return what two ways of writing a namespace have in common."""
    return re.sub(r"^https?://(www\.)?|[#/]+$", "", namespace.lower()).replace("//", "/")
