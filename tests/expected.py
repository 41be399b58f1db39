"""What the stored queries must answer, worked out without the graph and without SPARQL.

The rows come from the independent reader of the source (`oracle`), the settled blind readings
(``golden/*.tsv``) and the reviewed labels (``data/labels-en.tsv``).
"""

from __future__ import annotations

import csv
import functools
import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import NamedTuple

from rdflib import DCTERMS, SKOS, Graph, URIRef

import oracle
from conftest import ROOT

ID = "https://w3id.org/gapgraph/id/"
GG = "https://w3id.org/gapgraph/ontology#"
FRAMEWORK = f"{ID}framework/oas-work-plan-2"
PLAN = f"{ID}plan/pnat-2017-2021"
ANALYSIS = f"{ID}analysis/oas-pnat"
PROTOCOL = f"{ID}instrument/protocolo-intersectorial"
#: In the order of the ontology.
STATUSES = {
    "addressed": "abordado",
    "mapped": "con elemento, sin más noticia",
    "indeterminate": "indeterminado",
    "partial": "parcial",
    "none": "sin elemento del plan",
    "notApplicable": "no aplicable",
    "notAssessed": "no evaluado",
}
#: Why something is partial, in the order of the ontology.
REASONS = {
    "partlyProvided": "dispuesto en parte",
    "onlyInvoked": "solo en un instrumento invocado",
    "plainlyDenied": "con elemento, pero negado",
    "topicsDiffer": "sus temas difieren",
    "omissionBesideTopics": "falta algo de lo que pide, fuera de sus temas",
}
KINDS = {
    "Directive": "Directriz",
    "Indicator": "Indicador",
    "Topic": "Tema",
    "Mapping": "Correspondencia",
    "Observation": "Observación",
    "PlanElement": "Elemento del plan",
    "Provision": "Disposición",
    "Omission": "Omisión",
    "Invocation": "Invocación",
    "ContextNote": "Nota de contexto",
    "Doubt": "Duda",
    "UnreadStatement": "Enunciado sin leer",
}
NONE = "No hay"

Row = tuple[object, ...]


class Topic(NamedTuple):
    number: int
    position: int
    label: str
    values: tuple[str, ...]
    status: str
    locus: str

    @property
    def iri(self) -> str:
        return f"{ANALYSIS}/topic/{self.number}.{self.position}"

    @property
    def none(self) -> bool:
        return NONE in self.values

    @property
    def name(self) -> str:
        return self.label.rstrip(": ").rstrip()


class Statement(NamedTuple):
    number: int
    observation: int
    position: int
    text: str
    kind: str
    topics: tuple[str, ...]
    mitigates: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"{self.number}.{self.observation}.{self.position}"

    @property
    def iri(self) -> str:
        return f"{ANALYSIS}/statement/{self.key}"


def tsv(path: str) -> list[dict[str, str]]:
    with (ROOT / path).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def many(cell: str) -> tuple[str, ...]:
    return () if cell in {"", "-"} else tuple(cell.split(","))


@cache
def directives() -> list[oracle.OracleDirective]:
    return oracle.read(oracle.SOURCE)


@cache
def topics() -> list[Topic]:
    settled = {row["topic"]: row for row in tsv("tests/golden/coverage.tsv")}
    return [
        Topic(d.number, i, label, values, row["status"], row["locus"])
        for d in directives()
        for i, (label, values) in enumerate(d.topics, start=1)
        for row in [settled[f"{d.number}.{i}"]]
    ]


@cache
def statements() -> list[Statement]:
    return [
        Statement(
            *(int(part) for part in row["observation"].split(".")),
            int(row["position"]),
            row["text"],
            row["kind"],
            many(row["topics"]),
            many(row["mitigates"]),
        )
        for row in tsv("tests/golden/statements.tsv")
    ]


@cache
def labels() -> dict[tuple[str, str], str]:
    return {(row["kind"], row["key"]): row["es"] for row in tsv("data/labels-en.tsv")}


def iri_of(number: int) -> str:
    return f"{FRAMEWORK}/directive/{number}"


