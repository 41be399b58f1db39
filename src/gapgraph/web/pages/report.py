"""The report to take away: what the gaps page shows, or a directive or section, as a document."""

from __future__ import annotations

from flask import Blueprint, Response, request

from gapgraph.report.choice import SORTS, Asked
from gapgraph.report.formats import MEDIA
from gapgraph.report.formats import report as make
from gapgraph.web.headers import as_file, public
from gapgraph.web.language import language
from gapgraph.web.negotiate import chosen, gives, offers_from
from gapgraph.web.pages.filters import NAMES, one_of
from gapgraph.web.pages.rows import file_name
from gapgraph.web.parameters import takes
from gapgraph.web.service import service

__all__ = ["register"]


@gives(*offers_from(MEDIA))
@takes(*NAMES, "directive", "topic", "sort", page=True)
def report(form: str) -> Response:
    """Answer a report.

    :raises NotFoundError: for an analysis there is none of
    :raises UsageError: naming everything asked for that is not there, with what is
    """
    wanted = chosen("the report", form)

    def given(name: str) -> tuple[str, ...]:
        return tuple(each for each in request.args.getlist(name) if each)

    asked = Asked(
        given("section"),
        given("directive"),
        given("status"),
        given("category"),
        given("concept"),
        given("topic"),
        given("theme"),
        one_of("sort", SORTS, SORTS[0]),
    )
    current = service()
    made = make(
        current.store,
        current.catalogue,
        current.dataset.analyses,
        asked,
        analysis=request.args.get("analysis", ""),
        lang=language(),
        form=wanted.name,
    )
    name = file_name("gapgraph-report", form)
    response = as_file(made, MEDIA[form], name, shown=form == "html")
    if form == "html":
        # Its style stands within it, so that the file can be passed on; it has no script.
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"
        )
    return public(response)


def register(blueprint: Blueprint) -> None:
    """Add the report."""
    blueprint.add_url_rule("/report.<form>", "report", report)
