"""The workbook for people, beside the dumps: the whole dataset, a sheet for each kind of thing."""

from __future__ import annotations

from flask import Blueprint, Response, make_response

from gapgraph.report.workbook import MEDIA_TYPE, workbook
from gapgraph.web.formats import validated
from gapgraph.web.language import language
from gapgraph.web.parameters import takes
from gapgraph.web.service import service

__all__ = ["blueprint"]

blueprint = Blueprint("workbook", __name__)


@blueprint.get("/data/gapgraph.xlsx")
@takes(page=True)
def whole() -> Response:
    """Give the workbook, in the reader's language."""
    current, lang = service(), language()
    made = current.once(
        ("workbook", lang),
        lambda: workbook(current.store, current.catalogue, current.dataset.analyses, lang=lang),
    )
    response = make_response(made)
    response.headers["Content-Type"] = MEDIA_TYPE
    response.headers["Content-Disposition"] = 'attachment; filename="gapgraph.xlsx"'
    response.headers["Vary"] = "Accept-Language"
    return validated(response)
