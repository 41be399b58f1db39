"""Which topics a statement speaks of: words, synonyms, order, and the reviewed table."""

import re
import shutil
from dataclasses import replace

import pytest

from gapgraph.errors import InputError
from gapgraph.namespaces import GG, last_segment
from gapgraph.reading.corrections import read_corrections
from gapgraph.reading.graph import reading_graph
from gapgraph.reading.patterns import read_patterns
from gapgraph.reading.rows import read_rules
from gapgraph.reading.words import read_lexicon
from golden_readings import (
    DATA,
    annex,
    listed,
    pack_of,
    paragraph_row,
    paragraph_text,
    paraphrases,
    rows_of,
    statements,
)

#: All of them are quick.
pytestmark = pytest.mark.every

READING = DATA / "reading"
RULES = read_rules(DATA, pack_of("es"))
LEXICONS = {
    language: read_lexicon(pack_of(language), read_patterns(pack_of(language)))
    for language in ("en", "es", "pt")
}
LEXICON = LEXICONS["es"]
SYNONYMS = rows_of(READING / "es" / "synonyms.tsv")
SUFFIXES = rows_of(READING / "es" / "suffixes.tsv")
CORRECTIONS = rows_of(READING / "topic-corrections.tsv")
PARAPHRASES = paraphrases()
SETTLED = {f"{row['observation']}.{row['position']}": row for row in statements()}


def _without_corrections(tmp_path):
    """Return a data folder whose table of corrections is empty."""
    folder = shutil.copytree(READING, tmp_path / "reading")
    table = folder / "topic-corrections.tsv"
    table.write_text(table.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    return tmp_path


def _topics(data):
    """Return the topics that the graph gives each statement."""
    graph, names = annex()
    reading = reading_graph(graph, names, data)
    topics = {}
    for statement in reading.objects(None, GG.hasStatement):
        topics[last_segment(statement)] = sorted(
            last_segment(topic) for topic in reading.objects(statement, GG.concernsTopic)
        )
    return topics


def test_rules_alone_settle_nearly_all_links(tmp_path, capsys):
    topics = _topics(_without_corrections(tmp_path))
    assert topics.keys() == SETTLED.keys()
    right = wrong = missing = 0
    errors = []
    for statement, row in SETTLED.items():
        got, settled = set(topics[statement]), set(listed(row["topics"]))
        right += len(got & settled)
        wrong += len(got - settled)
        missing += len(settled - got)
        if got != settled:
            errors.append(f"{statement}: rules {sorted(got)}, settled {sorted(settled)}")
    links = right + missing
    with capsys.disabled():
        print(f"\nrules alone: {right} of {links} settled links, {wrong} that are not settled")
        print("\n".join(errors))
    assert right / links >= 0.98  # the issue asks for 0.80
    assert wrong <= 2
    # The review has a row for what the rules get wrong and for what the readers disagreed on.
    disputed = {key for key, row in SETTLED.items() if row["topics_a"] != row["topics_b"]}
    assert {error.partition(":")[0] for error in errors} | disputed == {
        f"{row['observation']}.{row['position']}"
        for row in CORRECTIONS
        if row["topics"] != row["observation"].partition(".")[0]  # no rule ties to a directive
    }


def test_after_review_every_statement_concerns_what_was_settled():
    settled = {statement: listed(row["topics"]) for statement, row in SETTLED.items()}
    assert _topics(DATA) == settled


def test_every_table_has_its_cases():
    assert len(SYNONYMS) >= 35
    assert len(SUFFIXES) >= 30
    assert len(PARAPHRASES) >= 20
    assert len({row["id"] for row in SYNONYMS}) == len(SYNONYMS)
    assert len({row["suffix"] for row in SUFFIXES}) == len(SUFFIXES)


def _synonyms():
    """Return the rows of synonyms of every language, as cases of a test."""
    return [
        pytest.param(language, place, row, id=f"{language}-{row['id']}")
        for language in LEXICONS
        for place, row in enumerate(rows_of(READING / language / "synonyms.tsv"))
    ]


@pytest.mark.parametrize(("language", "place", "row"), _synonyms())
def test_each_synonym_has_an_example_and_a_counterexample(language, place, row):
    """A label is found by one row of synonyms only in what it is not found in without."""
    lexicon = LEXICONS[language]
    alone = replace(lexicon, synonyms=lexicon.synonyms[place : place + 1])
    bare = replace(lexicon, synonyms=())
    label = row["label_example"]
    with_it, without = (each.look(label, row["example"]) for each in (alone, bare))
    assert with_it.places > without.places or with_it.share > without.share
    with_it, without = (each.look(label, row["counterexample"]) for each in (alone, bare))
    assert with_it == without


@pytest.mark.parametrize("row", SUFFIXES, ids=lambda row: row["suffix"])
def test_each_ending_has_two_words_of_one_stem(row):
    assert LEXICON.stem(row["example"]) == LEXICON.stem(row["same"])
    assert len(LEXICON.stem(row["example"])) >= 4


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "Compensation", "compensated"),
        ("en", "repatriation", "repatriate"),
        ("pt", "indenização", "indenizações"),
        ("pt", "sinos", "sino"),
    ],
)
def test_a_language_without_endings_is_stemmed_by_an_algorithm(language, one, other):
    assert LEXICONS[language].stem(one) == LEXICONS[language].stem(other)
    assert LEXICONS[language].stem(one).isascii()


