"""``/openapi.json``: the service described by OpenAPI 3.1, from the stored queries' headers.

What is no stored query is described in ``paths/*.yaml``; a room that answers further addresses
adds a file there.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import yaml
from flask import Blueprint, Response, json, make_response, render_template

from gapgraph import __version__
from gapgraph.queries.header import Parameter
from gapgraph.queries.results import FORMATS, formats_of, run
from gapgraph.queries.stored import StoredQuery
from gapgraph.web.choices import offered
from gapgraph.web.language import LANGUAGES, Language, language
from gapgraph.web.service import Service, service

__all__ = ["blueprint", "document"]

blueprint = Blueprint("openapi", __name__)

_PATHS = Path(__file__).parent / "paths"
_PROBLEM = "application/problem+json"
#: The statuses of every operation, beside its own.
_ALWAYS = (405, 414)
_WORDS = {
    400: {"es": "Un parámetro no vale: dice cuál.", "en": "A parameter is wrong: it says which."},
    404: {"es": "No existe.", "en": "There is no such thing."},
    405: {"es": "Este método no se admite.", "en": "This method is not for here."},
    406: {"es": "Ningún formato pedido está en oferta.", "en": "No wanted format is on offer."},
    413: {"es": "El cuerpo es demasiado grande.", "en": "The body is too large."},
    414: {"es": "La dirección es demasiado larga.", "en": "The address is too long."},
    415: {"es": "El cuerpo es de otro tipo.", "en": "The body is of another type."},
    422: {"es": "Pide más de lo que puede darse.", "en": "It asks for more than may be given."},
    429: {"es": "Demasiadas peticiones.", "en": "Too many requests."},
    502: {"es": "El motor falló.", "en": "The engine failed."},
    503: {"es": "Hay demasiadas consultas en espera.", "en": "Too many queries wait."},
    504: {"es": "La consulta no terminó a tiempo.", "en": "The query did not end in its time."},
}
_LANG: dict[str, Any] = {
    "name": "lang",
    "in": "query",
    "description": {
        "es": "Lengua de rótulos y mensajes.",
        "en": "Language of labels and messages.",
    },
    "schema": {"type": "string", "enum": list(LANGUAGES), "default": "es"},
    "example": "en",
}
_SWITCH = {"type": "string", "enum": ["0", "1"]}
_COUNT = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
#: JSON schemas of results, by format.
_SCHEMAS: dict[str, dict[str, Any]] = {
    "srj": {"type": "object", "required": ["head"]},
    "json": {"type": "object", "required": ["query", "version", "dataset", "license"]},
}
_KINDS: dict[str, dict[str, Any]] = {
    "string": {"type": "string", "maxLength": 4096},
    "enumerated": {"type": "string"},
    "integer": {"type": "integer", "minimum": -(10**18) + 1, "maximum": 10**18 - 1},
    "iri": {"type": "string", "format": "iri", "pattern": "^(https?://|urn:)"},
    "lang": {"type": "string", "pattern": "^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$"},
    "boolean": {"type": "boolean"},
}


def _localised(value: Any, lang: Language) -> Any:
    """Return a description in one language."""
    if isinstance(value, dict):
        if value.keys() == set(LANGUAGES):
            return value[lang]
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


@functools.cache
def _written() -> dict[str, Any]:
    """Return the addresses that are described in files."""
    found: dict[str, Any] = {}
    for file in sorted(_PATHS.glob("*.yaml")):
        for path, methods in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            found[path] = {name: _with_problems(each) for name, each in methods.items()}
    return found


def _example(current: Service, query: StoredQuery, parameter: Parameter) -> Any:
    """Return a value that a parameter takes and that has an answer.

    It is the default, else the first value in the column of its name, else the first choice.
    """
    values = list(parameter.default)
    if not values and parameter.name in {each.name for each in query.header.columns}:
        answer = run(current.store, current.catalogue, query.id, {})
        place = answer.names.index(parameter.name)
        values = [row[place].value for row in answer.rows if row[place]]  # type: ignore[union-attr]
    values = values or [value for value, _ in offered(current, parameter)]
    if parameter.kind == "integer":
        whole = [int(value) for value in values if re.fullmatch("-?[0-9]+", value)]
        return (whole or [1])[0]
    if parameter.kind == "boolean":
        return values != ["false"]
    return (values or [query.iri if parameter.kind == "iri" else "a"])[0]


def _parameter(
    current: Service, query: StoredQuery, parameter: Parameter, lang: Language
) -> dict[str, Any]:
    """Return a stored query's parameter."""
    schema = dict(_KINDS[parameter.kind])
    if parameter.choices and parameter.choices.values:
        schema["enum"] = list(parameter.choices.values)
    example = current.once(
        ("example", query.id, parameter.name), lambda: _example(current, query, parameter)
    )
    repeats = parameter.repeats
    return {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "description": parameter.description[lang],
        "schema": {"type": "array", "items": schema} if repeats else schema,
        "example": [example] if repeats else example,
    }


