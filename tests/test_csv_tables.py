"""The zip of CSV: every row of its queries, each column described, equal bytes for equal builds."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest

from conftest import ROOT, Built
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.results import run
from gapgraph.report.tables import METADATA, TABLES, csv_zip
from gapgraph.settings import Home, Settings
from gapgraph.store.embedded import EmbeddedStore
from gapgraph.web import create_app
from gapgraph.web.service import ServiceConfig
from serving import gapgraph


def test_the_tables_have_all_rows_and_say_what_their_columns_are(built: Built) -> None:
    store, analyses = EmbeddedStore(built.dataset), built.dataset.analyses
    catalogue = Catalogue.load(ROOT / "queries")
    content = csv_zip(store, catalogue, analyses)
    assert csv_zip(store, catalogue, analyses) == content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.namelist() == [*(f"{name}.csv" for name in TABLES), METADATA]
        described = json.loads(packed.read(METADATA))
        assert described["@context"] == "http://www.w3.org/ns/csvw"
        for table, (name, query) in zip(described["tables"], TABLES.items(), strict=True):
            text = packed.read(f"{name}.csv").decode()
            rows = list(csv.reader(io.StringIO(text, newline="")))
            columns = table["tableSchema"]["columns"]
            assert table["url"] == f"{name}.csv"
            assert rows[0] == [each["titles"] for each in columns]
            whole = run(store, catalogue, query, {"analysis": list(analyses)})
            assert len(rows) - 1 == whole.total > 0
            for at, each in enumerate(columns):
                cells = [row[at] for row in rows[1:] if row[at]]
                between = each.get("separator")
                values = [
                    one for cell in cells for one in (cell.split(between) if between else [cell])
                ]
                if each["datatype"] == "integer":
                    assert all(one.lstrip("-").isdecimal() for one in values), each["name"]
                if each["datatype"] == "anyURI":
                    assert all(one.startswith("http") for one in values), each["name"]
            for each in columns:
                told = {said["@language"] for said in each["dc:description"]}
                assert told >= {"es", "en", "pt"}, each["name"]


@pytest.mark.whole
def test_the_service_and_the_command_give_the_same(built: Built, tmp_path: Path) -> None:
    home = Home(ROOT, checkout=True)
    client = create_app(ServiceConfig(home, Settings(), built.output)).test_client()
    for page in ("/data/", "/programs"):
        text = client.get(page, headers={"Accept": "text/html"}).text
        assert 'href="/data/gapgraph-csv.zip"' in text, page
    answer = client.get("/data/gapgraph-csv.zip?lang=en&utm_source=x")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    target = tmp_path / "all.zip"
    made = gapgraph(
        "export", "csv", "-o", str(target), "--lang", "en", "--output", str(built.output),
        cwd=tmp_path,
    )  # fmt: skip
    assert (made.returncode, made.stdout) == (0, "")
    assert target.read_bytes() == answer.data
    tag = answer.headers["ETag"]
    again = client.get("/data/gapgraph-csv.zip?lang=en", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert client.get("/data/gapgraph-csv.zip?color=red").status_code == 200
    assert client.get("/data/gapgraph-tsv.zip").status_code == 404
