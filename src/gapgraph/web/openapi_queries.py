"""The stored queries as operations of OpenAPI, from their headers.

A text in both languages stands as ``{es: …, en: …}``; ``problems`` lists the statuses that are told
as problems.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from gapgraph.queries.header import Parameter
from gapgraph.queries.results import FORMATS, formats_of, run
from gapgraph.queries.stored import StoredQuery
from gapgraph.web.choices import offered
from gapgraph.web.language import Language
from gapgraph.web.service import Service

__all__ = ["query_paths"]

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


def query_paths(current: Service, lang: Language) -> dict[str, dict[str, Any]]:
    """Return the operations of the stored queries, by address and method.

    :param lang: the language of texts that a header has in both
    """
    return {
        **{
            f"/queries/{query.id}": {"get": _operation(current, query, lang)}
            for query in current.catalogue
        },
        "/queries/{id}.{suffix}": {"get": _suffixed(current)},
    }


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


#: Answers to conditions (RFC 9110, section 13): no content.
_CONDITIONS = {
    "304": {
        "description": {
            "es": "No ha cambiado desde la ETag de If-None-Match.",
            "en": "It has not changed since the ETag of If-None-Match.",
        }
    },
    "412": {
        "description": {
            "es": "No es la versión de la ETag de If-Match.",
            "en": "It is not the version of the ETag of If-Match.",
        }
    },
}


def _headers() -> dict[str, Any]:
    """Return the headers of an answer to a stored query."""
    text = {"schema": {"type": "string"}}
    return {
        "ETag": {
            "description": {
                "es": "Validador fuerte de esta representación, para If-None-Match e If-Match.",
                "en": "Strong validator of this representation, for If-None-Match and If-Match.",
            },
            **text,
        },
        "Content-Disposition": {
            "description": {
                "es": "Un nombre para el archivo; falta en la página.",
                "en": "A name for the file; missing for the page.",
            },
            **text,
        },
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


def _content(names: Iterable[str]) -> dict[str, Any]:
    """Return the media types of an answer, the page's among them, each with its schema."""
    content: dict[str, Any] = {"text/html": {"schema": {"type": "string"}}}
    for name in names:
        schema = {"schema": _SCHEMAS[name]} if name in _SCHEMAS else {}
        content[FORMATS[name].media_type.partition(";")[0]] = schema
    return content


def _suffixed(current: Service) -> dict[str, Any]:
    """Return the operation of the addresses that name a format by their suffix."""
    names = {
        "id": ([*current.catalogue.ids], "topics-without-category"),
        "suffix": (["html", *FORMATS], "csv"),
    }
    words = {
        "id": {"es": "La consulta.", "en": "The query."},
        "suffix": {
            "es": "El formato; los de RDF son de las consultas que lo construyen.",
            "en": "The format; those of RDF are for queries that build it.",
        },
    }
    return {
        "operationId": "query-as",
        "tags": ["service"],
        "summary": {
            "es": "La respuesta de una consulta, en el formato del sufijo",
            "en": "The answer to a query, in the format of the suffix",
        },
        "description": {
            "es": "Toma los mismos parámetros que la consulta sin sufijo, menos format.",
            "en": "Takes the parameters of the query without suffix, format aside.",
        },
        "parameters": [
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": words[name],
                "schema": {"type": "string", "enum": values},
                "example": example,
            }
            for name, (values, example) in names.items()
        ]
        + [{"$ref": "#/components/parameters/lang"}],
        "problems": [400, 404],
        "responses": {
            "200": {
                "description": {"es": "La respuesta", "en": "The answer"},
                "headers": _headers(),
                "content": _content(FORMATS),
            },
            **_CONDITIONS,
        },
    }


def _operation(current: Service, query: StoredQuery, lang: Language) -> dict[str, Any]:
    """Return the operation of a stored query."""
    return {
        "operationId": query.id,
        "x-sentence": query.header.sentence[lang],
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
                "headers": _headers(),
                "content": _content(formats_of(query.form)),
            },
            **_CONDITIONS,
        },
    }
