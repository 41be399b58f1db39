"""An answer without rows for want of linked data says which are missing, wherever it is shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import ROOT, Built
from gapgraph.errors import InputError
from gapgraph.files import sha256
from gapgraph.namespaces import GG
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.results import run, write
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.embedded import EmbeddedStore
from serving import serving

SDGO = "http://metadata.un.org/sdg/ontology#"
CONCEPT = "http://metadata.un.org/thesaurus/1006622"
#: The steps from a gap to a goal, each after what must be there before it.
STEPS = {
    "link": f"<urn:l> <{GG}linkTo> <{CONCEPT}> .",
    "series": (
        f"<urn:series> <http://purl.org/dc/terms/subject> <{CONCEPT}> .\n"
        f"<urn:series> <{SDGO}isSeriesOf> <urn:indicator> ."
    ),
    "target": f"<urn:indicator> <{SDGO}isIndicatorOf> <urn:target> .",
    "goal": f"<urn:target> <{SDGO}isTargetOf> <urn:goal> .",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(ROOT / "queries")


def small(folder: Path, lines: str) -> EmbeddedStore:
    """A store of a few triples."""
    quads = "".join(f"{line[:-2]} <urn:g> .\n" for line in lines.splitlines()).encode()
    folder.mkdir(exist_ok=True)
    (folder / "some.nq").write_bytes(quads)
    return EmbeddedStore(DatasetFile(folder / "some.nq", "0" * 16, sha256(quads), {}))


def test_each_step_that_is_there_leads_to_the_next(tmp_path: Path, catalogue: Catalogue) -> None:
    needs = catalogue["gap-to-sdg-series"].header.needs
    assert len(needs) == len(STEPS)
    there = "<urn:a> <urn:b> <urn:c> ."
    for place, step in enumerate(STEPS.values()):
        result = run(small(tmp_path / str(place), there), catalogue, "gap-to-sdg-series", {})
        assert (result.total, result.missing) == (0, needs[place])
        there += f"\n{step}"
    # With every step there, no gap starts from it: nothing is missing, and there are no rows.
    whole = run(small(tmp_path / "whole", there), catalogue, "gap-to-sdg-series", {})
    assert (whole.total, whole.missing) == (0, None)


@pytest.mark.parametrize(
    "name",
    [
        "gap-to-sdg-series",
        "gaps-by-sdg-target",
        "directives-by-unbis-concept",
        "topics-by-thesaurus-concept",
        "links-to",
    ],
)
def test_a_dataset_without_links_is_told_of(
    tmp_path: Path, catalogue: Catalogue, name: str
) -> None:
    result = run(small(tmp_path, "<urn:a> <urn:b> <urn:c> ."), catalogue, name, {})

    assert result.missing is catalogue[name].header.needs[0]
    for lang in ("es", "en"):
        text = result.missing.text[lang]
        assert text.endswith(".")
        assert json.loads(b"".join(write(result, "json", lang=lang)))["missing"]["text"] == text
        for form in ("md", "table"):
            shown = b"".join(write(result, form, lang=lang)).decode()
            assert " ".join(text.split()[-3:]) in " ".join(shown.split())
    assert result.missing.text["es"] != result.missing.text["en"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("gap-to-sdg-series", {"concept": ["http://metadata.un.org/thesaurus/9999999"]}),
        ("links-to", {"uri": ["http://example.org/de-nadie"]}),
        ("topics-by-thesaurus-concept", {"concept": ["http://eurovoc.europa.eu/0"]}),
    ],
)
def test_what_is_missing_is_asked_of_the_values_given(
    built: Built, catalogue: Catalogue, name: str, values: dict[str, list[str]]
) -> None:
    result = run(EmbeddedStore(built.dataset), catalogue, name, values)

    assert result.missing is catalogue[name].header.needs[0]


def test_an_answer_with_rows_lacks_nothing(built: Built, catalogue: Catalogue) -> None:
    store = EmbeddedStore(built.dataset)
    needing = [each for each in catalogue if each.header.needs]
    assert len(needing) == 9
    told = {each.id: run(store, catalogue, each.id, {}) for each in needing}
    for name, result in told.items():
        assert (result.missing is None) == bool(result.total), name
    assert '"missing"' not in b"".join(write(told["links-to"], "json")).decode()
    # No row meets a condition: nothing is missing for that.
    none = run(store, catalogue, "links-to", {}, filters=["number=9999"])
    assert (none.total, none.missing) == (0, None)


def test_no_query_of_ours_answers_nothing_without_saying_why(
    built: Built, catalogue: Catalogue
) -> None:
    store = EmbeddedStore(built.dataset)
    catalogue = catalogue.about([each["analysis"] for each in built.dataset.manifest["analyses"]])
    silent = []
    for each in catalogue:
        if each.form == "SELECT":
            result = run(store, catalogue, each.id, {})
            if not result.total and not result.missing:
                silent.append(each.id)
    assert silent == []


def test_the_page_and_the_file_say_why(built: Built, tmp_path: Path, catalogue: Catalogue) -> None:
    words = catalogue["gap-to-sdg-series"].header.needs[1].text
    with serving(tmp_path, "--workers", "1", "--output", built.output) as server:
        for lang in ("es", "en"):
            page = server.get(f"queries/gap-to-sdg-series?lang={lang}", Accept="text/html")
            assert f'<p class="problem">{words[lang]}</p>' in page.text
            reply = server.get(f"queries/gap-to-sdg-series.json?lang={lang}")
            assert json.loads(reply.text)["missing"]["text"] == words[lang]
        page = server.get("queries/links-to", Accept="text/html")
        assert '<p class="problem">' not in page.text


@pytest.mark.parametrize(
    "pattern", ["?s gg:linkTo", "?s nada:linkTo ?o .", "} ASK { ?s ?p ?o", "?s ?p 'x"]
)
def test_a_pattern_that_cannot_be_asked_is_refused_at_its_line(
    tmp_path: Path, pattern: str
) -> None:
    text = (ROOT / "queries" / "links-to.rq").read_text(encoding="utf-8")
    text = text.replace('"?link gg:linkTo ?uri ."', json.dumps(pattern))
    for file in ("fields.yaml", "texts"):
        (tmp_path / file).symlink_to(ROOT / "queries" / file)
    (tmp_path / "links-to.rq").write_text(text, encoding="utf-8")
    line = text[: text.index("#+   link:")].count("\n") + 2

    with pytest.raises(InputError, match="cannot be asked") as caught:
        Catalogue.load(tmp_path)

    assert f"links-to.rq:{line}:" in str(caught.value)