def section(number: int) -> Row:
    return (f"{FRAMEWORK}/section/{number}", number, labels()["section", str(number)])


def status(name: str) -> Row:
    return (GG + name, STATUSES[name])


def kind(name: str) -> Row:
    return (GG + name, KINDS[name])


def category(number: int | None) -> Row:
    if number is None:
        return (f"{PLAN}/element/marco-normativo", None, labels()["element", "marco-normativo"])
    return (f"{PLAN}/category/{number}", number, labels()["category", str(number)])


def numbers_of(topic: Topic) -> list[int | None]:
    """The categories of a topic; nothing stands for the element that has no number."""
    return [oracle.category_number(value) for value in topic.values if value != NONE]


def share(part: int, whole: int) -> str:
    tenths = (Decimal(1000 * part) / whole).quantize(Decimal(1), ROUND_HALF_UP)
    return str(tenths / 10)


def fold(text: str) -> str:
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(each for each in parts if unicodedata.category(each) != "Mn")


def row_of(number: int) -> oracle.OracleDirective:
    return directives()[number - 1]


def of(number: int) -> list[Topic]:
    return [topic for topic in topics() if topic.number == number]


def observations(number: int) -> str:
    return "\n".join(row_of(number).observations)


def omissions(topic: Topic) -> str | None:
    key = f"{topic.number}.{topic.position}"
    texts = [s.text for s in statements() if s.kind == "Omission" and key in s.topics]
    return "\n".join(texts) or None


def cell(topic: Topic) -> str:
    return " · ".join(topic.values)


def counts(found: Iterable[Topic]) -> tuple[int, ...]:
    by = Counter(topic.status for topic in found)
    names = ("addressed", "partial", "indeterminate", "none", "mapped", "notApplicable")
    return (sum(by.values()), *(by[name] for name in names))


def reason(topic: Topic) -> str | None:
    """Why a topic is partial: by what its statements do, besides leaving something out."""
    key = f"{topic.number}.{topic.position}"
    kinds = {each.kind for each in statements() if key in each.topics}
    if topic.status != "partial":
        return None
    if "Provision" in kinds:
        return "partlyProvided"
    return "onlyInvoked" if "Invocation" in kinds else "plainlyDenied"


def reason_of(topic: Topic) -> Row:
    name = reason(topic)
    return (GG + name, REASONS[name]) if name else (None, None)


#: Statements that bear on nothing their directive asks, as the settled reading says of them.
BESIDE_THE_POINT = {"14.2.2", "27.3.1"}


def omits_beside(number: int) -> bool:
    """Whether an omission of the row bears on none of its topics, though one has an element."""
    return any(
        each.kind == "Omission" and not each.topics and each.key not in BESIDE_THE_POINT
        for each in statements() if each.number == number
    ) and any(not topic.none for topic in of(number))  # fmt: skip


def reasons_of(number: int) -> str | None:
    found = of(number)
    names = {topic.status for topic in found}
    mine = {"omissionBesideTopics"} if omits_beside(number) else set()
    if len(names) > 1:
        mine.add("topicsDiffer")
    elif names == {"partial"}:
        mine |= {each for topic in found if (each := reason(topic))}
    return " ".join(GG + each for each in REASONS if each in mine) or None


def topics_without_category() -> list[Row]:
    return [
        (*section(row_of(t.number).section), t.number, iri_of(t.number), t.iri, t.name,
         observations(t.number))
        for t in topics() if t.none
    ]  # fmt: skip


def directives_not_assessed() -> list[Row]:
    return [
        (*section(d.section), d.number, iri_of(d.number), d.text)
        for d in directives() if not d.topics
    ]  # fmt: skip


def coverage_by_section() -> list[Row]:
    rows = []
    for number in sorted({d.section for d in directives()}):
        mine = [d for d in directives() if d.section == number]
        total, addressed, partial, indeterminate, none, mapped, idle = counts(
            t for t in topics() if row_of(t.number).section == number
        )
        rows.append(
            (*section(number), len(mine), sum(not d.topics for d in mine), total, addressed,
             partial, indeterminate, none, mapped, idle, share(none, total - idle),
             share(none + partial, total - idle))
        )  # fmt: skip
    return rows


