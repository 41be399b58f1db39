"""What the stored queries of the pages must answer, worked out as in `expected`."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence

from rdflib import URIRef
from rdflib.namespace import DCTERMS, SKOS

import expected
import oracle
from expected import ANALYSIS, FRAMEWORK, GG, ID, PLAN, PROTOCOL, PROTOCOL_NAME, Row

GAPS = ("none", "partial", "indeterminate")


def english() -> dict[tuple[str, str], str]:
    return {(row["kind"], row["key"]): row["en"] for row in expected.tsv("data/labels-en.tsv")}


def concept(topic: expected.Topic) -> str:
    return f"{ID}concept/{expected.concept_of(topic)}"


def analyses() -> list[Row]:
    """The names are those of ``analysis.toml`` and of the reviewed facts, copied by hand."""
    return [
        (ANALYSIS, FRAMEWORK, "Plan de trabajo de la OEA contra la trata de personas", 67, PLAN,
         "PNAT 2017-2021", 29, "Plan Nacional contra la Trata de Personas 2017-2021",
         "National Plan against Trafficking in Persons 2017-2021", "2017/2021",
         "http://publications.europa.eu/resource/authority/country/PER",
         f"{ID}instrument/politica-nacional-trata-2030")
    ]  # fmt: skip


def plan_elements() -> list[Row]:
    numbers = sorted(int(key) for kind, key in expected.labels() if kind == "category")
    rows: list[Row] = [(*expected.category(n), english()["category", str(n)]) for n in numbers]
    return [*rows, (*expected.category(None), english()["element", "marco-normativo"])]


def observation_statements(number: int) -> list[Row]:
    """For a directive whose statements invoke and mitigate nothing."""
    rows: list[Row] = []
    for place, text in enumerate(expected.row_of(number).observations, start=1):
        at = 0
        for s in expected.statements():
            if (s.number, s.observation) == (number, place):
                start = text.index(s.text, at)
                at = start + len(s.text)
                concerned = " ".join(f"{ANALYSIS}/topic/{key}" for key in sorted(s.topics))
                rows.append(
                    (number, expected.iri_of(number), f"{ANALYSIS}/observation/{number}.{place}",
                     place, text, s.iri, s.position, GG + s.kind, start, at, concerned or None,
                     None, None)
                )  # fmt: skip
    return rows


def statement_measures(number: int) -> list[Row]:
    """For a directive each of whose measures ends at a comma, its last one at a full stop."""
    rows: list[Row] = []
    for s in expected.statements():
        if s.number == number:
            pattern = r"(?<=[ ,])\(([a-z])\) (.*?)(?=, (?:y )?\([a-z]\)|\.$)"
            for place, (letter, words) in enumerate(re.findall(pattern, s.text), start=1):
                measure = f"{ANALYSIS}/measure/{s.key}.{letter}"
                rows.append((number, s.iri, measure, place, letter, words))
    return rows


def directive_indicators() -> list[Row]:
    rows: list[Row] = []
    for d in expected.directives():
        for place, text in enumerate(d.indicators, start=1):
            others = [
                str(other.number)
                for other in expected.directives()
                for at, words in enumerate(other.indicators, start=1)
                if words == text and (other.number, at) != (d.number, place)
            ]
            iri = f"{expected.iri_of(d.number)}/indicator/{place}"
            rows.append(
                (d.number, expected.iri_of(d.number), iri, place, text, " ".join(others) or None)
            )
    return rows


def source_lines(number: int) -> list[Row]:
    """For a directive that takes one line of the source."""
    lines = oracle.SOURCE.read_text(encoding="utf-8").splitlines()
    return [
        (number, "annex.txt", place)
        for place, line in enumerate(lines, start=1)
        if line.split("\t")[0].strip() == str(number)
    ]


def instruments_of_24() -> list[Row]:
    return [
        (PROTOCOL, PROTOCOL_NAME, "invokes", 24, expected.iri_of(24), s.iri, s.text)
        for s in expected.statements()
        if s.number == 24 and s.kind == "Invocation"
    ]


def institutions_of_33() -> list[Row]:
    """Read by hand: «el MTC – SUTRAN, la Policía y la Fiscalía deben participar …»."""
    said = next(s for s in expected.statements() if s.number == 33 and "SUTRAN" in s.text)
    named = (
        ("mtc", "Ministerio de Transportes y Comunicaciones"),
        ("fiscalia", "Ministerio Público – Fiscalía de la Nación"),
        ("policia-nacional", "Policía Nacional del Perú"),
        ("sutran", "Superintendencia de Transporte Terrestre de Personas, Carga y Mercancías"),
    )
    return [
        (f"{ID}institution/{key}", label, 33, expected.iri_of(33), said.iri, said.text)
        for key, label in named
    ]


def gaps(statuses: Sequence[str] = GAPS, category: int | None = None) -> list[Row]:
    rows: list[Row] = []
    by_key = {s.key: s for s in expected.statements()}
    for topic in expected.topics():
        numbers = expected.numbers_of(topic)
        if topic.status not in statuses or (category and category not in numbers):
            continue
        key = f"{topic.number}.{topic.position}"
        about = [s for s in by_key.values() if key in s.topics]
        missing = [s.text for s in about if s.kind in {"Omission", "Doubt"}]
        eased = sorted(
            {s for s in by_key.values() for other in s.mitigates if by_key[other] in about}
        )
        row = expected.row_of(topic.number)
        elements = sorted(
            (str(iri), f"{number} {label}" if number else label)
            for iri, number, label in {expected.category(n) for n in numbers}
        )
        rows.append(
            (row.section, expected.section(row.section)[2], topic.number,
             expected.iri_of(topic.number), topic.iri, topic.position, topic.name,
             concept(topic), GG + topic.status, expected.reason_of(topic)[0],
             " ".join(iri for iri, _ in elements) or None,
             "\n".join(str(name) for _, name in elements) or None,
             "\n".join(missing) or None, "\n".join(s.text for s in eased) or None)
        )  # fmt: skip
    return rows


def kinds_of_a_topic() -> list[Row]:
    return [
        (f"{ANALYSIS}/topic/22.4", f"{GG}Topic", "Informar sobre consecuencias jurídicas", None,
         expected.iri_of(22))
    ]  # fmt: skip


def facts_of_an_instrument() -> list[Row]:
    """All that ``context.ttl`` says of the national policy, in the query's order."""
    node = URIRef(f"{ID}instrument/politica-nacional-trata-2030")
    graph = expected.context()
    asked = (DCTERMS.identifier, DCTERMS.issued, DCTERMS.replaces, DCTERMS.source,
             SKOS.editorialNote, URIRef("https://schema.org/temporalCoverage"))  # fmt: skip
    rows = [(node, each, value) for each in asked for value in graph.objects(node, each)]
    rows.sort(key=lambda row: (str(row[1]), getattr(row[2], "language", "") or "", str(row[2])))
    return [tuple(map(str, row)) for row in rows]


