"""Where observations are cut, what each statement does, and its lettered items."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gapgraph.errors import InputError
from gapgraph.reading.leaning import Leaning
from gapgraph.reading.measures import MeasureRules
from gapgraph.reading.patterns import read_patterns
from gapgraph.reading.statements import KINDS, read_statement_rules
from gapgraph.statuses import UNREAD
from golden_readings import DATA, pack_of, rows_of, statements
from oracle import SOURCE, read

#: All of them are quick.
pytestmark = pytest.mark.every

READING = DATA / "reading" / "es"
PATTERNS = read_patterns(pack_of("es"))
RULES = read_statement_rules(pack_of("es"), PATTERNS)
MEASURES = MeasureRules.of(PATTERNS)
LANGUAGES = ("en", "es", "pt")
RULES_OF = {
    language: read_statement_rules(pack_of(language), read_patterns(pack_of(language)))
    for language in LANGUAGES
}
#: The rules alone: a word of an example may lean the other way, and the second reader object.
ALONE = {language: replace(rules, leaning=Leaning({})) for language, rules in RULES_OF.items()}
#: The least that each table holds in each language.
LEAST = {"splits": 4, "kinds": 15, "verbs": 45, "doubtful": 8}


def _rows(table):
    """Return the rows of a table, with their language, as cases of a test."""
    return [
        pytest.param(language, row, id=f"{language}-{next(iter(row.values()))}")
        for language in LANGUAGES
        for row in rows_of(DATA / "reading" / language / f"{table}.tsv")
    ]


TEXTS = {
    f"{directive.number}.{position}": text
    for directive in read(SOURCE)
    for position, text in enumerate(directive.observations, start=1)
}


def _parts(text, rules=RULES):
    return [text[span.start : span.end] for span in rules.split(text)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_has_its_cases(language):
    for table, least in LEAST.items():
        rows = rows_of(DATA / "reading" / language / f"{table}.tsv")
        assert len(rows) >= least
        assert len({next(iter(row.values())) for row in rows}) == len(rows)
        for row in rows:
            assert row["example"], row
            assert row["counterexample"], row


@pytest.mark.parametrize(("language", "row"), _rows("splits"))
def test_each_cut_has_an_example_and_a_counterexample(language, row):
    """A bar in the table shows where the text is cut."""
    rules = RULES_OF[language]
    for text, cuts in ((row["example"], True), (row["counterexample"], False)):
        assert ("|" in text) == cuts
        assert _parts(text.replace("|", ""), rules) == [part.strip() for part in text.split("|")]
    plain = row["example"].replace("|", "")
    others = tuple(rule for rule in rules.splits if rule.id != row["id"])
    without = replace(rules, splits=others)
    assert len(without.split(plain)) < len(rules.split(plain)), "the rule is not needed"


@pytest.mark.parametrize(("language", "row"), _rows("kinds"))
def test_each_trigger_has_an_example_and_a_counterexample(language, row):
    rules = ALONE[language]
    assert rules.kind_of(row["example"]) == (row["kind"], row["id"])
    assert rules.kind_of(row["counterexample"])[1] != row["id"]


@pytest.mark.parametrize(("language", "row"), _rows("doubtful"))
def test_what_makes_a_kind_doubtful_has_an_example_and_a_counterexample(language, row):
    """A trigger gives the example a kind, and this row alone leaves it unread."""
    rules = ALONE[language]
    kinds = set(row["kinds"].split(","))
    found = rules.rule_of(row["example"])
    assert found is not None
    assert found.kind in kinds
    assert rules.kind_of(row["example"]) == (UNREAD, "")
    assert [
        each.id
        for each in rules.doubtful
        if found.kind in each.kinds and each.pattern.search(row["example"])
    ] == [row["id"]]
    assert rules.kind_of(row["counterexample"])[0] in kinds


@pytest.mark.parametrize(("language", "row"), _rows("verbs"))
def test_each_verb_has_an_example_and_a_counterexample(language, row):
    """Each form in the example is a verb of its group.

    The counterexample has a noun instead, or another subject than the plan.
    """
    rules = ALONE[language]
    forms = re.compile(rf"\b(?:{row['forms']})\b", re.IGNORECASE)
    assert forms.search(row["example"])
    assert rules.kind_of(row["example"])[0] != UNREAD
    assert rules.kind_of(row["counterexample"])[0] in {UNREAD, "ContextNote"}


#: Sentences of no table: what each is, or nothing where it is to be left unread.
SENTENCES = {
    "en": [
        ("The Plan envisages measures for victims who do not speak the language.", "Provision"),
        ("Police officers do not always recognise victims.", "ContextNote"),
        ("The country has no shelter outside the capital.", "ContextNote"),
        ("The Policy guarantees that survivors are not detained.", "Provision"),
        ("The Plan is limited to a list of institutions.", "Omission"),
        ("Survivors are not involved in the design of policies.", UNREAD),
        ("Compensation is not among the priorities of the Plan.", "Omission"),
        ("The Plan partially addresses data collection.", UNREAD),
        ("Partially covered.", UNREAD),
        ("No.", "Omission"),
        ("The NAP 2021-2025 does not set out how victims will be informed.", "Omission"),
        ("The establishment of an office is foreseen but has no date.", UNREAD),
    ],
    "pt": [
        ("O Plano prevê medidas para vítimas que não falam a língua.", "Provision"),
        ("Os policiais nem sempre reconhecem as vítimas.", "ContextNote"),
        ("O país não conta com abrigos fora da capital.", "ContextNote"),
        ("A Política garante que as sobreviventes não sejam detidas.", "Provision"),
        ("O Plano se limita a listar instituições.", "Omission"),
        ("As sobreviventes não participam da elaboração das políticas.", UNREAD),
        ("A meta 4 não fixa prazo.", "Omission"),
        ("O Plano aborda parcialmente a coleta de dados.", UNREAD),
        ("Parcialmente contemplado.", UNREAD),
        ("Não.", "Omission"),
        ("O PNETP 2021-2025 não diz como as vítimas serão informadas.", "Omission"),
        ("Prevê a construção de abrigos, mas sem prazo.", UNREAD),
    ],
}


@pytest.mark.parametrize(
    ("language", "sentence", "kind"),
    [(language, *each) for language, listed in SENTENCES.items() for each in listed],
)
def test_rules_that_ask_for_the_subject_are_right_or_silent(language, sentence, kind):
    assert RULES_OF[language].kind_of(sentence)[0] == kind


@pytest.mark.parametrize("observation", TEXTS)
def test_the_annex_is_cut_and_named_as_the_readers_did(observation):
    settled = [row for row in statements() if row["observation"] == observation]
    # The oracle keeps no white space but single blanks; so do the readers' slices.
    assert _parts(TEXTS[observation]) == [row["text"] for row in settled]
    got = [RULES.kind_of(row["text"])[0] for row in settled]
    assert got == [row["kind"] for row in settled]


def test_errors_of_kind_against_each_reader(capsys):
    got = [RULES.kind_of(row["text"])[0] for row in statements()]
    with capsys.disabled():
        for reader in ("kind_a", "kind_b", "kind"):
            wrong = sum(kind != row[reader] for kind, row in zip(got, statements(), strict=True))
            print(f"\nrules against {reader}: {wrong} of {len(got)} statements differ", end="")
        print()
    assert {kind: got.count(kind) for kind in KINDS} == {
        "Provision": 70,
        "Omission": 64,
        "Invocation": 11,
        "ContextNote": 5,
        "Doubt": 1,
    }


#: Bits that the rules look for, between arbitrary text.
BITS = st.sampled_from(
    [
        ", pero no menciona ",
        "; tampoco dispone ",
        " y tampoco considera ",
        " y, por lo tanto, no especifica ",
        ", but it does not mention ",
        "; the Plan creates ",
        "Although the Plan ",
        "; o Plano prevê ",
        ", mas não menciona ",
        ". El PNAT dispone ",
        " Sin embargo, ",
        "(a) ",
        "(b) ",
        ".  ",
        "\n",
        "«",
        "…",
        "🜂́",
        "art. ",
    ]
)


@given(
    st.sampled_from(LANGUAGES),
    st.one_of(st.text(), st.lists(st.one_of(BITS, st.text(max_size=8))).map("".join)),
)
def test_statements_rebuild_any_text(language, text):
    rules = RULES_OF[language]
    spans = rules.split(text)
    place = 0
    for span in spans:
        assert text[place : span.start].strip() == ""
        assert span.start < span.end
        words = text[span.start : span.end]
        assert words == words.strip()
        assert rules.kind_of(words)[0] in {*KINDS, UNREAD}
        for item in MEASURES.items(words):
            assert 0 <= item.span.start <= item.span.end <= len(words)
        place = span.end
    assert text[place:].strip() == ""
    gaps = [span.end for span in spans[:-1]]
    assert gaps == sorted(gaps)


@given(st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=8))
def test_items_are_letters_in_turn(letters):
    text = "El plan dispone " + " ".join(f"({letter}) medida {letter}," for letter in letters)
    expected = ""
    for letter in letters:
        if letter == chr(ord("a") + len(expected)):
            expected += letter
    if len(expected) < 2:
        expected = ""
    assert "".join(item.letter for item in MEASURES.items(text)) == expected


def _items(statement):
    return [
        (item.letter, statement[item.span.start : item.span.end])
        for item in MEASURES.items(statement)
    ]


def test_every_marked_item_of_the_annex_is_found():
    """The annex's letters count from (a) without a gap, but for the stray one."""
    stray = []
    for row in statements():
        letters = re.findall(r"\((\w)\)", row["text"])
        items = _items(row["text"])
        if letters and letters[0] != "a":
            stray.append((row["observation"], letters.pop(0)))
        assert [letter for letter, _ in items] == letters, row
        for letter, words in items:
            assert f"({letter}) {words}" in row["text"]
            assert not re.search(r"(?:^\s|[\s,;.]$|\s(?:y|e|así como)$)", words), words
    assert stray == [("9.1", "d")]