def common(number: int) -> str:
    """The status of a directive."""
    names = {topic.status for topic in of(number)}
    if not names:
        return "notAssessed"
    return names.pop() if len(names) == 1 and not omits_beside(number) else "partial"


def coverage_by_directive() -> list[Row]:
    return [
        (*section(d.section), d.number, iri_of(d.number), d.text, *counts(of(d.number)),
         *status(common(d.number)), reasons_of(d.number))
        for d in directives()
    ]  # fmt: skip


def first_words(number: int) -> str | None:
    """The first words of what decides a directive's status, by the settled reading."""
    found = {f"{number}.{t.position}": t for t in of(number)}
    said = [each for each in statements() if each.number == number]
    against = [
        each for each in said
        if (each.kind == "Omission" and each.topics)
        or (each.kind == "Omission" and omits_beside(number) and each.key not in BESIDE_THE_POINT)
        or (each.kind == "Doubt"
            and any(found[key].status == "indeterminate" for key in each.topics))
    ]  # fmt: skip
    cells = [t for t in found.values() if t.status == "none"]
    for_ = [each for each in said if each.topics]
    if not against and (cells or not for_):
        first = cells[0] if cells else next(iter(found.values()), None)
        return f"{first.name}: {first.values[0]}" if first else None
    told = (against or for_)[0]
    text = " ".join(row_of(number).observations[told.observation - 1].split())
    words = " ".join(told.text.split())
    before = re.split(r"(?<=[.!?…]) ", text[: text.index(words)])[-1]
    if len(before) > 40 and len(before) + len(words) > 120:
        before, words = "… ", words.lstrip(",;: ")
    whole = before + words
    return whole if len(whole) <= 120 else whole[:121].rpartition(" ")[0] + " …"


def compare(only: str = "", of_section: int = 0) -> list[Row]:
    rows: list[Row] = []
    for d in directives():
        iri, number, label = section(d.section)
        if common(d.number) == (only or common(d.number)) and d.section == (of_section or number):
            rows.append(
                (number, iri, label, d.number, iri_of(d.number), PLAN, "PNAT 2017-2021",
                 *status(common(d.number)), reasons_of(d.number), first_words(d.number), FRAMEWORK)
            )  # fmt: skip
    return rows


def covered_by(*, everybody: bool) -> list[Row]:
    """The directives that the only plan covers, or does not."""
    rows: list[Row] = []
    for d in directives():
        iri, number, label = section(d.section)
        name = common(d.number)
        if name != "notAssessed" and (name == "addressed") == everybody:
            # Nothing of the annex is unread.
            rest = (name == "none", name == "indeterminate", name == "mapped", False)
            more = () if everybody else map(int, rest)
            rows.append(
                (number, iri, label, d.number, iri_of(d.number), d.text, 1, 1, 0, int(everybody),
                 int(name == "partial"), *more, "true", FRAMEWORK)
            )  # fmt: skip
    return rows


def coverage_by_analysis() -> list[Row]:
    found = Counter(common(d.number) for d in directives())
    assessed = sum(found.values()) - found["notAssessed"]
    return [
        (FRAMEWORK, PLAN, "PNAT 2017-2021", *status(name), found[name],
         0 if name == "notAssessed" else found[name],
         None if name in ("notAssessed", "notApplicable") else share(found[name], assessed),
         assessed, assessed, len(directives()))
        for name in STATUSES
    ]  # fmt: skip


def category_usage() -> list[Row]:
    uses: dict[int | None, list[Topic]] = defaultdict(list)
    for topic in topics():
        for number in dict.fromkeys(numbers_of(topic)):
            uses[number].append(topic)
    assessed = sum(bool(d.topics) for d in directives())
    rows: list[tuple[int, int, int | None, Row]] = []
    for number, found in uses.items():
        _, addressed, partial, indeterminate, _, mapped, _ = counts(found)
        where = len({topic.number for topic in found})
        rows.append(
            (-where, -len(found), number,
             (*category(number), where, len(found), addressed, partial, indeterminate, mapped,
              assessed, share(where, assessed)))
        )  # fmt: skip
    return [row for *_, row in sorted(rows, key=lambda each: (each[0], each[1], each[2] or 0))]


