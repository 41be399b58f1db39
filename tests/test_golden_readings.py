"""The two blind readings: they read the source as it is, and agree nearly everywhere."""

import pytest
import unseen

from golden_readings import coverage, listed, rows_of, statements
from oracle import SOURCE, read


def _share(pairs):
    same = sum(first == second for first, second in pairs)
    return same, len(pairs)


def test_the_readings_are_of_every_observation_and_every_topic():
    directives = read(SOURCE)
    texts = {
        f"{each.number}.{position}": text
        for each in directives
        for position, text in enumerate(each.observations, start=1)
    }
    read_texts = {}
    for row in statements():
        read_texts.setdefault(row["observation"], []).append(row)
    assert list(read_texts) == list(texts)
    for observation, rows in read_texts.items():
        assert [row["position"] for row in rows] == [str(n) for n in range(1, len(rows) + 1)]
        joined = "".join("".join(row["text"].split()) for row in rows)
        assert joined == "".join(texts[observation].split()), observation
    topics = [
        f"{each.number}.{position}"
        for each in directives
        for position in range(1, len(each.topics) + 1)
    ]
    assert [row["topic"] for row in coverage()] == topics


def test_topics_and_mitigations_are_of_the_same_row():
    for row in statements():
        directive = row["observation"].partition(".")[0]
        for column in ("topics", "topics_a", "topics_b", "mitigates"):
            assert all(each.split(".")[0] == directive for each in listed(row[column])), row
    omissions = {
        f"{row['observation']}.{row['position']}"
        for row in statements()
        if row["kind"] == "Omission"
    }
    mitigated = {each for row in statements() for each in listed(row["mitigates"])}
    assert mitigated
    assert mitigated <= omissions


def test_the_settled_value_is_that_of_the_readers_or_has_a_reason():
    for rows, columns in (
        (statements(), ("kind", "topics", "mitigates")),
        (coverage(), ("status", "locus")),
    ):
        for row in rows:
            agreed = all(row[f"{column}_a"] == row[f"{column}_b"] for column in columns)
            # The readers knew neither ``mapped`` nor that loci follow sentences.
            again = "again for version 0.2" in row["reason"]
            assert again or agreed == (row["reason"] == ""), row
            for column in columns:
                assert again or row[column] in {row[f"{column}_a"], row[f"{column}_b"]}, row
    assert [row["topic"] for row in coverage() if "again for version 0.2" in row["reason"]] == [
        "41.2", "44.2", "52.1", "60.1", "60.2", "61.1", "63.1"
    ]  # fmt: skip


def test_agreement_of_the_readers(capsys):
    agreement = {
        f"{what} of {of}": _share([(row[f"{what}_a"], row[f"{what}_b"]) for row in rows])
        for of, what, rows in (
            ("statements", "kind", statements()),
            ("statements", "topics", statements()),
            ("statements", "mitigates", statements()),
            ("topics", "status", coverage()),
            ("topics", "locus", coverage()),
        )
    }
    with capsys.disabled():
        for name, (same, total) in agreement.items():
            print(f"\nreaders agree on the {name}: {same} of {total} ({same / total:.1%})", end="")
        print()
    assert agreement == {
        "kind of statements": (151, 151),
        "topics of statements": (150, 151),
        "mitigates of statements": (151, 151),
        "status of topics": (110, 111),
        "locus of topics": (109, 111),
    }


def test_the_figures_of_a_set_are_noted_from_the_first_time_on():
    """When nobody had seen a figure; of each time all sentences are counted."""
    noted = {}
    for each in unseen.figures():
        noted.setdefault((each.name, each.language), []).append(each)
    assert noted
    assert noted.keys() == unseen.second_readers().keys()
    for each in noted.values():
        assert [one.strict for one in each] == [True, *[False] * (len(each) - 1)]
        assert len({one.right + one.unread + one.wrong for one in each}) == 1
        assert len({(one.omissions.there, one.omissions.provided) for one in each}) == 1
        for one in each:
            assert one.omissions.right <= one.omissions.called
            assert one.omissions.right + one.omissions.hidden <= one.omissions.there


@pytest.mark.parametrize("language", unseen.UNSEEN)
def test_the_figures_of_an_unseen_set_are_of_all_its_sentences(language):
    rows = rows_of(unseen.UNSEEN[language])
    omitted = sum("Omission" in row["kind"] for row in rows)
    name = unseen.present(language)
    noted = [each for each in unseen.figures() if (each.name, each.language) == (name, language)]
    for each in noted:
        assert each.right + each.unread + each.wrong == len(rows)
        assert each.omissions.there == omitted
    assert all(row["kind2"] for row in rows)


def test_no_unseen_sentence_is_a_training_sentence():
    """But for verdicts of a word or two, which all people write alike."""
    training = {row["text"] for file in unseen.TRAINING.values() for row in rows_of(file)}
    files = [*unseen.UNSEEN.values(), *unseen.EARLIER.values()]
    sentences = {row["text"] for file in files for row in rows_of(file)}
    assert {text for text in training & sentences if len(text.split()) > 2} == set()
