"""The stored queries as operations of OpenAPI, from their headers.

A text to translate is a `Message`; ``problems`` lists the statuses that are told
as problems.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from gapgraph.messages import Message
from gapgraph.queries.fields import Parameter
from gapgraph.queries.results import run
from gapgraph.queries.stored import StoredQuery
from gapgraph.web.answers import offers_of
from gapgraph.web.choices import offered
from gapgraph.web.language import Language
from gapgraph.web.negotiate import Offer
from gapgraph.web.service import Service

__all__ = ["FORMAT", "query_paths"]

#: What is said of the parameter ``format``, wherever it is taken.
FORMAT = Message("Formato; si falta, el de Accept.")

_SWITCH = {"type": "string", "enum": ["0", "1"]}
_COUNT = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
#: JSON schemas of results, by format.
_SCHEMAS: dict[str, dict[str, Any]] = {
    "html": {"type": "string"},
    "srj": {"type": "object", "required": ["head"]},
    "json": {"type": "object", "required": ["query", "version", "dataset", "license"]},
}
_KINDS: dict[str, dict[str, Any]] = {
    "string": {"type": "string", "maxLength": 4096},
    "enumerated": {"type": "string"},
    "integer": {"type": "integer", "minimum": -(10**18) + 1, "maximum": 10**18 - 1},
    "identifier": {"type": ["integer", "string"], "maxLength": 4096, "minLength": 1},
    "iri": {"type": "string", "format": "iri", "pattern": "^(https?://|urn:)"},
    "lang": {"type": "string", "pattern": "^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$"},
    "boolean": {"type": "boolean"},
}


def query_paths(current: Service, lang: Language) -> dict[str, dict[str, Any]]:
    """Return the operations of the stored queries, by address and method.

    :param lang: the language of texts
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
    if parameter.kind == "identifier" and values:
        return int(values[0]) if values[0].isdecimal() else values[0]
    if parameter.kind == "boolean":
        return values != ["false"]
    return (values or [query.iri if parameter.kind == "iri" else "a"])[0]


def _parameter(
    current: Service, query: StoredQuery, parameter: Parameter, lang: Language
) -> dict[str, Any]:
    """Return a stored query's parameter."""
    schema = dict(_KINDS[parameter.kind])
    if parameter.kind == "enumerated":
        schema["enum"] = [value for value, _ in offered(current, parameter)]
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
    texts: dict[str, tuple[str, dict[str, Any], Any]] = {
        "format": (
            FORMAT,
            {"type": "string", "enum": [offer.name for offer in offers_of(query.form)]},
            "html",
        ),
    }
    if query.form == "SELECT":
        first = query.header.columns[0].name
        texts |= {
            "limit": (
                Message("Filas por página; todas si falta."),
                _COUNT,
                10,
            ),
            "offset": (Message("Filas que se dejan antes."), _COUNT, 0),
            "sort": (
                Message("Columnas para ordenar; «-» delante de la que baja."),
                {
                    "type": "array",
                    "items": {"type": "string", "pattern": f"^-?({'|'.join(names)})$"},
                },
                [first],
            ),
            "filter": (
                Message(
                    "Condiciones sobre columnas: columna:palabras, columna=valor, columna>valor."
                ),
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
        "labels": (Message("Rótulos junto a los IRI."), _SWITCH, "1"),
        "excel": (Message("CSV para hojas de cálculo."), _SWITCH, "1"),
    }
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": words,
            "schema": schema,
            "example": example,
        }
        for name, (words, schema, example) in texts.items()
    ]


#: Answers to conditions (RFC 9110, section 13): no content.
_CONDITIONS = {
    "304": {"description": Message("No ha cambiado desde la ETag de If-None-Match.")},
    "412": {"description": Message("No es la versión de la ETag de If-Match.")},
}


def _headers() -> dict[str, Any]:
    """Return the headers of an answer to a stored query."""
    text = {"schema": {"type": "string"}}
    return {
        "ETag": {
            "description": Message(
                "Validador fuerte de esta representación, para If-None-Match e If-Match."
            ),
            **text,
        },
        "Content-Disposition": {
            "description": Message("Un nombre para el archivo; falta en la página."),
            **text,
        },
        "X-Dataset-Version": {
            "description": Message("Versión de los datos."),
            **text,
        },
        "Link": {
            "description": Message("Licencia y otras páginas (RFC 8288)."),
            **text,
        },
        "X-Total-Count": {
            "description": Message("Filas en total."),
            "schema": {"type": "integer"},
        },
    }


def _content(offers: Iterable[Offer]) -> dict[str, Any]:
    """Return the media types of what is on offer, each with its schema."""
    return {
        offer.media: {"schema": _SCHEMAS[offer.name]} if offer.name in _SCHEMAS else {}
        for offer in offers
    }


def _suffixed(current: Service) -> dict[str, Any]:
    """Return the operation of the addresses that name a format by their suffix."""
    forms = dict.fromkeys(query.form for query in current.catalogue)
    offers = [offer for form in forms for offer in offers_of(form)]
    names = {
        "id": ([*current.catalogue.ids], "topics-without-category"),
        "suffix": ([*dict.fromkeys(offer.name for offer in offers)], "csv"),
    }
    words = {
        "id": Message("La consulta."),
        "suffix": Message("El formato; los de RDF son de las consultas que lo construyen."),
    }
    return {
        "operationId": "query-as",
        "tags": ["service"],
        "summary": Message("La respuesta de una consulta, en el formato del sufijo"),
        "description": Message(
            "Toma los mismos parámetros que la consulta sin sufijo, menos format."
        ),
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
                "description": Message("La respuesta"),
                "headers": _headers(),
                "content": _content(offers),
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
                "content": _content(offers_of(query.form)),
            },
            **_CONDITIONS,
        },
    }
