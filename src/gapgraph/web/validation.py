"""``/validation``: the findings of the build, and the judging of RDF that is sent.

What is sent is judged in a process of its own that can open no file and no connection, with a
deadline and a limit of memory; its size is limited as that of every body.
"""

from __future__ import annotations

import contextlib
import csv
import io
import threading
from collections.abc import Iterator, Sequence

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import UnsupportedMediaType

from gapgraph.confine import Ending
from gapgraph.errors import BusyError, UsageError
from gapgraph.namespaces import BASE
from gapgraph.queries.formats import FORMATS, write
from gapgraph.queries.result import Result, plain_column
from gapgraph.rdf import FORMATS as RDF
from gapgraph.rdf import known_format
from gapgraph.store.answers import Term
from gapgraph.store.embedded_write import rewrite
from gapgraph.validation.findings import Finding
from gapgraph.validation.gate import findings_file, stored_reports
from gapgraph.validation.render import Report, render
from gapgraph.validation.shapes import SEVERITIES
from gapgraph.validation.worker import judge_apart
from gapgraph.web.formats import RDF_MEDIA
from gapgraph.web.headers import as_file, never_kept, public
from gapgraph.web.language import language
from gapgraph.web.negotiate import HTML, Offer, chosen, gives, offers_from
from gapgraph.web.pages.rows import page
from gapgraph.web.parameters import takes
from gapgraph.web.rsgi import HANGUP
from gapgraph.web.service import service

__all__ = ["blueprint", "end_judging"]

blueprint = Blueprint("validation", __name__)

#: A program that sends RDF can read it.
_RDF_FIRST = (
    *offers_from(RDF_MEDIA),
    *offers_from({each: FORMATS[each].media_type for each in ("json", "csv", "xlsx", "md")}),
    Offer("text", "text/plain"),
    Offer("txt", "text/plain"),
    HTML,
)
#: Who reads the findings of the build is a person, if nothing says otherwise.
_PAGE_FIRST = (HTML, *_RDF_FIRST[:-1])
#: What a page, RDF/XML, a workbook and plain text are made of.
_WRITTEN = {"html": "json", "rdf": "nt", "xlsx": "csv", "txt": "text"}


class _Judging:
    """The graphs that are being judged in this process, whatever builds it has served.

    ``stopping`` comes when the service stops.
    """

    def __init__(self) -> None:
        self.stopping = Ending()
        self._lock = threading.Lock()
        self._running = 0

    @contextlib.contextmanager
    def one_more(self, most: int) -> Iterator[None]:
        """Count one while it is judged.

        :param most: how many may be judged at once
        :raises BusyError: where as many are
        """
        with self._lock:
            if self._running >= most:
                raise BusyError(
                    f"{most} graphs are being judged, as many as there is room for: come again",
                    retry_after=10,
                )
            self._running += 1
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1


_judging = _Judging()


def end_judging() -> None:
    """End what is being judged in this process, and judge no more: the service stops."""
    _judging.stopping.end()


@blueprint.get("/validation", defaults={"suffix": ""})
@blueprint.get("/validation.<suffix>")
@gives(*_PAGE_FIRST)
@takes("format", "severity")
def findings(suffix: str) -> Response:
    """Show what was found in the build.

    :param suffix: the format; that of ``Accept`` where it is empty
    :raises UsageError: for a severity there is none of
    :raises EnvironmentFailure: where the build's findings are missing or damaged
    """
    offer = chosen("the findings", suffix)
    current = service()
    content = current.dataset.beside(findings_file(current.dataset.version))
    reports = stored_reports(content, current.config.home.ontology)
    wanted = _severities()
    if offer.name == "html":
        return _page(reports, wanted)
    form = _WRITTEN.get(offer.name, offer.name)
    return public(_answer(render(reports, form, language(), severities=wanted), offer))


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
@gives(*_RDF_FIRST)
def judged() -> Response:
    """Judge the RDF in the body and answer with its report.

    :raises UsageError: for a severity there is none of
    :raises UnsupportedMediaType: for a body of another format
    :raises BusyError: where as many are being judged as there is room for
    :raises InputError: where the body cannot be read
    :raises DeadlineError: where it takes more time or memory than is given
    """
    offer = chosen("the report")
    wanted = _severities()
    sent = request.mimetype or "text/turtle"
    media = known_format(sent)
    if media is None:
        raise UnsupportedMediaType(f"{sent} is not read: send one of {', '.join(RDF)}")
    content = request.get_data(cache=False)
    settings = current_app.extensions["gapgraph"].config.settings
    with _judging.one_more(settings.number("validation_workers")):
        text = judge_apart(
            content,
            media,
            ontology=service().config.home.ontology,
            form=_WRITTEN.get(offer.name, offer.name),
            language=language(),
            seconds=settings.number("validation_seconds"),
            memory=settings.number("validation_memory_bytes"),
            severities=wanted,
            endings=[_judging.stopping, request.environ.get(HANGUP, Ending())],
        )
    if offer.name == "html":
        response = _page(stored_reports(text.encode(), service().config.home.ontology), wanted)
    else:
        response = _answer(text, offer)
    return never_kept(response)


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


def _workbook(text: str) -> bytes:
    """Return a report in CSV as a workbook, whose cells are data whatever they begin with."""
    head, *lines = csv.reader(io.StringIO(text, newline=""))
    rows = tuple(tuple(Term("literal", cell) for cell in line) for line in lines)
    result = Result(
        columns=tuple(map(plain_column, head)),
        rows=rows,
        total=len(rows),
        text=f"{BASE}validation",
        dataset=service().dataset.version,
    )
    return b"".join(write(result, "xlsx", lang=language()))


def _answer(text: str, offer: Offer) -> Response:
    convert = {"rdf": lambda: rewrite(text.encode(), "rdf"), "xlsx": lambda: _workbook(text)}
    return as_file(convert[offer.name]() if offer.name in convert else text, offer.media)