def directives_in_full(section: int = 0) -> list[Row]:
    """With identifiers as printed: those of the annex are numbers, here as texts."""
    rows: list[Row] = []
    for d in expected.directives():
        iri, number, label = expected.section(d.section)
        if section in {0, number}:
            rows.append(
                (str(number), label, str(d.number), d.text, len(d.topics),
                 expected.STATUSES[expected.common(d.number)], f"{GG}{expected.common(d.number)}",
                 expected.reasons_of(d.number), iri, expected.iri_of(d.number))
            )  # fmt: skip
    return rows


def topics_in_full(number: int) -> list[Row]:
    """For a directive whose row is one line of the source."""
    d = expected.row_of(number)
    ((_, file, line),) = expected.source_lines(number)
    iri, section, label = expected.section(d.section)
    return [
        (str(section), label, str(number), t.position, t.name, " · ".join(t.values),
         expected.STATUSES[t.status], expected.reason_of(t)[1], d.text, file, line,
         f"{GG}{t.status}", expected.reason_of(t)[0], concept(t), iri, expected.iri_of(number),
         t.iri)
        for t in expected.of(number)
    ]  # fmt: skip


def statements_in_full(number: int) -> list[Row]:
    """For a directive whose row is one line of the source."""
    ((_, _, line),) = expected.source_lines(number)
    named = {t.iri: t.name for t in expected.of(number)}
    return [
        (str(number), place, position, expected.KINDS[kind.removeprefix(GG)], text[start:end],
         "\n".join(named[each] for each in sorted((concerns or "").split())) or None, text, start,
         end, line, kind, concerns, mitigates, directive, observation, statement)
        for (_, directive, observation, place, text, statement, position, kind, start, end,
             concerns, mitigates, _) in expected.observation_statements(number)
    ]  # fmt: skip


