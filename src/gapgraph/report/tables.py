"""The whole dataset as a zip of CSV files, with what each column is in CSV on the Web.

The tables are those of the workbook, with the names of columns that the queries have.  Equal builds
have equal bytes.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from gapgraph.files import dateless
from gapgraph.namespaces import CC_BY
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.fields import LISTS, Column
from gapgraph.queries.result import Result
from gapgraph.queries.results import run, write
from gapgraph.store.engine import Engine
from gapgraph.texts import COMPLETE

__all__ = ["METADATA", "TABLES", "csv_zip"]

#: The queries whose answers are the tables, by the name of the file.
TABLES = {
    "directives": "directives-in-full",
    "topics": "topics-in-full",
    "statements": "statements-in-full",
    "elements": "elements-in-full",
    "translations": "translations",
}
#: The name that CSV on the Web gives a description beside the tables.
METADATA = "csv-metadata.json"
#: Datatypes of CSV on the Web by the types of columns; others are strings.
_TYPES = {"iri": "anyURI", "integer": "integer", "decimal": "decimal", "boolean": "boolean"}


def csv_zip(
    store: Engine, catalogue: Catalogue, analyses: Sequence[str], *, lang: str = "es"
) -> bytes:
    """Return the tables of a build, packed with their description.

    :param analyses: the IRIs of its analyses, in order
    :param lang: the language of what the dataset names in several
    """
    results = {
        name: run(store, catalogue, query, {"analysis": list(analyses)}, lang=lang)
        for name, query in TABLES.items()
    }
    described = {
        "@context": "http://www.w3.org/ns/csvw",
        "dc:title": f"gapgraph {store.version}",
        "dc:license": {"@id": str(CC_BY)},
        "tables": [_described(name, result) for name, result in results.items()],
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name, result in results.items():
            packed.writestr(f"{name}.csv", b"".join(write(result, "csv")))
        packed.writestr(METADATA, json.dumps(described, indent=1, ensure_ascii=False) + "\n")
    return dateless(made.getvalue())


def _described(name: str, result: Result) -> dict[str, Any]:
    """Return the description of a table."""
    return {
        "url": f"{name}.csv",
        "dialect": {"encoding": "utf-8", "lineTerminators": ["\r\n"]},
        "tableSchema": {"columns": [_column(each) for each in result.columns]},
    }


def _column(column: Column) -> dict[str, Any]:
    """Return the description of a column, in every complete language."""
    between = {"separator": LISTS[column.list]} if column.list else {}
    return {
        "titles": column.name,
        "name": column.name,
        "datatype": _TYPES.get(column.type, "string"),
        **between,
        "dc:title": _said(column.label.words),
        "dc:description": _said(column.description.words),
    }


def _said(words: Mapping[str, str]) -> list[dict[str, str]]:
    """Return a text in the languages that it is there in, as values with their language."""
    return [{"@value": words[lang], "@language": lang} for lang in COMPLETE if lang in words]
