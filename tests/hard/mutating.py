"""Mutated queries, and a running service that is asked them.

They grow from the stored ones, from one of each kind of SPARQL syntax, and from hostile strings.
"""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from collections import Counter
from urllib.parse import urlencode, urlsplit

from conftest import ROOT

#: One of each kind of syntax that SPARQL 1.1 Query Language, section 19.8, has.
KINDS = (
    "ASK {}",
    "SELECT * WHERE { ?s ?p ?o } LIMIT 5 OFFSET 2",
    "SELECT DISTINCT ?s WHERE { ?s a ?c . FILTER(isIRI(?s) && !bound(?x) || 1 < 2) } LIMIT 3",
    "SELECT REDUCED ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(*) > 9) LIMIT 3",
    "SELECT (GROUP_CONCAT(DISTINCT ?p; SEPARATOR=', ') AS ?x) { <urn:a> ?p ?o }",
    "PREFIX gg: <https://w3id.org/gapgraph/ontology#> SELECT * { ?d gg:number 7; a ?c }",
    "BASE <urn:x:> SELECT * { <a> (<b>|^<c>/<d>?)* ?o . ?s !(<e>|^<f>) ?t } LIMIT 2",
    "SELECT * { { ?a ?b 1 } UNION { ?a ?b 2.5e0 } OPTIONAL { ?a ?c true } MINUS { ?a ?b 3 } }",
    "SELECT * { GRAPH ?g { ?s a ?c } BIND(STR(?s) AS ?t) VALUES (?u ?v) { (1 UNDEF) } } LIMIT 2",
    "SELECT ?x { { SELECT (MAX(?n) AS ?x) { ?s ?p ?n FILTER(isNumeric(?n)) } } }",
    "SELECT * { ?s ?p ?o FILTER EXISTS { ?o ?q ?r } FILTER NOT EXISTS { ?r ?q ?o } } LIMIT 2",
    "SELECT (IF(REGEX(\"a\", '^A', 'i'), STRLANG('x', \"es\"), '1'^^<urn:t>) AS ?y) {}",
    "CONSTRUCT { ?s <urn:p> [ <urn:q> (1 2) ] } WHERE { ?s a ?c } LIMIT 2",
    "CONSTRUCT WHERE { ?s a <https://w3id.org/gapgraph/ontology#Plan> }",
    "DESCRIBE <https://w3id.org/gapgraph/id/plan/pnat-2017-2021>",
    "SELECT * FROM <https://w3id.org/gapgraph/graph/context> { ?s ?p ?o } ORDER BY ?o LIMIT 2",
    "ASK { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
    'ASK { ?s ?p \'\'\'a "quoted"\n text\'\'\' , """b"""@es-PE , -1.0 , +2e3 }',
    "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
    "LOAD <file:///etc/passwd>",
)
HOSTILE = (
    "\0", "\x1b", "\u202e", "\ufeff", "\ufffe", "\U0010ffff", "é", "ｅ", "%00", "\\u0000",
    "\\U0010FFFF", "\\uD800",
    "'", '"', '"""', "'''", "<", ">", "<<", ">>", "{", "}", "{" * 90, "(" * 90, "[" * 90,
    "!" * 500, "-" * 500, "^" * 500, "#", "# \n", "..", "../../etc/passwd", "file:///etc/passwd",
    "SERVICE", "SILENT", "FROM", "LATERAL", "VERSION", "9" * 400, "1e999", "-0", "NaN", "@es", "^^",
    "_:b", "?", "$x", "*", "javascript:alert(1)", "<script>", "' OR 1=1 --", "${7*7}", "{{7*7}}",
    "SELECT * {", "}" * 50, "UNION", "ORDER BY", "?x ?y ?z .", "OPTIONAL { ?x ?y ?z }", "FILTER(",
    ";" * 50,
)  # fmt: skip
#: What a service may answer.
ALLOWED = {200, 400, 406, 413, 414, 415, 422, 429, 502, 503, 504}
FORMATS = ("", "json", "xml", "csv", "tsv", "turtle", "jsonld", "rdf", "nt", "html")


def seeds() -> list[str]:
    """Return what queries grow from: the stored ones without their headers, and the kinds."""
    stored = [
        "\n".join(
            line for line in path.read_text(encoding="utf-8").splitlines() if line[:2] != "#+"
        )
        for path in sorted((ROOT / "queries").glob("*.rq"))
    ]
    return [*stored, *KINDS * 3]


def mutate(query: str, others: list[str], chance: random.Random) -> str:
    """Return a query with up to four changes; the first is often one that leaves it valid."""
    if chance.random() < 0.7:
        query = exchange(query, chance.choice(others), chance)
    for _ in range(chance.choice((0, 0, 0, 1, 1, 2, 3))):
        place = chance.randint(0, len(query))
        end = min(len(query), place + chance.randint(0, 12))
        other = chance.choice(others)
        start = chance.randint(0, len(other))
        character = chr(chance.choice((chance.randint(1, 126), chance.randint(160, 0xD7FF))))
        changes = (
            query[:place] + query[end:],
            query[:place] + query[place:end] * chance.randint(2, 6) + query[end:],
            query[:place] + chance.choice(HOSTILE) + query[end:],
            query[:place] + character + query[place + 1 :],
            query[:place] + other[start : start + chance.randint(1, 60)] + query[place:],
            query[:place] + query[end:] + query[place:end],
        )
        query = chance.choice(changes)
    return query[:60_000]


def exchange(query: str, other: str, chance: random.Random) -> str:
    """Return a query with a word of it exchanged for one of its kind: a variable, a number…"""
    kind = chance.choice((r"\?\w+", r"\b\d+\b", r"\b\w+:\w+", r"<[^<> ]+>", r"\b[A-Z]{3,}\b"))
    places, words = list(re.finditer(kind, query)), re.findall(kind, other)
    if not places or not words:
        return query
    place = chance.choice(places)
    return query[: place.start()] + chance.choice(words) + query[place.end() :]


def fuzz(url: str, *, count: int, seed: int, threads: int, deadline: float) -> Counter[int]:
    """Ask so many queries, and return how often each status came.

    :param deadline: the longest a query may take, in seconds, the service's and a little more
    :raises AssertionError: for an answer whose status the contract does not name, and for one that
        does not come within the deadline
    """
    parts = urlsplit(url)
    assert parts.hostname
    others = seeds()
    statuses: Counter[int] = Counter()
    wrong: list[str] = []
    lock = threading.Lock()

    def work(number: int) -> None:
        chance = random.Random(f"{seed}/{number}")
        link = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=deadline)
        for _ in range(count // threads):
            query = mutate(chance.choice(others), others, chance)
            form = {"query": query, "timeout": "0.5"}
            if chance.random() < 0.5:
                form["format"] = chance.choice(FORMATS[1:])
            body = urlencode(form, errors="replace")
            start = time.monotonic()
            try:
                link.request(
                    "POST",
                    f"{parts.path}sparql",
                    body,
                    {"Content-Type": "application/x-www-form-urlencoded", "Accept": "*/*"},
                )
                answer = link.getresponse()
                content = answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException) as error:
                status, content = 0, repr(error).encode()
                link.close()
            with lock:
                statuses[status] += 1
                if status not in ALLOWED or time.monotonic() - start > deadline:
                    wrong.append(f"{status} {content[:200]!r} for {query!r}")
        link.close()

    running = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for each in running:
        each.start()
    for each in running:
        each.join()
    assert not wrong, "\n".join(wrong[:5])
    return statuses