def categories_used_once() -> list[Row]:
    uses = defaultdict(list)
    for topic in topics():
        for number in numbers_of(topic):
            uses[number].append(topic)
    return [
        (*category(number), t.number, iri_of(t.number), t.iri, t.name, *status(t.status))
        for number in sorted(n for n in uses if n is not None and len(uses[n]) == 1)
        for t in uses[number]
    ]


def mapped_but_gap() -> list[Row]:
    return [
        (*section(row_of(t.number).section), t.number, iri_of(t.number), t.iri, t.name, cell(t),
         omissions(t), *reason_of(t))
        for t in topics() if t.status == "partial"
    ]  # fmt: skip


PROTOCOL_NAME = (
    "Protocolo Intersectorial para la Prevención y Persecución del Delito y la Protección, "
    "Atención y Reintegración de Víctimas de Trata de Personas"
)


def gaps_mitigated_by_protocol() -> list[Row]:
    by_key = {s.key: s for s in statements()}
    pairs = [
        (by_key[key], s)
        for s in statements() if s.kind == "Invocation" and "Protocolo Intersectorial" in s.text
        for key in s.mitigates
    ]  # fmt: skip
    return [
        (o.number, iri_of(o.number), o.iri, o.text, s.iri, s.text, PROTOCOL, PROTOCOL_NAME)
        for o, s in sorted(pairs, key=lambda each: each[0][:3])
    ]


def recurring_gaps() -> list[Row]:
    found, anywhere = defaultdict(set), defaultdict(set)
    for topic in topics():
        anywhere[concept_of(topic)].add(topic.number)
        if topic.status == "none":
            found[concept_of(topic)].add(topic.number)
    rows = [
        (f"{ID}concept/{key}", labels()["concept", key], len(where),
         ", ".join(map(str, sorted(where))), len(anywhere[key]), min(where))
        for key, where in found.items() if len(where) > 1
    ]  # fmt: skip
    return [row[:5] for row in sorted(rows, key=lambda row: (-row[2], row[5], row[0]))]


def shared(texts: Callable[[oracle.OracleDirective], Sequence[str]]) -> list[Row]:
    where = defaultdict(set)
    for d in directives():
        for text in texts(d):
            where[text].add(d.number)
    rows = [
        (hashlib.sha256(text.encode()).hexdigest(), text, len(found),
         ", ".join(map(str, sorted(found))), min(found))
        for text, found in where.items() if len(found) > 1
    ]  # fmt: skip
    return [row[:4] for row in sorted(rows, key=lambda row: (-row[2], row[4], row[0]))]


def directive_detail(number: int) -> list[Row]:
    d = row_of(number)
    rows: list[Row] = [
        (*kind("Directive"), None, iri_of(number), d.text, section(d.section)[0],
         section(d.section)[2])
    ]  # fmt: skip
    rows += [
        (*kind("Indicator"), i, f"{iri_of(number)}/indicator/{i}", text, None, None)
        for i, text in enumerate(d.indicators, start=1)
    ]
    rows += [(*kind("Topic"), t.position, t.iri, t.label, *status(t.status)) for t in of(number)]
    for t in of(number):
        for k, value in enumerate(t.values, start=1):
            element = (
                (None, None) if value == NONE else category(oracle.category_number(value))[::2]
            )
            rows.append(
                (*kind("Mapping"), f"{t.position}.{k}",
                 f"{ANALYSIS}/mapping/{number}.{t.position}.{k}", value, *element)
            )  # fmt: skip
    rows += [
        (*kind("Observation"), i, f"{ANALYSIS}/observation/{number}.{i}", text, None, None)
        for i, text in enumerate(d.observations, start=1)
    ]
    rows += [
        (*kind(s.kind), f"{s.observation}.{s.position}", s.iri, s.text, None, None)
        for s in statements() if s.number == number
    ]  # fmt: skip
    return rows


