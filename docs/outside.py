"""Writes ``docs/links.md``: links to other datasets, counted, and what has none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from gapgraph.namespaces import DCTERMS, GG, PREFIXES, RDFS, SKOS, VOID, last_segment
from gapgraph.store.embedded import EmbeddedStore
from gapgraph.tables import Row, read_tsv

PREFIX = f"""PREFIX dcterms: <{DCTERMS}>
PREFIX gg: <{GG}>
PREFIX rdfs: <{RDFS}>
PREFIX skos: <{SKOS}>
PREFIX void: <{VOID}>
"""
HEAD = """<!-- Made from the graph by `make docs`. To change it, change docs/outside.py. -->

# Links to other datasets

Written by `make docs` from the graph; a test makes this page again and compares.

The links are in three tables. `data/link-targets.tsv` names the datasets and says what their IRIs
look like. `data/link-objects.tsv` holds their nodes: IRI, class, what they are part of (the goal of
a target, the target of an indicator, the indicator of a series), labels, and where all that was
seen. `data/links.tsv` says what of ours links to which, by which property, and why where that needs
a word. All three are read by people before they change. In the graph (`graph/links`) each link is a
direct triple and a `gg:ExternalLink` that carries its source; each dataset has one VoID linkset,
and names by `schema:sameAs` the IRI that its owner gives it, where there is one.

Which node links to which, and how strongly, is our own judgement (`gg:editorial`). It is no
alignment published by the United Nations, the OAS or anybody else. The source vouches for the
identifier and the label only.

## Which property means what

- `skos:exactMatch`, `closeMatch`, `broadMatch`, `narrowMatch`, `relatedMatch`: only between
  concepts. Topic concepts, themes and the plan's categories are concepts.
- `dcterms:relation`: to goals, targets, indicators and data series of the SDGs.
- `dcterms:subject`: what the framework, the plan, an instrument or a directive is about. The
  framework as a whole is about trafficking in persons; that is said once, not for each directive.
- `schema:mainEntityOfPage`: from an instrument to its page in the register or with the body that
  publishes it. Directives cite instruments by `gg:cites`, in the framework's graph.
- `schema:sameAs`: countries and organisations.
- `rdfs:seeAlso`: pages worth reading.

How strong a match is:

- Exact: it means the same, and no other concept of ours matches that outside concept
  exactly. A concept has at most one exact match in all datasets together, in UNBIS where it has the
  term: exact matches are transitive, and two of them would say that two outside concepts are the
  same, which nobody published.
- Close: it means the same, but the exact match is taken, or it means nearly the same.
- Broad and narrow: the outside concept holds ours, or ours holds it.
- Related: they belong together and neither holds the other, such as an action and the group of
  persons it is for, or money set aside in a budget and the budget.

A directive links by itself only to what the concepts of its topics do not carry; else it would
count twice. It does for each group of persons that its text names, and for other matters where a
reader who looks for them would want the directive. The note of such a link quotes its words.

## What was left out

“R230” in directive 17 stays as written. The instrument links to Recommendation 203, with a note.

Some addresses of the International Labour Organization are those of mirrors: the code and the
instrument number identify. EuroVoc labels exist here in English for most concepts, UNBIS labels in
English only.

