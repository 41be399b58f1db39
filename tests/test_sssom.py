"""SSSOM that another package reads: every mapping of the table, and every link of a concept."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

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