def category_detail(number: int) -> list[Row]:
    return [
        (*category(number), t.number, iri_of(t.number), t.iri, t.name, value, *status(t.status),
         omissions(t))
        for t in topics()
        for value in t.values if oracle.category_number(value) == number
    ]  # fmt: skip


def search(text: str) -> list[Row]:
    rows: list[Row] = [
        (*kind("Directive"), d.number, iri_of(d.number), d.text) for d in directives()
    ]
    rows += [
        (*kind("Indicator"), d.number, f"{iri_of(d.number)}/indicator/{i}", words)
        for d in directives() for i, words in enumerate(d.indicators, start=1)
    ]  # fmt: skip
    rows += [(*kind("Topic"), t.number, t.iri, t.label) for t in topics()]
    rows += [
        (*kind("Mapping"), t.number, f"{ANALYSIS}/mapping/{t.number}.{t.position}.{k}", value)
        for t in topics() for k, value in enumerate(t.values, start=1)
    ]  # fmt: skip
    rows += [
        (*kind("Observation"), d.number, f"{ANALYSIS}/observation/{d.number}.{i}", words)
        for d in directives() for i, words in enumerate(d.observations, start=1)
    ]  # fmt: skip
    plan = sorted((int(key) for kind_, key in labels() if kind_ == "category"))
    rows += [(*kind("PlanElement"), None, category(n)[0], category(n)[2]) for n in (None, *plan)]
    return [row for row in rows if fold(text) in fold(str(row[4]))]


def evidence_for_topic(number: int, position: int) -> list[Row]:
    """For a topic with one value, found in one line of the source, and one omission."""
    topic = of(number)[position - 1]
    (said,) = [
        s for s in statements()
        if s.kind == "Omission" and f"{number}.{position}" in s.topics
    ]  # fmt: skip
    lines = oracle.SOURCE.read_text(encoding="utf-8").split("\n")
    (line,) = [n for n, text in enumerate(lines, start=1) if text.startswith(f"{number}\t")]
    start = row_of(number).observations[said.observation - 1].index(said.text)
    (value,) = topic.values
    head = (number, topic.iri, topic.name)
    return [
        (*head, f"{GG}cell", "celda", *status("mapped"), value, 0, len(value),
         f"{ANALYSIS}/mapping/{number}.{position}.1", line, None, "false"),
        (*head, f"{GG}rule", "regla", *status("partial"), said.text, start, start + len(said.text),
         f"{ANALYSIS}/observation/{number}.{said.observation}", line, "coverage-partial",
         "true"),
    ]  # fmt: skip


def list_topics() -> list[Row]:
    return [
        (*section(row_of(t.number).section), t.number, iri_of(t.number), t.iri, t.name, cell(t),
         *status(t.status), *reason_of(t))
        for t in topics()
    ]  # fmt: skip


def mixed_directives() -> list[Row]:
    rows = []
    for d in directives():
        none = sum(t.none for t in of(d.number))
        if 0 < none < len(d.topics):
            rows.append((d.number, iri_of(d.number), d.text, len(d.topics), none))
    return rows


def directives_without_category() -> list[Row]:
    return [
        (*section(d.section), d.number, iri_of(d.number), d.text, len(d.topics))
        for d in directives() if d.topics and all(t.none for t in of(d.number))
    ]  # fmt: skip


def mapped_only_negative() -> list[Row]:
    kinds = defaultdict(set)
    for s in statements():
        kinds[s.number].add(s.kind)
    return [
        (d.number, iri_of(d.number), d.text, observations(d.number))
        for d in directives()
        if kinds[d.number] == {"Omission"} and not all(t.none for t in of(d.number))
    ]


def gaps_unexplained() -> list[Row]:
    return [
        (t.number, iri_of(t.number), t.iri, t.name, observations(t.number))
        for t in topics() if t.none and omissions(t) is None
    ]  # fmt: skip


def omissions_without_topic() -> list[Row]:
    return [
        (s.number, iri_of(s.number), s.iri, s.text)
        for s in statements() if s.kind == "Omission" and not s.topics
    ]  # fmt: skip


