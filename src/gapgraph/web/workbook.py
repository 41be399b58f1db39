"""The workbook for people, beside the dumps: the whole dataset, a sheet for each kind of thing."""

from __future__ import annotations

from flask import Blueprint, Response

from gapgraph.report.workbook import MEDIA_TYPE, workbook
from gapgraph.web.formats import validated
from gapgraph.web.headers import as_file
from gapgraph.web.language import language
from gapgraph.web.negotiate import Offer, gives
from gapgraph.web.parameters import takes
from gapgraph.web.service import service

__all__ = ["blueprint"]

blueprint = Blueprint("workbook", __name__)


@blueprint.get("/data/gapgraph.xlsx")
@gives(Offer("xlsx", MEDIA_TYPE))
@takes(page=True)
def whole() -> Response:
    """Give the workbook, in the reader's language."""
    current, lang = service(), language()
    made = current.once(
        ("workbook", lang),
        lambda: workbook(current.store, current.catalogue, current.dataset.analyses, lang=lang),
    )
    return validated(as_file(made, MEDIA_TYPE, "gapgraph.xlsx"))
