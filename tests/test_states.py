"""The names of States that nobody wrote down for this project."""

from __future__ import annotations

from rdflib import Graph, Literal, URIRef

from gapgraph.namespaces import COUNTRY, SKOS
from gapgraph.states import state_labels
from gapgraph.texts import LANGUAGES


def test_a_state_has_a_name_in_every_language_and_keeps_the_one_it_has() -> None:
    bolivia, peru = COUNTRY["BOL"], COUNTRY["PER"]
    known = Graph()
    known.add((peru, SKOS.prefLabel, Literal("Perú", lang="es")))
    others = [COUNTRY["XQX"], URIRef("https://example.org/country/BOL")]
    named = state_labels([bolivia, peru, *others], known)
    assert set(named.subjects()) == {bolivia}
    labels = {each.language: str(each) for each in named.objects(bolivia, SKOS.prefLabel)}
    assert set(labels) == set(LANGUAGES)
    assert (labels["es"], labels["pt"]) == ("Bolivia", "Bolívia")
    assert set(state_labels([COUNTRY["BRA"]], known).objects(predicate=SKOS.prefLabel)) >= {
        Literal("Brasil", lang="es"),
        Literal("Brazil", lang="en"),
    }