def conceptual_only() -> list[Row]:
    return [
        (t.number, iri_of(t.number), t.iri, t.name, *status(t.status), observations(t.number))
        for t in topics() if t.locus == "conceptualFramework"
    ]  # fmt: skip


def statements_about(text: str, *kinds: str) -> list[Row]:
    return [
        (s.number, iri_of(s.number), *kind(s.kind), s.iri, s.text)
        for s in statements()
        if fold(text) in fold(s.text) and (not kinds or s.kind in kinds)
    ]


def gaps_about(text: str) -> list[Row]:
    return [
        (t.number, iri_of(t.number), t.iri, t.name, *status(t.status), omissions(t))
        for t in topics()
        if t.status in {"none", "partial", "indeterminate"} and (
            fold(text) in fold(t.label)
            or any(
                s.kind in {"Omission", "Doubt"} and fold(text) in fold(s.text)
                and f"{t.number}.{t.position}" in s.topics
                for s in statements()
            )
        )
    ]  # fmt: skip


def indicators_asking_for(text: str) -> list[Row]:
    rows: list[Row] = []
    for d in directives():
        said = [
            (s.iri, s.text) for s in statements()
            if s.number == d.number and s.kind == "Omission" and fold(text) in fold(s.text)
        ]  # fmt: skip
        for i, words in enumerate(d.indicators, start=1):
            if fold(text) in fold(words):
                head = (d.number, iri_of(d.number), f"{iri_of(d.number)}/indicator/{i}", words)
                rows += [(*head, *each) for each in said or [(None, None)]]
    return rows


def directives_without_indicator() -> list[Row]:
    return [
        (*section(d.section), d.number, iri_of(d.number), d.text)
        for d in directives() if not d.indicators
    ]  # fmt: skip


def terminology_doubts() -> list[Row]:
    names = {f"{t.number}.{t.position}": t for t in topics()}
    return [
        (s.number, iri_of(s.number), s.iri, s.text, names[key].iri, names[key].name)
        for s in statements() if s.kind == "Doubt"
        for key in s.topics
    ]  # fmt: skip


def topics_with_several_categories() -> list[Row]:
    return [
        (t.number, iri_of(t.number), t.iri, t.name, len(t.values), cell(t))
        for t in topics() if len(t.values) > 1
    ]  # fmt: skip


def directive_category_matrix() -> list[Row]:
    squares: dict[tuple[int, int | None], list[Topic]] = defaultdict(list)
    for topic in topics():
        for number in dict.fromkeys(numbers_of(topic)):
            squares[topic.number, number].append(topic)
    return [
        (row_of(d).section, d, iri_of(d), *category(c), len(found),
         sum(t.status == "partial" for t in found))
        for (d, c), found in sorted(squares.items(), key=lambda each: (each[0][0], each[0][1] or 0))
    ]  # fmt: skip


def cell_and_status_differ() -> list[Row]:
    return [
        (t.number, iri_of(t.number), t.iri, t.name, *status("mapped"), *status(t.status),
         omissions(t))
        for t in topics()
        if t.status not in ({"none"} if t.none else {"addressed", "mapped"})
    ]  # fmt: skip


def list_categories() -> list[Row]:
    return [category(n) for n in sorted(int(k) for kind_, k in labels() if kind_ == "category")]


@cache
def concepts() -> dict[str, str]:
    """The key of each concept by its label, case aside."""
    return {text.casefold(): key for (kind_, key), text in labels().items() if kind_ == "concept"}


def concept_of(topic: Topic) -> str:
    return concepts()[topic.name.casefold()]


@cache
def context() -> Graph:
    return Graph().parse(ROOT / "data" / "context.ttl", format="turtle")


def instrument(slug: str) -> Row:
    node = URIRef(f"{ID}instrument/{slug}")
    names = [str(each) for each in context().objects(node, SKOS.prefLabel) if each.language == "es"]  # type: ignore[attr-defined]
    return (
        str(node),
        names[0],
        context().value(node, DCTERMS.identifier),
        context().value(node, DCTERMS.issued),
    )