def elements_in_full() -> list[Row]:
    rows: list[Row] = []
    for iri, number, label, name in plan_elements():
        using = [t for t in expected.topics() if number in expected.numbers_of(t)]
        rows.append(
            (None if number is None else str(number), label, name, len(using),
             len({t.number for t in using}), iri)
        )  # fmt: skip
    return rows


Case = tuple[str, Callable[[], list[Row]], dict[str, Sequence[str]]]


def translations() -> list[Row]:
    """The reviewed tables, of each text in its place, by language."""
    said: dict[tuple[str, str], list[str]] = {}
    for language in ("en", "pt"):
        for row in expected.tsv(f"data/translations-{language}.tsv"):
            key = (row["kind"], " ".join(row["es"].replace("\\n", " ").split()))
            said.setdefault(key, []).append(" ".join(row[language].replace("\\n", " ").split()))
    rows: list[Row] = []
    for d in expected.directives():
        iri = expected.iri_of(d.number)
        for kind, items in (
            ("directive", [(iri, d.text)]),
            ("indicator", [(f"{iri}/indicator/{i}", t) for i, t in enumerate(d.indicators, 1)]),
            (
                "observation",
                [(f"{ANALYSIS}/observation/{d.number}.{i}", t)
                 for i, t in enumerate(d.observations, 1)],
            ),
        ):  # fmt: skip
            for item, text in items:
                ours = said[kind, " ".join(text.split())]
                rows.extend((d.number, item, text, each) for each in ours)
    return rows


CASES: list[Case] = [
    ("analyses", analyses, {}),
    ("directives", expected.plain_directives, {}),
    (
        "directives",
        lambda: [row for row in expected.plain_directives() if row[0] == 3],
        {"sectionNumber": ["3"]},
    ),
    ("topic-mappings", expected.topic_mappings, {}),
    (
        "topic-mappings",
        lambda: [row for row in expected.topic_mappings() if row[10] == 11],
        {"element": [f"{PLAN}/category/11"]},
    ),
    (
        "topic-mappings",
        lambda: [row for row in expected.topic_mappings() if row[7] == f"{GG}none"],
        {"status": [f"{GG}none"]},
    ),
    ("plan-elements", plan_elements, {}),
    ("observation-statements", lambda: observation_statements(22), {"number": ["22"]}),
    ("observation-statements", lambda: observation_statements(7), {"number": ["7"]}),
    ("statement-measures", lambda: statement_measures(8), {"number": ["8"]}),
    ("directive-indicators", directive_indicators, {}),
    ("source-lines", lambda: source_lines(22), {"number": ["22"]}),
    ("instrument-uses", instruments_of_24, {"number": ["24"]}),
    ("institution-mentions", institutions_of_33, {"number": ["33"]}),
    ("gaps", gaps, {}),
    ("gaps", lambda: gaps(["none"]), {"status": [f"{GG}none"]}),
    ("gaps", lambda: gaps(category=11), {"element": [f"{PLAN}/category/11"]}),
    ("node-kind", kinds_of_a_topic, {"node": [f"{ANALYSIS}/topic/22.4"]}),
    (
        "node-facts",
        facts_of_an_instrument,
        {"node": [f"{ID}instrument/politica-nacional-trata-2030"]},
    ),
    ("directives-in-full", directives_in_full, {}),
    (
        "directives-in-full",
        lambda: directives_in_full(3),
        {"section": [f"{FRAMEWORK}/section/3"]},
    ),
    *(
        (query, functools.partial(rows, number), {"directive": [expected.iri_of(number)]})
        for query, rows in (
            ("topics-in-full", topics_in_full),
            ("statements-in-full", statements_in_full),
        )
        for number in (26, 54, 58)
    ),
    ("elements-in-full", elements_in_full, {}),
    ("translations", translations, {}),
]
