"""Files changed by chance at every reader's door: each is read, or refused with a reason.

``pytest tests/hard --times 100`` tries a hundred times as many; each test tells what it tried.
"""

from __future__ import annotations

import random
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import ROOT, SUMMARY
from gapgraph.annex.description import read_description
from gapgraph.grid import read_grids
from gapgraph.intake.command import read_folder, take_in
from gapgraph.intake.mapping import Parties
from gapgraph.queries.fields import Dictionary
from gapgraph.queries.reading import read_query
from gapgraph.rdf import FORMATS, read_rdf
from gapgraph.validation.sources import units_in
from test_exports_read_back import as_ods
from test_grid import as_csv, as_docx, as_html, as_xlsx
from trying import changed, outcome, summary

pytestmark = pytest.mark.whole

Say = Callable[[str, object], None]
ROWS = [
    ["Área", "N°", "Directriz", "Tema", "Plan", "Observaciones"],
    ["Agua", "1", "Medir los pozos.", "Pozos", "OE.1 Agua", "El plan no menciona los ríos."],
    ["", "2", "Avisar.", "Campanas", "No hay", ""],
]
#: A graph with what the formats differ in: blank nodes, languages, types, what XML must escape.
TURTLE = """@prefix gg: <https://w3id.org/gapgraph/ontology#> .
<urn:a> a gg:Topic ; gg:text "año <&> \\"x\\""@es ; gg:number 7 , 1.5 ;
    gg:partOf [ gg:position 1 ] .
_:b gg:text "línea\\n" , "2020-01-01"^^<http://www.w3.org/2001/XMLSchema#date> ; gg:partOf _:b .
"""


@pytest.mark.parametrize("media", sorted(FORMATS))
def test_rdf(media: str, times: int, record_property: Say) -> None:
    triples = ox.parse(TURTLE, FORMATS["text/turtle"])
    plain = ox.serialize((quad.triple for quad in triples), format=FORMATS[media])
    assert plain is not None
    chance, counts = random.Random(media), Counter[str]()

    def read(content: bytes) -> None:
        # What is read is named, judged and written: it must survive all of that.
        quads = read_rdf(content, media)
        units_in([quads])
        for quad in quads:
            for term in quad[:3]:
                term.n3().encode()

    assert outcome(lambda: read(plain)) == "read"
    for _ in range(60 * times):
        content = changed(plain, chance)
        counts[outcome(lambda content=content: read(content))] += 1
    assert counts["read"]
    assert counts["refused"]
    record_property(SUMMARY, summary(f"bodies of {media}", counts))


def packaged(path: Path, chance: random.Random) -> bytes:
    """Return a package of which one part is changed, packed well, so that its parser meets it."""
    made = path.with_suffix(".made")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(made, "w") as new:
        chosen = chance.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, changed(part, chance) if name == chosen else part)
    return made.read_bytes()


@pytest.mark.parametrize("suffix", [".xlsx", ".docx", ".ods", ".tsv", ".html"])
def test_tables(suffix: str, times: int, tmp_path: Path, record_property: Say) -> None:
    write = {".xlsx": as_xlsx, ".docx": as_docx, ".tsv": as_csv, ".html": as_html}
    plain, tried = tmp_path / f"plain{suffix}", tmp_path / f"tried{suffix}"
    if suffix == ".ods":
        plain.write_bytes(as_ods(ROWS))
    else:
        write[suffix](plain, ROWS)
    assert outcome(lambda: read_grids(plain)) == "read"
    chance, counts = random.Random(suffix), Counter[str]()
    for number in range(40 * times):
        inside = number % 2 and zipfile.is_zipfile(plain)
        tried.write_bytes(
            packaged(plain, chance) if inside else changed(plain.read_bytes(), chance)
        )
        counts[outcome(lambda: read_grids(tried))] += 1
    assert counts["read"]
    assert counts["refused"]
    record_property(SUMMARY, summary(f"tables as {suffix}", counts))


def test_descriptions_of_analyses(times: int, tmp_path: Path, record_property: Say) -> None:
    """Both forms of ``analysis.toml``: that of a table of any form, and that of the annex."""
    as_xlsx(tmp_path / "t.xlsx", ROWS)
    parties = Parties(plan="p", plan_label="P", jurisdiction="BOL")
    take_in(tmp_path / "t.xlsx", tmp_path / "any", ROOT / "data", parties=parties)
    shutil.copytree(ROOT / "data" / "source", tmp_path / "annex")
    chance, counts = random.Random("toml"), Counter[str]()
    for folder, read, tries in (
        (tmp_path / "any", lambda: read_folder(tmp_path / "any", ROOT / "data"), 60),
        (tmp_path / "annex", lambda: read_description(tmp_path / "annex"), 120),
    ):
        assert outcome(read) == "read"
        file = folder / "analysis.toml"
        plain = file.read_bytes()
        for _ in range(tries * times):
            file.write_bytes(changed(plain, chance))
            counts[outcome(read)] += 1
    assert counts["read"]
    assert counts["refused"]
    record_property(SUMMARY, summary("descriptions", counts))


def test_stored_queries(times: int, tmp_path: Path, record_property: Say) -> None:
    """A query of one's own: its header, and its SPARQL."""
    dictionary = Dictionary.load(ROOT / "queries")
    file = tmp_path / "gaps.rq"
    plain = (ROOT / "queries" / "gaps.rq").read_bytes()
    file.write_bytes(plain)
    assert outcome(lambda: read_query(file, dictionary)) == "read"
    chance, counts = random.Random("queries"), Counter[str]()
    for _ in range(60 * times):
        file.write_bytes(changed(plain, chance))
        counts[outcome(lambda: read_query(file, dictionary))] += 1
    assert counts["read"]
    assert counts["refused"]
    record_property(SUMMARY, summary("stored queries", counts))
