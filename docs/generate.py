"""Writes the documents that are made from the graph: ``make docs``.

A test makes them again and compares, so that no number in them is out of date.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from outside import links
from questions import questions
from reference import commands, glossary, python
from unseen import (
    EARLIER_NAME,
    OUTCOMES,
    TRAINING,
    UNSEEN,
    Figures,
    Judged,
    figures,
    judge,
    omissions,
    present,
    readers_agree,
    second_readers,
)

from gapgraph.build import build
from gapgraph.files import write_atomic
from gapgraph.namespaces import GG, RDFS, SKOS, last_segment
from gapgraph.settings import Home, Settings
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.embedded import EmbeddedStore

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden"
#: How many examples of each kind and status are shown, and how long their words may be.
EXAMPLES, LONGEST = 3, 240

STATUSES = ("addressed", "partial", "indeterminate", "mapped", "none", "notApplicable")
KINDS = ("Provision", "Omission", "Invocation", "ContextNote", "Doubt", "UnreadStatement")
REASONS = (
    "partlyProvided",
    "onlyInvoked",
    "plainlyDenied",
    "declaredPartial",
    "reviewedPartial",
    "omissionBesideTopics",
    "topicsDiffer",
)
LOCI = ("planMeasure", "conceptualFramework", "normativeFramework", "invokedInstrument")
#: What the languages with unseen sentences are called.
LANGUAGES = {"es": "Spanish", "en": "English", "pt": "Portuguese"}
#: What the golden reading calls the loci, where it differs from the ontology.
LOCUS_NAMES = {"measure": "planMeasure"}

Rows = list[tuple[str, ...]]


def select(store: EmbeddedStore, query: str) -> Rows:
    """Return the rows of a query as texts, an unbound variable as an empty one."""
    prefixes = f"PREFIX gg: <{GG}>\nPREFIX rdfs: <{RDFS}>\nPREFIX skos: <{SKOS}>\n"
    return [
        tuple(term.value.removeprefix(str(GG)) if term else "" for term in row)
        for row in store.select(prefixes + query).rows
    ]


def share(part: int, whole: int) -> str:
    """Return a count with its denominator and its share in per cent."""
    return f"{part} of {whole} ({100 * part / whole:.1f} %)"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def counted(head: str, names: Iterable[str], order: Iterable[str]) -> str:
    """Return a table of how often each name comes, with the whole as the denominator."""
    counts = Counter(names)
    whole = sum(counts.values())
    return table((head, "count"), [(f"`{each}`", share(counts[each], whole)) for each in order])


def quote(text: str) -> str:
    """Return words in Spanish quotation marks, cut between two words where they are long."""
    flat = " ".join(text.split())
    if len(flat) > LONGEST:
        flat = flat[:LONGEST].rsplit(" ", 1)[0] + " […]"
    return f"«{flat}»"


def golden(name: str) -> list[dict[str, str]]:
    """Read a table of the two blind readings and the settled one."""
    with (GOLDEN / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def loci(cell: str) -> frozenset[str]:
    """Return the loci of a cell of the golden reading, as the ontology names them."""
    return frozenset(LOCUS_NAMES.get(each, each) for each in cell.split(",")) - {"-"}


def agreement(
    rows: Sequence[Mapping[str, str]],
    columns: Mapping[str, str],
    found: Mapping[str, Sequence[str]],
) -> str:
    """Return a table of how the readers agree with one another, and the rules with the outcome.

    :param columns: what is compared, by column of the golden table
    :param found: for each of these columns, what the graph has, row by row
    """
    return table(
        ("", "readers with one another", "rules and reviews with the settled reading"),
        [
            (
                what,
                share(sum(row[f"{column}_a"] == row[f"{column}_b"] for row in rows), len(rows)),
                share(
                    sum(
                        row[column] == value for row, value in zip(rows, found[column], strict=True)
                    ),
                    len(rows),
                ),
            )
            for column, what in columns.items()
        ],
    )


def wrapped(part: str) -> str:
    """Return a paragraph or a list with lines of 100 characters; tables stay as they are."""
    if part.startswith(("|", "#", "<!--")):
        return part
    return "\n".join(
        textwrap.fill(
            line,
            100,
            subsequent_indent="  " if line.startswith("- ") else "",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in part.splitlines()
    )


def examples(rows: Rows) -> str:
    """Return the first rows as a list; each is directive, topic label and words."""
    seen: dict[str, str] = {}
    for directive, topic, words in rows:
        label = f", “{topic}”" if topic else ""
        seen.setdefault(words, f"- Directive {directive}{label}: {quote(words)}")
    return "\n".join(list(seen.values())[:EXAMPLES])


def coverage(store: EmbeddedStore) -> str:
    """Return ``coverage.md``."""
    topics = select(
        store,
        """
        SELECT ?topic ?status ?cell WHERE {
          ?topic a gg:Topic ; gg:coverageStatus ?status .
          ?assessment gg:assesses ?topic ; gg:basis gg:cell ; gg:coverageStatus ?cell .
        }""",
    )
    directives = select(
        store,
        """
        SELECT ?directive ?status WHERE {
          ?assessment a gg:DirectiveAssessment ;
            gg:assesses ?directive ; gg:coverageStatus ?status .
        }""",
    )
    reasons = select(
        store,
        """
        SELECT ?kind ?reason WHERE {
          ?assessment gg:partialReason ?reason ; gg:assesses ?assessed .
          ?assessed a ?kind . FILTER(?kind IN (gg:Topic, gg:Directive))
        }""",
    )
    assessed = [status for _, status in directives if status != "notAssessed"]
    statements = select(
        store,
        """
        SELECT ?statement ?kind WHERE {
          ?observation gg:hasStatement ?statement . ?statement a ?kind .
          FILTER(?kind != gg:Statement)
        }""",
    )
    observations = select(store, "SELECT ?o WHERE { ?o a gg:Observation }")
    measures = select(store, "SELECT ?m WHERE { ?m a gg:Measure }")
    mitigated = select(store, "SELECT DISTINCT ?omission WHERE { ?s gg:mitigates ?omission }")
    located = select(
        store,
        """
        SELECT ?topic ?locus WHERE {
          ?assessment gg:assesses ?topic ; gg:basis gg:rule ; gg:locus ?locus .
        }""",
    )
    links = select(
        store,
        """
        SELECT ?link ?basis ?rule WHERE {
          ?link a gg:TopicLink ; gg:basis ?basis . OPTIONAL { ?link gg:ruleId ?rule }
        }""",
    )
    unlinked = select(
        store,
        """
        SELECT ?statement WHERE {
          ?observation gg:hasStatement ?statement . ?statement gg:reason ?why .
          FILTER NOT EXISTS { ?statement gg:concernsTopic ?topic } FILTER(LANG(?why) = "en")
        }""",
    )
    reviews = select(store, "SELECT ?a WHERE { ?a a gg:CoverageAssessment ; gg:basis gg:review }")
    omissions = sum(kind == "Omission" for _, kind in statements)
    by_cell = Counter((cell, status) for _, status, cell in topics)
    parts = [
        "<!-- Made from the graph by `make docs`. To change it, change docs/generate.py. -->",
        "# Coverage, and the words it rests on",
        "What the graph says of the annex's coverage, counted. Every number here comes from the "
        "graph, and a test makes this page again and compares. The rows behind them are answers of "
        "the stored queries `mapped-but-gap`, `coverage-by-section`, `coverage-by-directive`, "
        "`gaps-mitigated-by-protocol`, `directives-not-assessed` and `evidence-for-topic`.",
        "## What was read, and what was not",
        "- Only the document was read: the annex's cells and observations. Nothing here says what "
        "is done in practice, or whether the law is kept.\n"
        "- The statuses are our reading. The annex grades nothing, so there is no “full”: "
        "`addressed` means that the cell names a part of the plan, that a sentence which was read "
        "says that the plan provides for the topic or invokes an instrument on it, and that none "
        "says otherwise. An element of which no sentence says more is `mapped`, and is never "
        "counted as covered.\n"
        "- A cell that says “No hay” is `none`. A directive without topics was not assessed: it is "
        "no gap, and it is left out of shares.\n"
        "- An instrument that the plan invokes does not make up for an omission. It is recorded "
        "(`gg:mitigates`), and the status stays.",
        "## Topics",
        f"{len(topics)} topics, each with one status.",
        counted("status", (status for _, status, _ in topics), STATUSES),
        "“Mapped” is not “covered”: what the cell alone would give, and what it is once the "
        "observation is read.",
        table(
            ("by the cell", *(f"`{each}`" for each in STATUSES), "all"),
            [
                (
                    f"`{cell}`",
                    *(by_cell[cell, status] for status in STATUSES),
                    sum(by_cell[cell, status] for status in STATUSES),
                )
                for cell in ("mapped", "none")
            ],
        ),
        "Why a status is `partial`: a topic has one reason, a directive may have several.",
        table(
            ("reason", "topics", "directives"),
            [
                (f"`{each}`", *(reasons.count((kind, each)) for kind in ("Topic", "Directive")))
                for each in REASONS
            ],
        ),
        "Where the plan speaks of a topic (one topic may have several loci, or none):",
        table(
            ("locus", "topics"),
            [
                (f"`{each}`", share(sum(locus == each for _, locus in located), len(topics)))
                for each in LOCI
            ]
            + [("none", share(len(topics) - len({topic for topic, _ in located}), len(topics)))],
        ),
        *_status_examples(store),
        "## Directives",
        f"{len(directives)} directives, of which {len(directives) - len(assessed)} have no topics "
        f"and were not assessed. The other {len(assessed)} have the status that their topics "
        "share, else `partial`; an omission that bears on none of its topics makes a directive "
        "`partial` too. The status belongs to the analysis (`gg:DirectiveAssessment`), not to the "
        "directive.",
        counted("status", assessed, STATUSES),
        "## Statements",
        f"{len(observations)} observations were cut into {len(statements)} statements, which put "
        f"together give back the text; they list {len(measures)} measures under a letter. "
        f"{share(len(mitigated), omissions)} omissions are mitigated by a later statement.",
        counted("kind", (kind for _, kind in statements), KINDS),
        *_kind_examples(store),
        "## How far the readings agree",
        "Two people read all observations, each alone, before any rule was written. Where they "
        "differed, the row was read again and settled with a reason: see `tests/golden`.",
        "The rules were written with these sentences in view: how well they agree with them is a "
        "figure of training, and tells nothing of other tables.",
        _statement_agreement(store, statements),
        _topic_agreement(topics, located),
        "## Sentences of other tables",
        *_unseen(),
        "## What rules decide, and what was decided by hand",
        f"{share(sum(basis == 'rule' for _, basis, _ in links), len(links))} links from a "
        "statement to a topic were made by a rule, "
        f"{share(sum(basis == 'review' for _, basis, _ in links), len(links))} by a review; "
        f"a review also left {len(unlinked)} of {len(statements)} statements without a topic. "
        "The reviewed rows, each with its reason, are in `data/reading/topic-corrections.tsv`.",
        table(
            ("rule", "links"),
            [
                (f"`{rule}`", share(count, len(links)))
                for rule, count in sorted(Counter(rule for *_, rule in links if rule).items())
            ],
        ),
        f"Statuses: the rules in `ontology/rules/` decide all {len(topics)}; "
        f"{share(len(reviews), len(topics))} were changed by a review "
        "(`data/reading/coverage-reviews.tsv`).",
    ]
    return "\n\n".join(map(wrapped, parts)) + "\n"


def _examples(name: str, rows: Rows) -> Iterable[str]:
    """Yield a heading and a list, where there is an example."""
    if rows:
        yield f"### `{name}`: examples"
        yield examples(rows)


def _status_examples(store: EmbeddedStore) -> Iterable[str]:
    for status in STATUSES:
        yield from _examples(
            status,
            select(
                store,
                f"""
                PREFIX oa: <http://www.w3.org/ns/oa#>
                SELECT ?number ?label ?words WHERE {{
                  ?topic gg:coverageStatus gg:{status} ; skos:prefLabel ?label .
                  ?directive gg:hasTopic ?topic ; gg:number ?number .
                  ?assessment gg:assesses ?topic ; gg:basis gg:rule ; gg:evidence ?passage .
                  ?passage oa:hasSource ?source ; oa:hasSelector/oa:exact ?words .
                  ?source a gg:Observation .
                  OPTIONAL {{ ?topic gg:position ?position }}
                }} ORDER BY ?number ?position ?words""",
            ),
        )


def _kind_examples(store: EmbeddedStore) -> Iterable[str]:
    for kind in KINDS:
        yield from _examples(
            kind,
            select(
                store,
                f"""
                SELECT ?number ?none ?words WHERE {{
                  ?statement a gg:{kind} ; gg:text ?words ; gg:position ?position .
                  ?observation gg:hasStatement ?statement ; gg:position ?place .
                  ?directive gg:hasObservation ?observation ; gg:number ?number .
                }} ORDER BY ?number ?place ?position""",
            ),
        )


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the values of each key as the golden tables write them: in order, with commas."""
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        found.setdefault(last_segment(key), []).append(last_segment(value))
    return {
        key: ",".join(sorted(values, key=lambda each: [int(n) for n in each.split(".")]))
        for key, values in found.items()
    }


