"""Sentences that no rule knows: none makes a topic addressed, in whichever language it is."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from conftest import copy_home, keeping
from gapgraph.build import build
from gapgraph.namespaces import GG
from gapgraph.store.embedded import EmbeddedStore

_STARTS = {
    "es": ("Mañana", "En la sierra", "Quién sabe", "Según la vecina", "Dicen"),
    "en": ("The Strategy foresees", "Chapter two covers", "The Action Plan ensures",
           "Measures include", "Authorities will fund"),
    "pt": ("O plano prevê", "A estratégia garante", "O capítulo dois abrange",
           "As medidas incluem", "Haverá verbas para"),
    "fr": ("Le plan prévoit", "La stratégie garantit", "Le chapitre deux couvre",
           "Les mesures incluent", "Le gouvernement financera"),
    "qu": ("Kay yuyaypi", "Llaqtakunapi", "Wawakunapaq", "Kamachiypi", "Warmikunapaq"),
    "gn": ("Ko tembiapo", "Mitãnguéra", "Tetãygua", "Kuñanguéra", "Léi"),
}  # fmt: skip
_ENDS = ("los faroles, los mares y las barcas.", "shelters for victims.", "abrigos e escolas.",
         "des refuges pour les victimes.", "wasikuna; yachay wasikuna.", "óga ha mbo'ehao.",
         "42 % (2019-2024).")  # fmt: skip
SENTENCES = [f"{start} {end}" for starts in _STARTS.values() for start in starts for end in _ENDS]

_TOML = """
[analysis]
iri = "https://w3id.org/gapgraph/id/analysis/unread"
jurisdiction = "https://example.org/country/nowhere"
language = "es"
rights = "Inventado para las pruebas."

[framework]
iri = "https://w3id.org/gapgraph/id/framework/unread"
label = "Carta inventada"
directives = {count}

[plan]
iri = "https://w3id.org/gapgraph/id/plan/unread"
label = "Plan inventado"
categories = 1

[table]
file = "table.tsv"
category_word = "Eje"

[values]
none = ["No hay"]
"""


def test_there_are_over_200_sentences() -> None:
    assert len(set(SENTENCES)) > 200


@pytest.mark.whole
def test_no_sentence_that_nobody_reads_makes_a_topic_addressed(tmp_path: Path) -> None:
    folder = tmp_path / "table"
    folder.mkdir()
    count = len(SENTENCES)
    (folder / "analysis.toml").write_text(_TOML.format(count=count), encoding="utf-8")
    rows = [f"DIRECTRICES (1-{count})\t\t\t\t\n", "N°\tDIRECTRIZ\tINDICADOR\tPLAN\tOBSERVACIONES\n"]
    rows += [
        f"{number}\tPedir {number} cosas.\t\t"
        f"<p><u>Cosa {number}</u></p> <p>Eje 1 – Todo</p>\t{said}\n"
        for number, said in enumerate(SENTENCES, start=1)
    ]
    (folder / "table.tsv").write_text("".join(rows), encoding="utf-8")
    home = copy_home(tmp_path / "home")
    dataset = build(home, keeping(), output=tmp_path / "out", analyses=[folder], annex=False)
    store = EmbeddedStore(dataset)
    prefix = f"PREFIX gg: <{GG}> "
    kinds = store.select(
        prefix + "SELECT ?kind ?text { ?s a ?kind ; gg:text ?text . ?o gg:hasStatement ?s . "
        "FILTER(?kind != gg:Statement) }"
    )
    read = [str(row) for row in kinds.rows if row[0] and row[0].value != str(GG.UnreadStatement)]
    assert len(kinds.rows) - len(read) > 200
    statuses = store.select(
        prefix + "SELECT ?status { ?topic a gg:Topic ; gg:coverageStatus ?status }"
    )
    found = Counter(row[0].value for row in statuses.rows if row[0])
    assert set(found) <= {str(GG.mapped), str(GG.partial)}, read
    assert found[str(GG.mapped)] > 200
    (counts,) = dataset.manifest["analyses"]
    assert counts["characters_unread"] > 0.9 * counts["characters"]