def test_an_unknown_stemmer_is_refused():
    pack = pack_of("en")
    patterns = read_patterns(pack)
    patterns.pieces["stemmer"] = "latin"
    with pytest.raises(InputError, match="names no stemmer") as caught:
        read_lexicon(pack, patterns)
    assert "terms.tsv" in str(caught.value)


def test_words_of_other_families_keep_apart():
    for one, other in (
        ("identidad", "identificación"),
        ("sanción", "sanidad"),
        ("año", "ano"),
        ("víctima", "victoria"),
        ("migración", "mitigación"),
    ):
        assert LEXICON.stem(one) != LEXICON.stem(other)


def _differences(number):
    said = PARAPHRASES[number]
    [got] = RULES.read([paragraph_row(said)])
    expected = [(row["text"], row["kind"], row["topics"], row["mitigates"]) for row in said]
    actual = [
        (
            each.text,
            each.kind,
            ",".join(str(link.topic) for link in each.links) or "-",
            ",".join(str(position) for _, position in each.mitigates) or "-",
        )
        for each in got
    ]
    return expected, actual


@pytest.mark.parametrize("number", PARAPHRASES)
def test_paraphrases_are_read_as_written_down(number):
    expected, actual = _differences(number)
    assert actual == expected


def test_paraphrases_are_no_sentence_of_the_annex():
    annexed = {row["text"] for row in statements()}
    made_up = {row["text"] for rows in PARAPHRASES.values() for row in rows}
    assert not annexed & made_up
    # The stored rows are whole paragraphs: put together and cut again they are the same.
    for rows in PARAPHRASES.values():
        text = paragraph_text(rows)
        spans = RULES.statements.split(text)
        assert [text[span.start : span.end] for span in spans] == [row["text"] for row in rows]


def test_mitigations_are_those_settled():
    graph, names = annex()
    reading = reading_graph(graph, names, DATA)
    got = {}
    for statement, omission in reading.subject_objects(GG.mitigates):
        got.setdefault(last_segment(statement), []).append(last_segment(omission))
    assert {statement: sorted(omissions) for statement, omissions in got.items()} == {
        statement: listed(row["mitigates"])
        for statement, row in SETTLED.items()
        if row["mitigates"] != "-"
    }


def test_no_rule_names_a_directive_or_an_analysis():
    for table in READING.glob("**/*.tsv"):
        if table.name != "topic-corrections.tsv":
            text = table.read_text(encoding="utf-8")
            assert not re.search(r"directriz|oas-pnat|\b\d+\.\d+\b", text, re.IGNORECASE), table


CORRECTION = "\t".join(
    ("oas-pnat", "11.5", "1", "El PNAT dispone aumentar", "11.3", "Por esto.", "For this.")
)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (CORRECTION.replace("El PNAT dispone aumentar", "El PNAT impulsa"), "now reads"),
        (CORRECTION.replace("11.5", "11.9"), "a statement that is not there"),
        (CORRECTION.replace("\t11.3\t", "\t11.7\t"), "a topic that the row has not"),
        (CORRECTION.replace("\t11.3\t", "\t12.1\t"), "names no topics of row 11"),
        (CORRECTION.replace("\t11.3\t", "\tall\t"), "names no topics of row 11"),
        (CORRECTION.replace("For this.", ""), "has no reason"),
        (f"{CORRECTION}\n{CORRECTION}", "has a row already"),
    ],
)
def test_a_correction_that_fits_nothing_is_refused(tmp_path, row, message):
    data = _without_corrections(tmp_path)
    table = data / "reading" / "topic-corrections.tsv"
    table.write_text(table.read_text(encoding="utf-8") + row + "\n", encoding="utf-8")
    graph, names = annex()
    with pytest.raises(InputError, match=message) as caught:
        reading_graph(graph, names, data)
    assert f"topic-corrections.tsv:{2 + row.count(chr(10))}:" in str(caught.value)


def test_corrections_are_of_one_analysis():
    assert read_corrections(DATA, "oas-pnat")
    assert read_corrections(DATA, "another") == {}