def cited() -> set[tuple[int, str]]:
    """Which directive names which instrument: its words stand in the directive's text."""
    return {
        (d.number, row["slug"])
        for d in directives()
        for row in tsv("data/source/instruments.tsv")
        if " ".join(row["literal"].split()) in d.text
    }


def directives_citing(*numbers: int) -> list[Row]:
    rows = [(number, iri_of(number), *instrument(slug)) for number, slug in cited()]
    return sorted(
        (row for row in rows if not numbers or row[0] in numbers),
        key=lambda row: (row[0], fold(str(row[3])), row[2]),  # type: ignore[return-value]
    )


def list_instruments() -> list[Row]:
    slugs = {slug for _, slug in cited()} | {"protocolo-intersectorial"}
    return sorted(map(instrument, slugs), key=lambda row: (fold(str(row[1])), str(row[0])))


def list_analyses() -> list[Row]:
    framework = "Plan de trabajo de la OEA contra la trata de personas"
    return [(ANALYSIS, FRAMEWORK, framework, PLAN, "PNAT 2017-2021")]


THEMES = (
    ("women", "mujeres"),
    ("children", "niños, niñas y adolescentes"),
    ("victimParticipation", "participación de las víctimas"),
    ("disability", "personas con discapacidad"),
    ("lgbti", "personas LGBTI"),
    ("migrants", "personas migrantes"),
    ("indigenousPeoples", "pueblos indígenas"),
)


@functools.cache
def meanings() -> dict[str, str]:
    """The definitions of the ontology's terms, by IRI."""
    ontology = Graph().parse(ROOT / "ontology" / "gapgraph.ttl", format="turtle")
    return {
        str(node): str(text)
        for node, text in ontology.subject_objects(SKOS.definition)
        if text.language == "es"  # type: ignore[attr-defined]
    }


def list_statuses() -> list[Row]:
    return [(GG + name, name, label, meanings()[GG + name]) for name, label in STATUSES.items()]


def reading_account() -> list[Row]:
    """The annex: everything was read; a review decided in four statements."""
    said = statements()
    letters = sum(len(each.text) for each in said)
    reviewed = {"11.5.1", "52.3.2"} | BESIDE_THE_POINT
    loose = sum(not each.topics for each in said)
    found = topics()
    return [(letters, 0, "0", len(said), len(said) - len(reviewed), len(reviewed), 0, loose,
             len(found), len(found), 0, 0)]  # fmt: skip


def list_partial_reasons() -> list[Row]:
    rest = {"declaredPartial": "lo dice el cuadro", "reviewedPartial": "lo decidió una revisión"}
    (*first, differ, beside) = REASONS.items()
    return [(GG + name, name, label) for name, label in (*first, *rest.items(), differ, beside)]


def list_kinds() -> list[Row]:
    """Copied from the legend of the method's page, and definitions from the ontology."""
    phrases = {
        "Provision": "el plan dispone",
        "Omission": "falta en el plan",
        "Invocation": "remite a otro instrumento",
        "Doubt": "duda",
        "ContextNote": "contexto",
        "UnreadStatement": "sin leer",
    }
    return [(GG + name, name, said, meanings()[GG + name]) for name, said in phrases.items()]


def list_concepts() -> list[Row]:
    keys = {concept_of(topic) for topic in topics()}
    rows = [(f"{ID}concept/{key}", labels()["concept", key]) for key in keys]
    return sorted(rows, key=lambda row: (fold(row[1]), row[0]))


def list_themes() -> list[Row]:
    return [(f"{GG}{notation}Theme", notation, label) for notation, label in THEMES]


def participation_of_victims() -> list[Row]:
    """Read in the source: topics of that label, and the paragraph that recurs beside them."""
    head = (f"{GG}victimParticipationTheme", "participación de las víctimas")
    rows = []
    for d in directives():
        rows += [
            (*head, d.number, iri_of(d.number), *kind("Topic"), t.iri, t.label, *status(t.status))
            for t in of(d.number)
            if t.name == "Participación de la víctima"
        ]
        rows += [
            (*head, d.number, iri_of(d.number), *kind("Observation"),
             f"{ANALYSIS}/observation/{d.number}.{i}", text, None, None)
            for i, text in enumerate(d.observations, start=1)
            if "desatiende el aporte de las poblaciones vulnerables y de las víctimas" in text
        ]  # fmt: skip
    return rows