def _statement_agreement(store: EmbeddedStore, statements: Rows) -> str:
    rows = golden("statements.tsv")
    keys = [f"{row['observation']}.{row['position']}" for row in rows]
    pairs = {
        "topics": select(store, "SELECT ?s ?t WHERE { ?s gg:concernsTopic ?t }"),
        "mitigates": select(store, "SELECT ?s ?o WHERE { ?s gg:mitigates ?o }"),
    }
    kinds = {last_segment(statement): kind for statement, kind in statements}
    joined = {name: _joined((row[0], row[1]) for row in found) for name, found in pairs.items()}
    return agreement(
        rows,
        {
            "kind": "kind of a statement",
            "topics": "topics that it concerns",
            "mitigates": "omissions that it mitigates",
        },
        {
            "kind": [kinds.get(key, "") for key in keys],
            **{name: [found.get(key, "-") for key in keys] for name, found in joined.items()},
        },
    )


def _unseen() -> Iterable[str]:
    """Compare the rules' kinds of sentences with those that readers gave them."""
    yield (
        "Sentences on other plans and other matters, with kinds given by their authors. “Unread” "
        "is what the rules leave open; it counts for nothing and against nobody. “Wrong” is what "
        "they would say falsely of another table."
    )
    if UNSEEN:
        yield (
            "**Unseen**: `tests/golden/unseen-*.tsv` were written by others, and nobody who "
            "writes rules looked at the sentences. Their authors are language models that were "
            "told the kinds in the same words; the rules are judged by the author's kinds. "
            "The tables are of the rules as they are."
        )
        yield from (_sentences(language, UNSEEN[language]) for language in UNSEEN)
        yield _together()
    else:
        yield (
            "**Unseen**: none at the moment. Those by which the rules were judged last are "
            "training now, and others are to be written."
        )
    yield (
        "**What the rules made of unseen sentences each time that they were asked** "
        "(`tests/golden/unseen-figures.tsv`). Strictly unseen are the figures of rules whose "
        "authors had seen nothing of a set, not even figures; where rules were changed after "
        "that, the figures from then on are of sentences that are unseen, by rules that are "
        "not quite blind. A set that is “training since” is history: the rules have been mended "
        "by it after these figures."
    )
    yield _asked()
    yield (
        "**Training**: `tests/golden/training-*.tsv` were once unseen; then the rules were mended "
        "by them, so that figures of these tell only that nothing was lost since."
    )
    yield from (_sentences(language, TRAINING[language]) for language in TRAINING)