Not linked either: SEXUAL MINORITY for directive 19 and CHILDREN for 2 and 35 (named only in the
title of a protocol, or not at all), DISCRIMINATION for 6, TRANSNATIONAL CRIME and what else the
titles of treaties name for 2, 17 and 35 (the instruments carry that), HEALTH SERVICE for 18 and 21,
ACCOUNTABILITY for 28, INFORMATION SYSTEM for 44: the text does not say it.
"""
ORDER = (
    "exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch", "relation", "subject",
    "mainEntityOfPage", "sameAs", "seeAlso",
)  # fmt: skip


#: Why what has no link has none.
UNLINKED = """Category 11 and «Protocolo de Palermo» stand for one instrument each, and the
instrument carries the links: the Protocolo Intersectorial has none, since no dataset at hand has a
node for a decree of Peru; its sources are in `data/context.ttl`. For «Respuesta rápida» no dataset
at hand has a concept; what directive 24 names besides links from the directive."""
REJECTED = Path(__file__).parent.parent / "data" / "link-rejected.tsv"


def rejected() -> list[Row]:
    """Return the identifiers that were considered and rejected, with the reason."""
    return read_tsv(REJECTED, ("iri", "label", "reason"))


def select(store: EmbeddedStore, query: str) -> list[tuple[str, ...]]:
    """Return the rows of a query as texts, an unbound variable as an empty one."""
    rows = store.select(PREFIX + query).rows
    return [tuple(term.value if term else "" for term in row) for row in rows]


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def kind_of(iri: str) -> str:
    """Return what kind of node of ours an IRI names."""
    families = {
        "a topic concept": PREFIXES["concept"],
        "an instrument": PREFIXES["instrument"],
        "a theme": PREFIXES["gg"],
    }
    for name, namespace in families.items():
        if iri.startswith(namespace):
            return name
    for part, name in (
        ("/category/", "a category"), ("/directive/", "a directive"),
        ("/institution/", "an organisation"), ("/id/framework/", "the framework"),
        ("/id/plan/", "the plan"), ("/id/analysis/", "the analysis"),
    ):  # fmt: skip
        if part in iri:
            return name
    return "the State"


def links(store: EmbeddedStore) -> str:
    """Return ``links.md``."""
    rows = select(
        store,
        """SELECT ?linkset ?title ?property ?from WHERE {
          ?link gg:linkFrom ?from ; gg:linkProperty ?property ; dcterms:isPartOf ?linkset .
          ?linkset void:objectsTarget/dcterms:title ?title . FILTER(LANG(?title) = "en")
        }""",
    )
    cells = Counter((title, last_segment(term).rpartition("#")[2]) for _, title, term, _ in rows)
    datasets = Counter(title for _, title, _, _ in rows)
    kinds = Counter(kind_of(start) for *_, start in rows)
    properties = Counter(last_segment(term).rpartition("#")[2] for _, _, term, _ in rows)
    none = {
        name: select(store, query)
        for name, query in (
            (
                "directives",
                """SELECT ?number WHERE {
                  ?node a gg:Directive ; gg:number ?number .
                  FILTER NOT EXISTS { ?link gg:linkFrom ?node }
                  FILTER NOT EXISTS {
                    ?node gg:hasTopic/gg:aboutConcept ?concept . ?link gg:linkFrom ?concept
                  }
                  FILTER NOT EXISTS { ?node gg:cites ?cited . ?link gg:linkFrom ?cited }
                } ORDER BY ?number""",
            ),
            (
                "categories",
                """SELECT ?number ?label WHERE {
                  ?node a gg:PNATCategory ; gg:number ?number ; skos:prefLabel ?label .
                  FILTER(LANG(?label) = "es")
                  FILTER NOT EXISTS { ?link gg:linkFrom ?node }
                } ORDER BY ?number""",
            ),
            (
                "concepts",
                """SELECT DISTINCT ?label WHERE {
                  ?topic gg:aboutConcept ?node . ?node skos:prefLabel ?label .
                  FILTER(LANG(?label) = "es")
                  FILTER NOT EXISTS { ?link gg:linkFrom ?node }
                } ORDER BY ?label""",
            ),
        )
    }
    wholes = {
        "directives": "SELECT ?node WHERE { ?node a gg:Directive }",
        "categories": "SELECT ?node WHERE { ?node a gg:PNATCategory }",
        "concepts": "SELECT DISTINCT ?node WHERE { ?topic gg:aboutConcept ?node }",
    }
    whole = {name: len(select(store, query)) for name, query in wholes.items()}
    parts = [
        HEAD.rstrip(),
        "## Links by dataset and property",
        f"{len(rows)} links in {len(datasets)} linksets.",
        table(
            ("dataset", *(f"`{each}`" for each in ORDER), "all"),
            [
                (title, *(cells[title, each] or "" for each in ORDER), count)
                for title, count in sorted(datasets.items(), key=lambda pair: (-pair[1], pair[0]))
            ]
            + [("all", *(properties[each] for each in ORDER), len(rows))],
        ),
        "## Links by what they start from",
        table(("from", "links"), sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))),
        "## What has no link",
        "A directive has a link if it links itself, a concept of one of its topics does, or an "
        "instrument\nthat it cites does. What links to the framework as a whole counts for none.",
        f"- Directives without: {len(none['directives'])} of {whole['directives']}"
        + _listed(number for (number,) in none["directives"])
        + f"\n- Categories without: {len(none['categories'])} of {whole['categories']}"
        + _listed(f"{number} «{label}»" for number, label in none["categories"])
        + f"\n- Topic concepts without: {len(none['concepts'])} of {whole['concepts']}"
        + _listed(f"«{label}»" for (label,) in none["concepts"]),
        UNLINKED,
        "## What was considered and rejected",
        "Identifiers at hand that nothing links to (`data/link-rejected.tsv`).",
        table(
            ("identifier", "label", "why not"),
            [(f"<{row['iri']}>", row["label"], row["reason"]) for row in rejected()],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _listed(names: Iterable[str]) -> str:
    """Return names as the end of a line."""
    text = ", ".join(names)
    return f": {text}." if text else "."
