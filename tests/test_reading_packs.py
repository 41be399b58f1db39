"""The tables of a language, and what an analysis's own folder adds to them or replaces."""

from pathlib import Path

import pytest
from rdflib import Literal

from gapgraph.errors import InputError
from gapgraph.namespaces import GG, RDF
from gapgraph.reading.graph import reading_graph, reads
from gapgraph.reading.packs import find_pack, plain_language
from gapgraph.reading.patterns import read_patterns
from gapgraph.reading.statements import read_statement_rules
from gapgraph.statuses import UNREAD
from golden_readings import DATA, annex, pack_of

VERBS = "verb\tforms\tgroup\texample\tcounterexample\n"


def _own(folder: Path, **tables: str) -> Path:
    """Write an analysis's own folder of tables."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in tables.items():
        (folder / f"{name}.tsv").write_text(text, encoding="utf-8")
    return folder


def _kind(pack, sentence):
    return read_statement_rules(pack, read_patterns(pack)).kind_of(sentence)[0]


def test_a_region_or_script_does_not_change_the_language():
    assert [plain_language(each) for each in ("pt-BR", "es-Latn-PE", "EN", "qu")] == [
        "pt",
        "es",
        "en",
        "qu",
    ]
    assert find_pack(DATA, "es-PE") == find_pack(DATA, "es")


def test_a_language_without_tables_is_not_read():
    assert find_pack(DATA, "qu") is None
    assert find_pack(DATA, "") is None
    assert reads(DATA, "es-PE")
    assert not reads(DATA, "qu")


def test_an_own_row_is_added_to_the_languages_rows(tmp_path):
    sentence = "Se apadrina un defensor por provincia."
    assert _kind(pack_of("es"), sentence) == UNREAD
    own = _own(tmp_path, verbs=f"{VERBS}apadrinar\tapadrin(?:a|an)\tprovide\tx\ty\n")
    assert _kind(find_pack(DATA, "es", own), sentence) == "Provision"


def test_an_own_row_takes_the_place_of_the_languages_row(tmp_path):
    sentence = "El plan desatiende a los niños."
    assert _kind(pack_of("es"), sentence) == "Omission"
    own = _own(tmp_path, verbs=f"{VERBS}desatender\tdejan\\s+de\\s+lado\tlack\tx\ty\n")
    pack = find_pack(DATA, "es", own)
    columns = tuple(VERBS.split())
    names = [row["verb"] for row in pack.rows("verbs.tsv", columns)]
    assert names == [row["verb"] for row in pack_of("es").rows("verbs.tsv", columns)]
    assert _kind(pack, "El texto y las metas dejan de lado la reparación.") == "Omission"
    assert _kind(pack, sentence) != "Omission"


def test_a_row_that_stands_twice_in_one_file_is_refused(tmp_path):
    row = "nombrar\tnombr(?:a|an)\tprovide\tx\ty\n"
    own = _own(tmp_path, verbs=VERBS + row + row)
    with pytest.raises(InputError, match="has a row already") as caught:
        read_patterns(find_pack(DATA, "es", own))
    assert "verbs.tsv:3" in str(caught.value)


def test_a_language_of_an_analysis_needs_every_table(tmp_path):
    own = _own(tmp_path, verbs=VERBS)
    with pytest.raises(InputError, match=r"is missing, and texts in 'qu' are read by it") as caught:
        read_patterns(find_pack(DATA, "qu", own))
    assert "terms.tsv" in str(caught.value)


def test_an_analysis_is_read_by_its_own_folder_too(tmp_path):
    """A rule that this table alone has otherwise changes what it says, and nothing else."""
    graph, names = annex()
    folder = tmp_path / "annex"
    header = "id\ttier\tpattern\tnot_after\tkind\texample\tcounterexample\n"
    _own(folder / "reading", kinds=f"{header}not\t3\t{{theplan}}{{negated}}\t\tDoubt\tx\ty\n")
    before = reading_graph(graph, names, DATA)
    after = reading_graph(graph, names, DATA, folder=folder)
    by_it = set(before.subjects(GG.ruleId, Literal("kinds/not")))
    assert by_it
    assert by_it == set(after.subjects(GG.ruleId, Literal("kinds/not")))
    assert by_it <= set(before.subjects(RDF.type, GG.Omission))
    doubts = [set(each.subjects(RDF.type, GG.Doubt)) for each in (before, after)]
    assert doubts[1] - doubts[0] == by_it
