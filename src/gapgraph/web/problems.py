"""Errors as RFC 9457 problems; as a page where a browser asks."""

from __future__ import annotations

import logging

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.http import HTTP_STATUS_CODES

from gapgraph.errors import BusyError, DeadlineError, GapgraphError
from gapgraph.messages import Message, translate
from gapgraph.web.base import current_path, local
from gapgraph.web.headers import never_kept
from gapgraph.web.intake import WRONG
from gapgraph.web.language import gettext
from gapgraph.web.last import last_answer
from gapgraph.web.negotiate import prefers_page

__all__ = ["problem", "register"]

_NOTHING = Message("No hay nada en esta dirección")
_log = logging.getLogger(__name__)


def problem(
    status: int,
    detail: str,
    *,
    code: str = "",
    parameter: str = "",
    headers: dict[str, str] | None = None,
) -> Response:
    """Return an error as ``application/problem+json``, or as a page where HTML is preferred.

    See RFC 9457, section 3.

    :param status: the HTTP status
    :param detail: what is wrong, where, and what to do
    :param code: the error's short name, the member ``code``
    :param parameter: the parameter that is wrong, the member ``parameter``
    :param headers: further headers, such as ``Allow`` or ``Retry-After``
    """
    title = HTTP_STATUS_CODES.get(status, "Error")
    if prefers_page(request.headers.get("Accept", ""), ["application/problem+json"]):
        said, todo = _for_people(status)
        page = render_template(
            "problem.html",
            status=status,
            said=said,
            todo=todo,
            detail=detail,
            parameter=parameter[:100],
            nothing=lambda lang: translate(_NOTHING, lang),
        )
        response = make_response(page, status)
    else:
        members = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        further = {"code": code, "parameter": parameter[:100]}
        members |= {name: value for name, value in further.items() if value}
        response = jsonify(members)
        response.status_code = status
        response.mimetype = "application/problem+json"
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return never_kept(response)


def _for_people(status: int) -> tuple[str, str]:
    """Return what a page says of a status, and what a reader can do; the detail is the service's.

    :param status: the HTTP status
    """
    said = {
        404: (
            gettext(_NOTHING),
            gettext("Busque lo que necesita, o parta del inicio."),
        ),
        406: (
            gettext("No hay esa versión de la página"),
            gettext("Pida la página sin formato, o uno de los que ofrece."),
        ),
        410: (
            gettext("Lo que cita esta dirección ya no está aquí"),
            gettext("Fue reemplazado: el detalle dice dónde está lo de ahora."),
        ),
        413: (gettext("Lo enviado es demasiado grande"), gettext("Envíe una parte.")),
        414: (gettext("La dirección es demasiado larga"), gettext("Pregunte con menos palabras.")),
        503: (
            gettext("El servicio está ocupado"),
            gettext("Vuelva a preguntar en unos segundos."),
        ),
        504: (
            gettext("La consulta tardó demasiado"),
            gettext("Pregunte por menos cosas a la vez."),
        ),
    }
    if status in said:
        return said[status]
    if status < 500:
        return (
            gettext("La dirección pide algo que no está bien escrito"),
            gettext("Corrija lo que dice el detalle, o parta del inicio."),
        )
    return gettext("El servicio ha fallado"), gettext("Vuelva a intentarlo más tarde.")


def register(app: Flask) -> None:
    """Answer every error of an application as a problem; no traceback leaves it."""

    @app.before_request
    def say_what_is_wrong() -> None:
        """Tell what was found wrong before the application was asked."""
        if WRONG in request.environ:
            raise request.environ[WRONG]

    @app.errorhandler(GapgraphError)
    def known(error: GapgraphError) -> Response:
        if error.http_status >= 500:
            expected = isinstance(error, BusyError | DeadlineError)
            _log.log(logging.INFO if expected else logging.ERROR, "%s", error)
        headers = {}
        if isinstance(error, BusyError):
            headers["Retry-After"] = str(error.retry_after)
        return problem(
            error.http_status,
            str(error),
            code=error.code,
            parameter=getattr(error, "parameter", ""),
            headers=headers,
        )

    @app.errorhandler(HTTPException)
    def of_http(error: HTTPException) -> Response:
        kept = {
            name: value
            for name, value in error.get_headers()
            if name.lower() in {"allow", "retry-after", "content-range"}
        }
        status = error.code or 500
        if 300 <= status < 400:
            return make_response(error.get_response())
        if status == 408:
            kept["Connection"] = "close"  # what else comes on it is the rest of that body
        told = error.description or ""
        if status == 404 and told == NotFound.description:
            told = (
                f"there is nothing at {local(current_path())[:200]}: "
                f"start from {local('')} or from {local('queries')}"
            )
        return problem(status, told, headers=kept)

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> Response:
        _log.exception("a request failed", exc_info=error)
        # Whatever it was may be in what pages are made of, too.
        status, headers, body = last_answer(request.environ)
        return Response(body, status, headers)
