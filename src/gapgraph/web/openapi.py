"""``/openapi.json``: the service described by OpenAPI 3.1, from the stored queries' headers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, json, make_response, render_template

from gapgraph import __version__
from gapgraph.queries.catalogue import StoredQuery
from gapgraph.queries.header import Parameter
from gapgraph.queries.results import FORMATS, formats_of
from gapgraph.web import listing
from gapgraph.web.language import LANGUAGES, Language, language
from gapgraph.web.service import Service, service

__all__ = ["blueprint", "document", "problem_answers"]

blueprint = Blueprint("openapi", __name__)

_TYPES = {"integer": "integer", "boolean": "boolean"}
_PROBLEM = "application/problem+json"
_WORDS = {
    400: {"es": "Un parámetro no vale: dice cuál.", "en": "A parameter is wrong: it says which."},
    404: {"es": "No existe.", "en": "There is no such thing."},
    405: {"es": "Aquí solo se lee.", "en": "This is for reading only."},
    406: {"es": "Ningún formato pedido está en oferta.", "en": "No wanted format is on offer."},
    414: {"es": "La dirección es demasiado larga.", "en": "The address is too long."},
}


def problem_answers(lang: Language, *statuses: int) -> dict[str, Any]:
    """Return the answers that are problems (RFC 9457), for an operation."""
    return {
        str(status): {
            "description": _WORDS[status][lang],
            "content": {
                _PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}},
                "text/html": {"schema": {"type": "string"}},
            },
        }
        for status in statuses
    }


def _schema(parameter: Parameter) -> dict[str, Any]:
    """Return the JSON schema of a parameter's value."""
    one: dict[str, Any] = {"type": _TYPES.get(parameter.kind, "string")}
    if parameter.kind == "iri":
        one["format"] = "iri"
    if parameter.kind == "integer":
        one |= {"minimum": -(10**15), "maximum": 10**15}
    if parameter.choices and parameter.choices.values:
        one["enum"] = list(parameter.choices.values)
    if parameter.repeats:
        return {"type": "array", "items": one}
    return one


def _parameter(parameter: Parameter, lang: Language) -> dict[str, Any]:
    """Return a stored query's parameter."""
    default = parameter.default if parameter.repeats else next(iter(parameter.default), None)
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "description": parameter.description[lang],
        "schema": _schema(parameter),
    }
    if default:
        converted: Any = list(default) if isinstance(default, tuple) else default
        if parameter.kind == "integer":
            converted = (
                [int(each) for each in converted] if isinstance(converted, list) else int(converted)
            )
        described["example"] = converted
    return described


def _reserved(form: str, lang: Language) -> list[dict[str, Any]]:
    """Return the parameters that say how an answer is given."""
    texts = {
        "format": ("Formato de la respuesta.", "Format of the answer."),
        "lang": ("Lengua de rótulos y mensajes.", "Language of labels and messages."),
        "limit": ("Filas por página; todas si falta.", "Rows to a page; all if left out."),
        "offset": ("Filas que se dejan antes.", "Rows left out first."),
        "sort": (
            "Columnas para ordenar; «-» delante de la que baja.",
            "Columns to sort by; - before one that falls.",
        ),
        "filter": (
            "Condición sobre una columna: columna:palabras, columna=valor, columna>valor.",
            "Condition on a column: column:words, column=value, column>value.",
        ),
        "labels": ("Rótulos junto a los IRI.", "Labels beside IRIs."),
        "excel": ("CSV para hojas de cálculo.", "CSV for spreadsheets."),
    }
    count = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
    schemas: dict[str, Any] = {
        "format": {"type": "string", "enum": ["html", *formats_of(form)]},
        "lang": {"type": "string", "enum": list(LANGUAGES), "default": "es"},
        "labels": {"type": "string", "enum": ["0", "1"]},
        "excel": {"type": "string", "enum": ["0", "1"]},
    }
    if form == "SELECT":
        schemas |= {
            "limit": count,
            "offset": count,
            "sort": {"type": "string"},
            "filter": {"type": "array", "items": {"type": "string"}},
        }
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": texts[name][lang == "en"],
            "schema": schema,
        }
        for name, schema in schemas.items()
    ]


def _content(form: str) -> dict[str, Any]:
    """Return the media types of a form of query."""
    media: dict[str, Any] = {
        FORMATS[name].media_type.partition(";")[0]: {} for name in formats_of(form)
    }
    return {"text/html": {"schema": {"type": "string"}}, **media}


def _operation(query: StoredQuery, lang: Language) -> dict[str, Any]:
    """Return the operation of a stored query."""
    return {
        "operationId": query.id,
        "tags": list(query.header.tags),
        "summary": query.header.summary[lang],
        "description": query.header.description[lang],
        "parameters": [
            *(_parameter(each, lang) for each in query.header.parameters),
            *_reserved(query.form, lang),
        ],
        "responses": {
            "200": {
                "description": query.header.summary[lang],
                "headers": {
                    "X-Total-Count": {
                        "description": "Rows in all." if lang == "en" else "Filas en total.",
                        "schema": {"type": "integer"},
                    },
                    "Link": {"schema": {"type": "string"}},
                },
                "content": _content(query.form),
            },
            **problem_answers(lang, 400, 404, 405, 406, 414),
        },
    }


def _plain(summary: str, media: dict[str, Any], lang: Language, *statuses: int) -> dict[str, Any]:
    """Return an operation without parameters of its own."""
    return {
        "get": {
            "summary": summary,
            "responses": {
                "200": {"description": summary, "content": media},
                **problem_answers(lang, *statuses),
            },
        }
    }


def document(current: Service, lang: Language) -> dict[str, Any]:
    """Return the description of the service.

    :param lang: the language of its texts
    :return: an OpenAPI 3.1 document
    """
    catalogue_media: dict[str, Any] = {
        "text/html": {},
        **{offer.media: {} for offer in listing.OFFERS},
    }
    english = lang == "en"
    paths = {
        "/queries": _plain(
            "The stored queries" if english else "Las consultas guardadas",
            catalogue_media,
            lang,
            405,
            406,
            414,
        ),
        **{f"/queries/{query.id}": {"get": _operation(query, lang)} for query in current.catalogue},
        "/health": _plain(
            "Whether the service answers" if english else "Si el servicio responde",
            {"application/json": {"schema": {"type": "object"}}},
            lang,
            405,
            414,
        ),
        "/openapi.json": _plain(
            "This description" if english else "Esta descripción",
            {"application/json": {"schema": {"type": "object"}}},
            lang,
            405,
            414,
        ),
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "gapgraph",
            "version": __version__,
            "summary": (
                "Where are the gaps between a framework and a plan, and which sentence says so?"
                if english
                else "¿Dónde están las brechas entre un marco y un plan, y qué frase lo dice?"
            ),
            "license": {
                "name": "CC BY 4.0",
                "url": "https://creativecommons.org/licenses/by/4.0/",
            },
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
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
                    },
                }
            }
        },
    }


@blueprint.get("/openapi.json")
def description() -> Response:
    """Describe the service for programs."""
    response = make_response(json.dumps(document(service(), language())))
    response.headers["Content-Type"] = "application/json"
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Vary"] = "Accept-Language, Accept-Encoding"
    return response


@blueprint.get("/api")
def page() -> Response:
    """Describe the service for people."""
    response = make_response(render_template("api.html", document=document(service(), language())))
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Vary"] = "Accept-Language, Accept-Encoding"
    return response
