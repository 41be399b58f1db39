"""Patterns of the tables: what a text must have for them, and when they are compiled."""

from pathlib import Path

import pytest

from gapgraph.errors import InputError
from gapgraph.reading.needles import needles, plain
from gapgraph.reading.packs import find_pack
from gapgraph.reading.patterns import Pattern, read_patterns
from gapgraph.reading.statements import read_statement_rules
from gapgraph.tables import Row
from golden_readings import DATA, pack_of, rows_of

pytestmark = pytest.mark.every

LANGUAGES = ("en", "es", "pt")
KINDS = "id\ttier\tpattern\tnot_after\tkind\texample\tcounterexample\n"
PIECES = {"verb": frozenset({"seek", "find"}), "any": None}


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("said", {"said"}),
        (r"\bno\s+(?:rule|law)s?\b", {"rule", "law"}),
        ("colou?r", {"colo"}),
        ("ab+c", {"ab"}),
        ("x{0,2}yz", {"yz"}),
        ("x{2}", {"x"}),
        ("(?:deep|deeper)+ sea", {"deep", "deeper"}),
        ("one|(?:two|three)", {"one", "two", "three"}),
        ("(?=.*late)on", {"late"}),
        ("(?-i:Act|Code)", {"act", "code"}),
        ("(?P<cut>but)", {"but"}),
        (r"[^\]x]{3}end", {"end"}),
        (r"\x27tis", {"tis"}),
        ("{verb}(?:ing)?", {"seek", "find"}),
        ("{verb}?it", {"it"}),
        ("{any}", None),
        ("(?:early)?", None),
        ("(?:early|)", None),
        ("(?!early)", None),
        ("(?<=early)", None),
        (r"^\w+.*$", None),
    ],
)
def test_of_a_pattern_it_is_known_what_it_needs(pattern, wanted):
    assert needles(pattern, PIECES) == (frozenset(wanted) if wanted else None)


@pytest.mark.parametrize("pattern", ["(?:open", "shut)", "[set", "(?P<cut"])
def test_brackets_that_do_not_match_are_noticed(pattern):
    with pytest.raises(ValueError, match=r"bracket|substring"):
        needles(pattern, {})


@pytest.mark.parametrize("sign", ["ſ", "İ", "ı", "K"])
def test_a_letter_that_a_pattern_takes_for_another_is_looked_for_as_that(sign):
    """``re`` takes a long s for an s where letter case does not count."""
    row = Row(Path("kinds.tsv"), 2, {"pattern": ""})
    word = {"ſ": "s", "K": "k"}.get(sign, "i") + "n"
    found = Pattern(row, "pattern", word, frozenset({word})).search(f"a{sign}n")
    assert found is not None
    assert plain(sign) in word


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_pattern_is_one_and_finds_what_it_would_find_unasked(language):
    pack = pack_of(language)
    rules = read_statement_rules(pack, read_patterns(pack))
    patterns = [each.pattern for each in (*rules.splits, *rules.kinds, *rules.doubtful)]
    patterns += [each.not_after for each in rules.kinds if each.not_after]
    texts = [
        row[column]
        for row in rows_of(DATA / "reading" / language / "kinds.tsv")
        for column in ("example", "counterexample")
    ]
    assert sum(each.needles is not None for each in patterns) > len(patterns) / 2
    for each in patterns:
        for text in texts[::15]:
            found = each.compiled.search(text)
            assert (each.search(text) is None) == (found is None), (each.row.line, text)


def test_nothing_long_is_compiled_before_a_text_needs_it(monkeypatch):
    compiled = []
    real = Pattern.compiled.fget
    monkeypatch.setattr(
        Pattern, "compiled", property(lambda self: compiled.append(self.row.line) or real(self))
    )
    pack = pack_of("es")
    rules = read_statement_rules(pack, read_patterns(pack))
    assert compiled == []
    rules.kind_of("Llueve.")
    assert 0 < len(set(compiled)) < len(rules.kinds) / 2


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ("kinds.tsv", f"{KINDS}odd\t3\ta{{2,1}}\t\tOmission\tx\ty\n"),
        ("kinds.tsv", f"{KINDS}odd\t3\ta\t(?<=b+)\tOmission\tx\ty\n"),
        ("terms.tsv", "name\tpattern\tnote\nodd\t*a\tx\n"),
        ("verbs.tsv", "verb\tforms\tgroup\texample\tcounterexample\nodd\t(a\tprovide\tx\ty\n"),
    ],
)
def test_a_bad_pattern_of_an_analysis_is_told_before_anything_is_read(tmp_path, table, text):
    (tmp_path / table).write_text(text, encoding="utf-8")
    pack = find_pack(DATA, "es", tmp_path)
    with pytest.raises(InputError, match="is no pattern") as caught:
        read_statement_rules(pack, read_patterns(pack))
    assert f"{table}:2" in str(caught.value)


def test_a_bad_pattern_is_told_with_its_place_when_it_is_first_needed():
    row = Row(Path("kinds.tsv"), 7, {"pattern": "a{2,1}"})
    pattern = Pattern(row, "pattern", "a{2,1}", frozenset({"a"}))
    assert pattern.search("b") is None
    with pytest.raises(InputError, match=r"is no pattern") as caught:
        pattern.search("a")
    assert "kinds.tsv:7" in str(caught.value)
