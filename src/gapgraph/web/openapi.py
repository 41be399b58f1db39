"""``/openapi.json``: the service described by OpenAPI 3.1, from the stored queries' headers.

What is no stored query is described in ``paths/*.yaml``; a room that answers further addresses
adds a file there.  In which formats an address answers, and what ``format`` may say, is what its
view declares (`gapgraph.web.negotiate`), and stands in no file.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from flask import Blueprint, Response, current_app, json, make_response, render_template

from gapgraph import __version__
from gapgraph.messages import Message, translate
from gapgraph.texts import LANGUAGES, SOURCE
from gapgraph.web.base import address
from gapgraph.web.headers import as_file, public
from gapgraph.web.language import Language, language
from gapgraph.web.negotiate import given
from gapgraph.web.openapi_queries import FORMAT, query_paths
from gapgraph.web.parameters import takes, takes_parameter
from gapgraph.web.service import Service, service

__all__ = ["blueprint", "document"]

blueprint = Blueprint("openapi", __name__)

_PATHS = Path(__file__).parent / "paths"
_PROBLEM = "application/problem+json"
#: The statuses of every operation, beside its own.
_ALWAYS = (405, 414)
_WORDS = {
    400: Message("Un parámetro no vale: dice cuál."),
    404: Message("No existe."),
    405: Message("Este método no se admite."),
    406: Message("Ningún formato pedido está en oferta."),
    413: Message("El cuerpo es demasiado grande."),
    414: Message("La dirección es demasiado larga."),
    415: Message("El cuerpo es de otro tipo."),
    416: Message("El documento no tiene ese tramo."),
    422: Message("Pide más de lo que puede darse."),
    429: Message("Demasiadas peticiones."),
    502: Message("El motor falló."),
    503: Message("Hay demasiadas consultas en espera."),
    504: Message("La consulta no terminó a tiempo."),
}
_LANG: dict[str, Any] = {
    "name": "lang",
    "in": "query",
    "description": Message("Lengua de rótulos y mensajes."),
    "schema": {"type": "string", "enum": list(LANGUAGES), "default": SOURCE},
    "example": "en",
}


def _localised(value: Any, lang: Language) -> Any:
    """Return a description in one language.

    A text to translate is a `Message`, in a file ``{es: …}``.
    """
    if isinstance(value, Message):
        return translate(value, lang)
    if isinstance(value, dict):
        if value.keys() == {SOURCE}:
            return translate(value[SOURCE], lang)
        return {name: _localised(each, lang) for name, each in value.items()}
    return [_localised(each, lang) for each in value] if isinstance(value, list) else value


def _with_problems(operation: dict[str, Any]) -> dict[str, Any]:
    """Return an operation with the answers that are problems (RFC 9457) among its responses."""
    statuses = sorted({*operation.get("problems", ()), *_ALWAYS})
    problems = {
        str(status): {
            "description": _WORDS[status],
            "content": {
                _PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}},
                "text/html": {"schema": {"type": "string"}},
            },
        }
        for status in statuses
    }
    kept = {name: value for name, value in operation.items() if name != "problems"}
    return {**kept, "responses": {**operation["responses"], **problems}}


def _with_offers(operation: dict[str, Any], view: Callable[..., Any]) -> dict[str, Any]:
    """Return an operation with what its view offers: media types, and the names of formats."""
    offered = given(view)
    if not offered.offers:
        return operation
    responses = dict(operation["responses"])
    for status in {"200", "206"} & responses.keys():
        schemas = responses[status].get("content", {})
        content = {media: schemas.get(media, {}) for media in offered.media}
        responses[status] = {**responses[status], "content": content}
    names = {"type": "string", "enum": list(offered.names)}
    parameters = [
        {**each, "schema": names} if each.get("name") == "suffix" else each
        for each in operation.get("parameters", ())
    ]
    by_suffix = any(each.get("name") == "suffix" for each in parameters)
    if not by_suffix and takes_parameter(view, "format"):
        parameters.append(
            {
                "name": "format",
                "in": "query",
                "description": FORMAT,
                "schema": names,
                "example": offered.names[0],
            }
        )
    return {**operation, "parameters": parameters, "responses": responses}


@functools.cache
def _written() -> dict[str, Any]:
    """Return the addresses that are described in files; what they offer, their views say."""
    views = {
        (re.sub("<[^>]*>", "{}", rule.rule), method): rule.endpoint
        for rule in current_app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    found: dict[str, Any] = {}
    for file in sorted(_PATHS.glob("*.yaml")):
        for path, methods in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            shape = re.sub("{[^}]*}", "{}", path)
            found[path] = {
                method: _with_problems(
                    _with_offers(each, current_app.view_functions[views[shape, method.upper()]])
                )
                for method, each in methods.items()
            }
    return found


def document(current: Service, lang: Language) -> dict[str, Any]:
    """Return the description of the service.

    :param lang: the language of its texts
    :return: an OpenAPI 3.1 document
    """
    described = {
        "openapi": "3.1.0",
        "info": {
            "title": "gapgraph",
            "version": __version__,
            "summary": Message(
                "¿Dónde están las brechas entre un marco y un plan, y qué frase lo dice?"
            ),
            "description": Message(
                "Cada consulta guardada toma también el formato como sufijo: "
                "/queries/{id}.csv. Toda dirección responde a HEAD y OPTIONS."
            ),
            "license": {
                "name": "CC BY 4.0",
                "url": "https://creativecommons.org/licenses/by/4.0/",
            },
        },
        "servers": [{"url": address("").rstrip("/")}],
        "paths": {
            **{
                path: {name: _with_problems(each) for name, each in methods.items()}
                for path, methods in query_paths(current, lang).items()
            },
            **_written(),
        },
        "components": {
            "parameters": {"lang": _LANG},
            "schemas": {
                "Problem": {
                    "type": "object",
                    "description": "RFC 9457",
                    "required": ["type", "title", "status", "detail"],
                    "properties": {
                        "type": {"type": "string"},
                        "title": {"type": "string"},
                        "status": {"type": "integer"},
                        "detail": {"type": "string"},
                        "code": {"type": "string"},
                        "parameter": {"type": "string"},
                    },
                }
            },
        },
    }
    localised: dict[str, Any] = _localised(described, lang)
    return localised


@blueprint.get("/openapi.json")
def description() -> Response:
    """Describe the service for programs."""
    written = json.dumps(document(service(), language()))
    return public(as_file(written, "application/json"))


@blueprint.get("/api")
@takes(page=True)
def page() -> Response:
    """Describe the service for people."""
    whole = document(service(), language())
    # A reader sees each parameter where it is used.
    for methods in whole["paths"].values():
        for operation in methods.values():
            operation["parameters"] = [
                whole["components"]["parameters"]["lang"] if "$ref" in each else each
                for each in operation.get("parameters", ())
            ]
    return public(make_response(render_template("api.html", document=whole)))
