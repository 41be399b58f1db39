"""The zip of CSV: every row of its queries, each column described, equal bytes for equal builds."""

from __future__ import annotations

import csv
import io
import json
import zipfile

from conftest import ROOT, Built
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.results import run
from gapgraph.report.tables import METADATA, TABLES, csv_zip
from gapgraph.store.embedded import EmbeddedStore


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