def _asked() -> str:
    """Return what the rules made of the unseen sets each time, those of one set together."""
    noted = figures()
    names = dict.fromkeys((each.language, each.name) for each in noted)
    return table(
        (
            *(
                "set",
                "of",
                "day",
                "rules",
                "strictly unseen",
                *OUTCOMES,
                "called omissions, rightly",
            ),
            *("omissions found", "omissions read as provided", "provided called omissions"),
        ),
        [
            (
                each.name + ("" if _is_present(each) else " (training since)"),
                LANGUAGES[each.language],
                each.date,
                each.rules,
                "yes" if each.strict else "no",
                *(each.right, each.unread, each.wrong),
                f"{each.omissions.right} of {each.omissions.called}",
                f"{each.omissions.right} of {each.omissions.there}",
                f"{each.omissions.hidden} of {each.omissions.there}",
                f"{each.omissions.denied} of {each.omissions.provided}",
            )
            for language, name in names
            for each in noted
            if (each.language, each.name) == (language, name)
        ],
    )


def _is_present(noted: Figures) -> bool:
    """Tell whether figures are of a set that is still unseen."""
    if noted.name == EARLIER_NAME:
        return True
    return noted.language in UNSEEN and noted.name == present(noted.language)


def _together() -> str:
    """Return what matters most of the present sets of all languages together."""
    last = {
        each.language: each.omissions for each in figures() if each.name == present(each.language)
    }
    called, right, there, hidden, provided, denied = (
        sum(getattr(each, name) for each in last.values())
        for name in ("called", "right", "there", "hidden", "provided", "denied")
    )
    return (
        f"All languages together: of the sentences that the rules call omissions "
        f"{share(right, called)} are; they find {share(right, there)}, read "
        f"{share(hidden, there)} as provided, and call omissions {share(denied, provided)} of what "
        "is provided."
    )