def institutions_of_12() -> list[Row]:
    """Read in the source: its one statement names five bodies."""
    (said,) = [s for s in statements() if s.number == 12]
    named = (
        ("migraciones", "Superintendencia Nacional de Migraciones"),
        ("mtc", "Ministerio de Transportes y Comunicaciones"),
        ("mimp", "Ministerio de la Mujer y Poblaciones Vulnerables"),
        ("reniec", "Registro Nacional de Identificación y Estado Civil"),
        (
            "sutran",
            "Superintendencia de Transporte Terrestre de Personas, Carga y Mercancías",
        ),
    )
    return [
        (12, iri_of(12), f"{ID}institution/{slug}", name, said.iri, said.text)
        for slug, name in sorted(named, key=lambda each: fold(each[1]))
    ]


def concept_iri(topic: Topic) -> str:
    return f"{ID}concept/{concept_of(topic)}"


def plain_directives() -> list[Row]:
    return [
        (d.section, section(d.section)[0], d.number, iri_of(d.number), d.text,
         GG + common(d.number), reasons_of(d.number))
        for d in directives()
    ]  # fmt: skip


def plan_elements() -> list[Row]:
    english = {(row["kind"], row["key"]): row["en"] for row in tsv("data/labels-en.tsv")}
    keys = sorted(int(key) for kind_, key in labels() if kind_ == "category")
    rows = [(*category(n), english["category", str(n)]) for n in keys]
    return [*rows, (*category(None), english["element", "marco-normativo"])]


def topic_mappings() -> list[Row]:
    rows: list[Row] = []
    for t in topics():
        for value in t.values:
            element = (None, None)
            if value != NONE:
                element = category(oracle.category_number(value))[:2]  # type: ignore[assignment]
            rows.append(
                (row_of(t.number).section, t.number, iri_of(t.number), t.iri, t.position, t.name,
                 concept_iri(t), GG + t.status, reason_of(t)[0], *element, value)
            )  # fmt: skip
    return rows


def directive_indicators() -> list[Row]:
    rows: list[Row] = []
    for d in directives():
        for i, text in enumerate(d.indicators, start=1):
            others = [o.number for o in directives() if o is not d and text in o.indicators]
            rows.append(
                (d.number, iri_of(d.number), f"{iri_of(d.number)}/indicator/{i}", i, text,
                 " ".join(map(str, others)) or None)
            )  # fmt: skip
    return rows


def observation_statements(number: int) -> list[Row]:
    rows: list[Row] = []
    for s in statements():
        if s.number != number:
            continue
        text = row_of(number).observations[s.observation - 1]
        start = text.index(s.text)
        rows.append(
            (number, iri_of(number), f"{ANALYSIS}/observation/{number}.{s.observation}",
             s.observation, text, s.iri, s.position, GG + s.kind, start, start + len(s.text),
             " ".join(f"{ANALYSIS}/topic/{key}" for key in s.topics) or None,
             " ".join(f"{ANALYSIS}/statement/{key}" for key in s.mitigates) or None,
             PROTOCOL if s.kind == "Invocation" else None)
        )  # fmt: skip
    return rows


def institution_mentions_of_12() -> list[Row]:
    return [
        (iri, name, number, directive, said, text)
        for number, directive, iri, name, said, text in institutions_of_12()
    ]


def instrument_uses_of_17() -> list[Row]:
    return [
        (iri, name, "cites", number, directive, None, None)
        for number, directive, iri, name, *_ in directives_citing(17)
    ]


def source_lines(number: int) -> list[Row]:
    """For a directive whose row is one line of the source."""
    lines = oracle.SOURCE.read_text(encoding="utf-8").split("\n")
    return [
        (number, "annex.txt", n)
        for n, text in enumerate(lines, 1)
        if text.startswith(f"{number}\t")
    ]