def _reserved(query: StoredQuery) -> list[dict[str, Any]]:
    """Return the parameters that say how an answer is given."""
    names = [re.escape(each.name) for each in query.header.columns]
    texts: dict[str, tuple[str, str, dict[str, Any], Any]] = {
        "format": (
            "Formato; si falta, el de Accept.",
            "Format; that of Accept if left out.",
            {"type": "string", "enum": ["html", *formats_of(query.form)]},
            "html",
        ),
    }
    if query.form == "SELECT":
        first = query.header.columns[0].name
        texts |= {
            "limit": (
                "Filas por página; todas si falta.",
                "Rows to a page; all if left out.",
                _COUNT,
                10,
            ),
            "offset": ("Filas que se dejan antes.", "Rows left out first.", _COUNT, 0),
            "sort": (
                "Columnas para ordenar; «-» delante de la que baja.",
                "Columns to sort by; - before one that falls.",
                {
                    "type": "array",
                    "items": {"type": "string", "pattern": f"^-?({'|'.join(names)})$"},
                },
                [first],
            ),
            "filter": (
                "Condiciones sobre columnas: columna:palabras, columna=valor, columna>valor.",
                "Conditions on columns: column:words, column=value, column>value.",
                {
                    "type": "array",
                    "items": {
                        "type": "string",
                        "pattern": f"^({'|'.join(names)})(<=|>=|!=|=|<|>|:)",
                    },
                },
                [f"{first}!=x"],
            ),
        }
    texts |= {
        "labels": ("Rótulos junto a los IRI.", "Labels beside IRIs.", _SWITCH, "1"),
        "excel": ("CSV para hojas de cálculo.", "CSV for spreadsheets.", _SWITCH, "1"),
    }
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": {"es": spanish, "en": english},
            "schema": schema,
            "example": example,
        }
        for name, (spanish, english, schema, example) in texts.items()
    ]


def _operation(current: Service, query: StoredQuery, lang: Language) -> dict[str, Any]:
    """Return the operation of a stored query."""
    text = {"schema": {"type": "string"}}
    headers = {
        "X-Dataset-Version": {
            "description": {"es": "Versión de los datos.", "en": "Version of the data."},
            **text,
        },
        "Link": {
            "description": {
                "es": "Licencia y otras páginas (RFC 8288).",
                "en": "Licence and other pages (RFC 8288).",
            },
            **text,
        },
        "X-Total-Count": {
            "description": {"es": "Filas en total.", "en": "Rows in all."},
            "schema": {"type": "integer"},
        },
    }
    content: dict[str, Any] = {"text/html": text}
    for name in formats_of(query.form):
        schema = {"schema": _SCHEMAS[name]} if name in _SCHEMAS else {}
        content[FORMATS[name].media_type.partition(";")[0]] = schema
    return _with_problems(
        {
            "operationId": query.id,
            "tags": list(query.header.tags),
            "summary": query.header.summary[lang],
            "description": query.header.description[lang],
            "parameters": [
                *(_parameter(current, query, each, lang) for each in query.header.parameters),
                *_reserved(query),
                {"$ref": "#/components/parameters/lang"},
            ],
            "problems": [400, 404, 406],
            "responses": {
                "200": {
                    "description": query.header.summary[lang],
                    "headers": headers,
                    "content": content,
                }
            },
        }
    )


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
            "summary": {
                "es": "¿Dónde están las brechas entre un marco y un plan, y qué frase lo dice?",
                "en": "Where does a plan leave gaps in a framework, and which sentence says so?",
            },
            "description": {
                "es": "Cada consulta guardada toma también el formato como sufijo: "
                "/queries/{id}.csv. Toda dirección responde a HEAD y OPTIONS.",
                "en": "Each stored query also takes the format as a suffix: "
                "/queries/{id}.csv. Every address answers HEAD and OPTIONS.",
            },
            "license": {
                "name": "CC BY 4.0",
                "url": "https://creativecommons.org/licenses/by/4.0/",
            },
        },
        "servers": [{"url": "/"}],
        "paths": {
            **{
                f"/queries/{query.id}": {"get": _operation(current, query, lang)}
                for query in current.catalogue
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
    response = make_response(json.dumps(document(service(), language())))
    response.headers["Content-Type"] = "application/json"
    return _public(response)


@blueprint.get("/api")
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
    return _public(make_response(render_template("api.html", document=whole)))


def _public(response: Response) -> Response:
    """Mark an answer as the same for everybody until the next build."""
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Vary"] = "Accept-Language, Accept-Encoding"
    return response