def _sentences(language: str, file: Path) -> str:
    """Return the tables of one set of one language."""
    judged = judge(language, file)
    by_kind = [
        *((f"`{kind}`", [each for each in judged if each.kind == kind]) for kind in KINDS[:-1]),
        ("two kinds", [each for each in judged if "+" in each.kind]),
        ("all", judged),
    ]
    counted = table(
        ("kind", "sentences", *OUTCOMES),
        [
            (
                label,
                len(of_kind),
                *(
                    share(sum(each.outcome == outcome for each in of_kind), len(of_kind))
                    for outcome in OUTCOMES
                ),
            )
            for label, of_kind in by_kind
        ],
    )
    said = _of_omissions(judged) + _agreed(language, judged)
    return f"### {LANGUAGES[language]}: {file.name}\n\n{counted}\n\n{said}"


def _agreed(language: str, judged: list[Judged]) -> str:
    """Say how a set was judged a second time, and how far two readers agree if there were two."""
    same, pairs, measure = readers_agree(judged)
    if measure is None:
        return ""
    two, how = second_readers()[present(language), language]
    far = f" (Cohen's kappa {measure:.2f})" if two else ""
    return f" {how} {share(same, pairs)} sentences have the same kinds in both{far}."


def _of_omissions(judged: list[Judged]) -> str:
    """Say what matters most of a set."""
    said = omissions(judged)
    return (
        f"Of {said.called} sentences that the rules call omissions, {said.right} are; of "
        f"{said.there} omissions they find {said.right}, and read {said.hidden} as provided; of "
        f"{said.provided} that only tell what is provided they call {said.denied} omissions."
    )


