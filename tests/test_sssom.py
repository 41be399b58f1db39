"""SSSOM that another package reads: every mapping of the table, and every link of a concept."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

import oracle
from required import needs
from serving import ROOT, gapgraph

#: What the judge does: parse, validate against the schema, and say what it read.
JUDGE = """
import json, sys
from sssom.parsers import parse_sssom_table
from sssom.validators import validate
read = parse_sssom_table(sys.argv[1])
validate(read)
columns = ["record_id", "subject_id", "predicate_id", "object_id", "object_source"]
print(json.dumps(read.df[columns].values.tolist()))
"""

needs_judge = needs(importlib.util.find_spec("sssom") is not None, "the test dependency sssom")


@pytest.fixture(scope="module", params=["mappings", "links"])
def printed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sssom")
    run = gapgraph("export", "sssom", "--set", request.param, cwd=folder)
    assert (run.returncode, run.stderr) == (0, "")
    file = folder / f"{request.param}.sssom.tsv"
    file.write_text(run.stdout, encoding="utf-8")
    return file


def cells(file: Path) -> list[dict[str, str]]:
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    table = "".join(line for line in lines if not line.startswith("#"))
    return list(csv.DictReader(io.StringIO(table), delimiter="\t"))


@pytest.mark.whole
@needs_judge
def test_another_package_reads_every_row(printed: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", JUDGE, printed],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    read = [tuple(row) for row in json.loads(run.stdout.splitlines()[-1])]
    names = ("record_id", "subject_id", "predicate_id", "object_id", "object_source")
    assert Counter(read) == Counter(tuple(row[name] for name in names) for row in cells(printed))


@pytest.mark.whole
@needs_judge
def test_the_judge_refuses_what_is_not_sssom(tmp_path: Path) -> None:
    bad = tmp_path / "bad.sssom.tsv"
    bad.write_text(
        "#curie_map:\n#  x: http://x/\n#mapping_set_id: http://x/s\n#license: http://x/l\n"
        "subject_id\tpredicate_id\tobject_id\nx:1\tx:2\tx:3\n"
    )
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", JUDGE, bad],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert run.returncode != 0


#: What a mapping set says of itself (SSSOM 1.1, "MappingSet"), of our own and of others' tables.
OF_ALL = {
    "mapping_set_id", "mapping_set_title", "mapping_set_version", "license", "mapping_tool",
    "mapping_tool_version", "sssom_version",
}  # fmt: skip
OF_OURS = {"creator_id", "creator_label", "publication_date"}


def metadata(file: Path) -> dict[str, Any]:
    lines = file.read_text(encoding="utf-8").splitlines()
    found = yaml.safe_load("\n".join(line[1:] for line in lines if line.startswith("#")))
    assert isinstance(found, dict)
    return found


@pytest.mark.whole
def test_a_mapping_set_says_who_made_it_when_and_which_it_is(printed: Path) -> None:
    found = metadata(printed)
    assert found.keys() >= OF_ALL | OF_OURS
    assert all(found[each] for each in OF_ALL | OF_OURS)
    assert found["creator_label"] == ["The gapgraph authors"]
    (creator,) = found["creator_id"]
    prefix, _, local = creator.partition(":")
    assert f"{found['curie_map'][prefix]}{local}".startswith("https://w3id.org/gapgraph/id/agent/")
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(found["publication_date"]))
    for row in cells(printed):
        assert row["subject_source"]
        assert row["object_source"]
        assert row["mapping_justification"].startswith("semapv:")


@pytest.mark.whole
@pytest.mark.parametrize(
    ("taken", "given", "same"),
    [
        ("", "", True),
        ('gg:literalLabel "No hay"@es', 'gg:literalLabel "Nada hay"@es', False),
        ("gg:number 1 ;", "gg:number 1 ;", True),
        ('dcterms:language "es"', 'dcterms:date "2019-05-01" ; dcterms:language "es"', True),
    ],
)
def test_the_version_names_the_rows(tmp_path: Path, taken: str, given: str, same: bool) -> None:
    text = (ROOT / "data" / "annex.ttl").read_text(encoding="utf-8")
    assert taken in text
    (tmp_path / "t.ttl").write_text(text.replace(taken, given, 1), encoding="utf-8")
    versions = []
    for file in (ROOT / "data" / "annex.ttl", tmp_path / "t.ttl"):
        out = tmp_path / "o.sssom.tsv"
        run = gapgraph("export", "sssom", file, cwd=tmp_path)
        out.write_text(run.stdout, encoding="utf-8")
        found = metadata(out)
        # A file may be anybody's: its authors are not ours to name.
        assert not found.keys() & OF_OURS
        assert str(found.get("mapping_date", "")) == ("2019-05-01" if file.name == "t.ttl" and
                                                      "2019" in given else "")  # fmt: skip
        versions.append(found["mapping_set_version"])
    assert (versions[0] == versions[1]) == same


@pytest.mark.whole
def test_the_tables_125_values_are_125_rows(tmp_path: Path) -> None:
    """Compared with the source as an independent reader has it."""
    expected = []
    for directive in oracle.read(oracle.SOURCE):
        for place, (_, values) in enumerate(directive.topics, start=1):
            for position, value in enumerate(values, start=1):
                category = oracle.CATEGORY.match(value)
                thing = "sssom:NoTermFound" if value == "No hay" else "element:marco-normativo"
                if category:
                    thing = f"category:{category[1]}"
                number = f"{directive.number}.{place}"
                expected.append((f"mapping:{number}.{position}", f"topic:{number}", thing))
    run = gapgraph("export", "sssom", cwd=tmp_path)
    file = tmp_path / "m.tsv"
    file.write_text(run.stdout, encoding="utf-8")
    found = cells(file)
    assert [(row["record_id"], row["subject_id"], row["object_id"]) for row in found] == expected
    assert len(expected) == 125
    assert {row["object_source"] for row in found} == {"plan:pnat-2017-2021"}
    assert {row["predicate_id"] for row in found} == {"gg:addressedBy"}


@pytest.mark.whole
def test_links_of_concepts_are_the_reviewed_ones(tmp_path: Path) -> None:
    with (ROOT / "data" / "links.tsv").open(encoding="utf-8", newline="") as file:
        reviewed = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    expected = {
        f"link:{row['kind']}/{row['key']}/{row['target']}/{row['object']}": row["predicate"]
        for row in reviewed
        if row["kind"] in {"concept", "category", "theme"} and row["predicate"] != "rdfs:seeAlso"
    }
    run = gapgraph("export", "sssom", "--set", "links", cwd=tmp_path)
    file = tmp_path / "l.tsv"
    file.write_text(run.stdout, encoding="utf-8")
    assert {row["record_id"]: row["predicate_id"] for row in cells(file)} == expected


@pytest.mark.whole
def test_what_the_command_refuses(tmp_path: Path) -> None:
    for arguments, words in (
        (["nowhere.ttl"], "nowhere.ttl"),
        (["--set", "everything"], "everything"),
        (["--analysis", "https://example.org/a"], "https://example.org/a"),
    ):
        run = gapgraph("export", "sssom", *arguments, cwd=tmp_path)
        assert run.returncode == 2
        assert run.stdout == ""
        assert words in run.stderr
        assert "Traceback" not in run.stderr