@pytest.mark.parametrize(
    ("statement", "items"),
    [
        (
            "El PNAT dispone integrar a las víctimas mediante la educación (a) básica, (b) "
            "alternativa, (c) politécnica y (d) superior, así como (e) la capacitación.",
            ["básica", "alternativa", "politécnica", "superior", "la capacitación"],
        ),
        (
            "El PNAT dispone capacitar al personal de (a) asistencia, y (b) reintegración de las "
            "víctimas, incluyendo al personal de (c) Migraciones, e (d) la Policía",
            ["asistencia", "reintegración de las víctimas", "Migraciones", "la Policía"],
        ),
        (
            "El PNAT dispone (a) integrar a los vulnerables, incluyendo los niños, a la educación, "
            "el trabajo y la salud, (b) informarlos y (c) brindarles canales.",
            [
                "integrar a los vulnerables, incluyendo los niños, a la educación, el trabajo y la "
                "salud",
                "informarlos",
                "brindarles canales",
            ],
        ),
        ("(d) El PNAT dispone fomentar la articulación.", []),
        ("El PNAT dispone cumplir el inciso (a) del artículo.", []),
    ],
)
def test_an_item_is_its_words_alone(statement, items):
    assert [words for _, words in _items(statement)] == items


@pytest.mark.parametrize(
    ("table", "old", "new", "message"),
    [
        ("kinds.tsv", "\tOmission\t", "\tGap\t", "is no kind"),
        ("doubtful.tsv", "\tOmission\t", "\tGap\t", "are no kinds"),
        ("kinds.tsv", "\t1\t", "\t7\t", "is no tier"),
        ("kinds.tsv", "{negated}\t", "{unheard}\t", "no piece is called {unheard}"),
        ("splits.tsv", "?P<cut>", "?P<here>", "no group named cut"),
        ("splits.tsv", "(?P<cut>)", "(?P<cut", "is no pattern"),
        ("terms.tsv", "subordinate\t", "other\t", "names no subordinate"),
    ],
)
def test_a_broken_table_says_where(tmp_path, table, old, new, message):
    folder = tmp_path / "reading" / "es"
    folder.mkdir(parents=True)
    for file in READING.glob("*.tsv"):
        text = file.read_text(encoding="utf-8")
        if file.name == table:
            assert old in text
            text = text.replace(old, new, 1)
        (folder / file.name).write_text(text, encoding="utf-8")
    pack = pack_of("es", tmp_path)
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        read_statement_rules(pack, read_patterns(pack))
    assert table in str(caught.value)
