"""The whole dataset as tables, beside the dumps: a workbook for people, and a zip of CSV."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import Blueprint, Response

from gapgraph.queries.formats import FORMATS
from gapgraph.report.tables import csv_zip
from gapgraph.web.formats import validated
from gapgraph.web.headers import as_file
from gapgraph.web.language import language
from gapgraph.web.negotiate import Offer, gives
from gapgraph.web.parameters import takes
from gapgraph.web.service import Service, service

__all__ = ["TABLES", "Packed", "blueprint", "tables_file"]

blueprint = Blueprint("tables", __name__)


@dataclass(frozen=True)
class Packed:
    """All tables as one file.

    :param file: the end of its address, which is its name
    :param media: the media type of the file
    :param holds: the media type of what it holds, where it only packs that
    :param title: what it is called in a catalogue, in English
    :param name: what the EU's table of file types calls what it holds
    :param make: writes it, of a store, its catalogue and its analyses
    """

    file: str
    media: str
    holds: str
    title: str
    name: str
    make: Callable[..., bytes]


def _workbook(*build: Any, **options: Any) -> bytes:
    """Write the workbook; the library for them waits until somebody asks for one."""
    from gapgraph.report.workbook import workbook  # noqa: PLC0415

    return workbook(*build, **options)


_XLSX = FORMATS["xlsx"].media_type
#: By the suffix of what they hold.
TABLES = MappingProxyType(
    {
        "csv": Packed(
            "gapgraph-csv.zip", "application/zip", "text/csv", "CSV, CSVW (zip)", "CSV", csv_zip
        ),
        "xlsx": Packed("gapgraph.xlsx", _XLSX, "", "Excel", "XLSX", _workbook),
    }
)


def tables_file(current: Service, form: str, lang: str) -> bytes:
    """Return all tables as a file, made once.

    :param form: a key of `TABLES`
    :param lang: the language of what the dataset names in several
    """
    return current.once(
        ("tables", form, lang),
        lambda: TABLES[form].make(
            current.store, current.catalogue, current.dataset.analyses, lang=lang
        ),
    )


def _given(form: str) -> Response:
    """Give a file of all tables, in the reader's language."""
    packed = TABLES[form]
    content = tables_file(service(), form, language())
    return validated(as_file(content, packed.media, packed.file))


@blueprint.get(f"/data/{TABLES['xlsx'].file}")
@gives(Offer("xlsx", _XLSX))
@takes(page=True)
def xlsx() -> Response:
    """Give the workbook."""
    return _given("xlsx")


@blueprint.get(f"/data/{TABLES['csv'].file}")
@gives(Offer("zip", TABLES["csv"].media))
@takes(page=True)
def csv() -> Response:
    """Give the zip of CSV, described in CSV on the Web."""
    return _given("csv")
