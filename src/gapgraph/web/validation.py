"""``/validation``: the findings of the build, and the judging of RDF that is sent.

What is sent is judged in a process of its own that can open no file and no connection, with a
deadline and a limit of memory; its size is limited as that of every body.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence

from flask import Blueprint, Response, current_app, make_response, request
from werkzeug.exceptions import NotFound, UnsupportedMediaType

from gapgraph.errors import BusyError, EnvironmentFailure, UsageError
from gapgraph.validation.findings import Finding
from gapgraph.validation.gate import findings_file, stored_reports
from gapgraph.validation.render import Report, render
from gapgraph.validation.shapes import SEVERITIES
from gapgraph.validation.sources import FORMATS
from gapgraph.validation.worker import judge_apart
from gapgraph.web.language import language
from gapgraph.web.negotiate import Offer, best_offer
from gapgraph.web.pages.rows import page, public
from gapgraph.web.service import service

__all__ = ["blueprint"]

blueprint = Blueprint("validation", __name__)

_OFFERS = (
    Offer("html", "text/html"),
    Offer("ttl", "text/turtle"),
    Offer("jsonld", "application/ld+json"),
    Offer("json", "application/json"),
    Offer("csv", "text/csv"),
    Offer("md", "text/markdown"),
    Offer("text", "text/plain"),
)
#: Offers to a program that sends RDF: what it sends, it can read.
_RDF_FIRST = (*_OFFERS[1:3], *_OFFERS[3:], _OFFERS[0])
#: Judging at once; more have to come again.
_places = threading.BoundedSemaphore(max(1, (os.cpu_count() or 1) - 1))


@blueprint.get("/validation", defaults={"suffix": ""})
@blueprint.get("/validation.<suffix>")
def findings(suffix: str) -> Response:
    """Show what was found in the build.

    :param suffix: the format; that of ``Accept`` where it is empty
    :raises NotFound: for a format there is none of
    :raises UsageError: for a severity there is none of
    :raises EnvironmentFailure: where the build's findings are missing or damaged
    """
    offer = _offer(_OFFERS, suffix)
    current = service()
    file = current.config.output / findings_file(current.dataset.version)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise EnvironmentFailure(
            f"{file.name}: cannot be read ({error.strerror}): run `gapgraph build` again"
        ) from error
    reports = stored_reports(content, current.config.home.ontology)
    wanted = _severities()
    if offer.name == "html":
        return _page(reports, wanted)
    return public(_answer(render(reports, offer.name, language(), severities=wanted), offer))


def _page(reports: Sequence[Report], wanted: Sequence[str]) -> Response:
    """Show findings as a page of the service, by severity and rule.

    :param reports: what was found
    :param wanted: the severities to show; all, where none is named
    """
    found = [each for report in reports for each in report.findings]
    grouped: dict[str, dict[str, list[Finding]]] = {severity: {} for severity in SEVERITIES}
    for each in found:
        if not wanted or each.severity in wanted:
            grouped[each.severity].setdefault(each.rule, []).append(each)
    return page(
        "validation.html",
        counts={name: sum(each.severity == name for each in found) for name in SEVERITIES},
        grouped={severity: list(rules.values()) for severity, rules in grouped.items()},
        wanted=list(wanted),
        sent=request.method == "POST",
    )


@blueprint.post("/validation")
def judged() -> Response:
    """Judge the RDF in the body and answer with its report.

    :raises UsageError: for a severity there is none of
    :raises UnsupportedMediaType: for a body of another format
    :raises BusyError: where as many are being judged as there is room for
    :raises InputError: where the body cannot be read
    :raises DeadlineError: where it takes more time or memory than is given
    """
    offer = _offer(_RDF_FIRST, "")
    wanted = _severities()
    media = request.mimetype or "text/turtle"
    if media not in FORMATS:
        raise UnsupportedMediaType(f"{media} is not read: send one of {', '.join(FORMATS)}")
    content = request.get_data(cache=False)
    settings = current_app.extensions["gapgraph"].config.settings
    if not _places.acquire(blocking=False):
        raise BusyError(
            "as many graphs are being judged as there is room for: come again", retry_after=10
        )
    try:
        text = judge_apart(
            content,
            media,
            ontology=service().config.home.ontology,
            form="json" if offer.name == "html" else offer.name,
            language=language(),
            seconds=settings.number("validation_seconds"),
            memory=settings.number("validation_memory_bytes"),
            severities=wanted,
        )
    finally:
        _places.release()
    if offer.name == "html":
        response = _page(stored_reports(text.encode(), service().config.home.ontology), wanted)
    else:
        response = _answer(text, offer)
    response.headers["Cache-Control"] = "no-store"
    return response


def _severities() -> list[str]:
    """Return the severities that are asked for; none stands for all."""
    wanted = request.args.getlist("severity")
    for each in wanted:
        if each not in SEVERITIES:
            raise UsageError(
                f"the severity {each!r} is none",
                todo="use one of " + ", ".join(SEVERITIES),
                parameter="severity",
            )
    return wanted


def _offer(offers: tuple[Offer, ...], suffix: str) -> Offer:
    """Return the format that is asked for."""
    named = suffix or request.args.get("format", "")
    if not named:
        return best_offer(offers)
    for offer in offers:
        if offer.name == {"txt": "text"}.get(named, named):
            return offer
    raise NotFound(f"there is no report in {named}: use one of {', '.join(o.name for o in offers)}")


def _answer(text: str, offer: Offer) -> Response:
    response = make_response(text)
    charset = "" if offer.name in {"json", "jsonld"} else "; charset=utf-8"
    response.headers["Content-Type"] = f"{offer.media}{charset}"
    response.headers["Vary"] = "Accept, Accept-Language"
    return response