def _topic_agreement(topics: Rows, located: Rows) -> str:
    rows = golden("coverage.tsv")
    places: dict[str, set[str]] = {}
    for topic, locus in located:
        places.setdefault(last_segment(topic), set()).add(locus)
    statuses = {last_segment(topic): status for topic, status, _ in topics}
    return agreement(
        rows,
        {"status": "status of a topic", "locus": "loci of a topic"},
        {
            "status": [statuses.get(row["topic"], "") for row in rows],
            "locus": [
                row["locus"] if places.get(row["topic"], set()) == loci(row["locus"]) else ""
                for row in rows
            ],
        },
    )


#: The documents made here, by file name.
PAGES: dict[str, Callable[[EmbeddedStore], str]] = {
    "commands.md": lambda _: commands(),
    "coverage.md": coverage,
    "glossary.md": glossary,
    "links.md": links,
    "python.md": lambda _: python(),
    "questions.md": lambda _: questions(),
}


def pages(dataset: DatasetFile) -> dict[str, str]:
    """Return each document's text, made from a dataset."""
    store = EmbeddedStore(dataset)
    return {name: page(store) for name, page in PAGES.items()}


def main() -> None:
    """Build the dataset in a folder of its own, and write the documents."""
    argparse.ArgumentParser(description="Write the documents made from the graph.").parse_args()
    with tempfile.TemporaryDirectory() as folder:
        dataset = build(Home(ROOT, checkout=True), Settings(), output=Path(folder))
        for name, text in pages(dataset).items():
            changed = write_atomic(ROOT / "docs" / name, text)
            sys.stderr.write(f"docs/{name}: {'written' if changed else 'as it was'}\n")


if __name__ == "__main__":
    main()
