"""One definition of an IRI: the engine's own, wherever one is given."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from gapgraph.iris import iri_fault, is_iri

#: All of them are quick.
pytestmark = pytest.mark.every

#: What looks like an address and is none, with what is said of it.
NO_IRIS = {
    "": "it is empty",
    "example.org/tema": "it has no scheme",
    "//example.org/tema": "it has no scheme",
    "http://ejemplo.pe/dos palabras": "a space (U+0020)",
    "http://ejemplo.pe/a\u200bb\tc": "U+0009",
    "http://ejemplo.pe/{id}": "{ (U+007B",
    "http://ejemplo.pe/a|b": "| (U+007C",
    "http://ejemplo.pe/100%": "percent",
    "http://ejemplo.pe/%g1": "percent",
    "http://[::1": "host",
    "http://ejemplo.pe:ochenta/": "character",
    "http://ejemplo.pe/\ufffe": "U+FFFE",
    "http://ejemplo.pe/\U00100001": "U+100001",
    "http://ejemplo.pe/\udc00": "U+DC00",
    "http://ejemplo.pe/'\"": '" (U+0022, QUOTATION MARK)',
}
IRIS = (
    "http://ejemplo.pe/niña", "urn:isbn:9789972", "tag:ejemplo.pe,2020:tema", "HTTPS://EJEMPLO.PE",
    "http://[::1]:8000/a?b#c", "http://ejemplo.pe/%C3%B1", "mailto:nadie@ejemplo.pe", "did:web:x",
)  # fmt: skip


@pytest.mark.parametrize("value", NO_IRIS, ids=ascii)
def test_what_is_no_iri_is_told_with_its_reason(value: str) -> None:
    assert not is_iri(value)
    assert NO_IRIS[value] in iri_fault(value)
    assert iri_fault(value).isprintable()


@pytest.mark.parametrize("value", [*IRIS, *NO_IRIS], ids=ascii)
def test_an_iri_is_what_the_engine_reads_in_a_query(value: str) -> None:
    """Its parser of queries, not the one that the function asks."""
    if not value or (not is_iri(value) and "scheme" in iri_fault(value)):
        return  # relative ones resolve against a base
    written = f"ASK {{ <{value}> ?p ?o }}"
    try:
        ox.Store().query(written)
        read = True
    except (SyntaxError, UnicodeEncodeError):
        read = False
    assert is_iri(value) == read
