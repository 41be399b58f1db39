r"""Values put into a stored query: as RDF terms, never as text of the query.

Only the content of the ``VALUES`` block of a parameter changes.  Strings are written with the
escapes of SPARQL 1.1, section 19.7.  Its section 19.2 lets an engine undo ``\u`` escapes before
it looks for strings, so a quote is never written with one, and the ``u`` after a backslash that
is data always is (with eight digits, so that no digit of the data can join them).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from gapgraph.errors import UsageError
from gapgraph.iris import iri_fault, is_iri
from gapgraph.queries.fields import Parameter
from gapgraph.queries.header import Need
from gapgraph.queries.stored import StoredQuery
from gapgraph.told import told
from gapgraph.unicode import comparable, trimmed

__all__ = [
    "MAX_CHARACTERS",
    "MAX_VALUES",
    "bind",
    "check_values",
    "content",
    "refusal",
    "shown",
    "takes",
    "whether",
]

#: The longest value that is taken, in characters.
MAX_CHARACTERS = 4_096
#: The most values one parameter takes.
MAX_VALUES = 100

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
# What no text holds and XML cannot carry: control characters, halves of pairs, non-characters.
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: The prefixes of a query, and comments among them.
_PROLOGUE = re.compile(r"(?:\s*(?:#[^\n]*|(?:PREFIX|BASE)\b[^<]*<[^>]*>))*", re.IGNORECASE)
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_LANG = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


def _string(value: str) -> str:
    r"""Write a string literal.

    >>> print(_string('a "b" \\u0022'))
    "a \"b\" \\\U000000750022"
    """
    escaped = "".join(_ESCAPES.get(character, character) for character in value)
    return '"' + re.sub(r"\\\\([uU])", lambda m: f"\\\\\\U{ord(m[1]):08X}", escaped) + '"'


def _integer(value: str) -> str | None:
    return str(int(value)) if _INTEGER.fullmatch(value) else None


def _identifier(value: str) -> str | None:
    """Write an identifier as printed: a number where it is a whole one, else a text."""
    if not any(map(str.isalnum, value)):
        return None
    return _integer(value) or _string(value)


def _iri(value: str) -> str | None:
    return f"<{value}>" if is_iri(value) else None


def _lang(value: str) -> str | None:
    return f'"{value.lower()}"' if _LANG.fullmatch(value) else None


def _boolean(value: str) -> str | None:
    return value if value in {"true", "false"} else None


#: The types whose values are texts.
_TEXTS = frozenset({"string", "enumerated"})
#: For each type, what writes a value as a term, or nothing where it is not of the type.
_WRITE: dict[str, Callable[[str], str | None]] = {
    "string": _string,
    "enumerated": _string,
    "integer": _integer,
    "identifier": _identifier,
    "iri": _iri,
    "lang": _lang,
    "boolean": _boolean,
}
_TAKES = {
    "string": told("a text of up to {count} characters", count=MAX_CHARACTERS),
    "integer": told("a whole number of up to 18 digits, such as 7"),
    "identifier": told("an identifier as printed, such as 7 or V1.1"),
    "iri": told("a whole IRI, such as https://example.org/a"),
    "lang": told("a language tag, such as es"),
    "boolean": told("true or false"),
}


def takes(parameter: Parameter) -> str:
    """Say in words what a parameter takes."""
    if parameter.kind == "enumerated" and parameter.choices:
        listed = ", ".join(parameter.choices.values)
        listed = listed or told(
            "those that the query {query!r} lists", query=parameter.choices.query
        )
        what = told("one of {these}", these=listed)
    else:
        what = _TAKES[parameter.kind]
    return told("{what}; may be repeated", what=what) if parameter.repeats else what


def _term(query: str, parameter: Parameter, value: str) -> str:
    """Write one value as a term of SPARQL."""
    if len(value) > MAX_CHARACTERS:
        fault = told("has {count} characters", count=len(value))
    elif parameter.kind != "iri" and _NOT_TEXT.search(value):
        fault = told("holds a control character")
    elif (
        parameter.kind == "enumerated"
        and parameter.choices
        and parameter.choices.values
        and value not in parameter.choices.values
    ):
        fault = told("is {value}", value=shown(value))
    elif (written := _WRITE[parameter.kind](value)) is not None:
        return written
    elif parameter.kind == "iri":
        fault = told(
            "is {value}, which is no IRI ({fault})", value=shown(value), fault=iri_fault(value)
        )
    else:
        fault = told("is {value}", value=shown(value))
    raise refusal(query, parameter, fault, takes(parameter))


def refusal(query: str, parameter: Parameter, fault: str, takes: str) -> UsageError:
    """Return the error that tells of a value which a parameter does not take.

    :param fault: what the value is or has, after "the parameter"
    :param takes: what the parameter takes
    """
    return UsageError(
        told(
            "the parameter {parameter!r} of {query!r} {fault}",
            parameter=parameter.name,
            query=query,
            fault=fault,
        ),
        todo=told("it takes {takes}", takes=takes),
        parameter=parameter.name,
    )


def shown(value: str) -> str:
    """Return a value as a message quotes it."""
    return ascii(value[:40]) + ("…" if len(value) > 40 else "")


def content(query: str, parameter: Parameter, values: Sequence[str]) -> str:
    """Return what stands between the braces of a parameter's block.

    :param query: the query's id, for messages
    :raises UsageError: for values the parameter does not take
    """
    if isinstance(values, str):
        values = (values,)
    given = tuple(values)
    if not given:
        if not parameter.optional:
            raise UsageError(
                told(
                    "the parameter {parameter!r} of {query!r} has no value",
                    parameter=parameter.name,
                    query=query,
                ),
                todo=told("it takes {takes}", takes=takes(parameter)),
                parameter=parameter.name,
            )
        return " UNDEF "
    if len(given) > (MAX_VALUES if parameter.repeats else 1):
        raise UsageError(
            told(
                "the parameter {parameter!r} of {query!r} has {count} values",
                parameter=parameter.name,
                query=query,
                count=len(given),
            ),
            todo=(
                told("give up to {count}", count=MAX_VALUES)
                if parameter.repeats
                else told("give one")
            ),
            parameter=parameter.name,
        )
    # The same value twice would count each row twice.
    terms = dict.fromkeys(_term(query, parameter, value) for value in given)
    return f" {' '.join(terms)} "


def check_values(
    query: StoredQuery, values: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Return the values of all parameters of a query, the defaults among them.

    Texts come as they are compared, other values without what nobody sees at their ends.  An empty
    value of an optional parameter counts as none, as an empty field of a form does.

    :raises UsageError: for a name the query does not have
    """
    known = {each.name: each for each in query.header.parameters}
    values = _renamed(query, values, known)
    for name in values:
        if name not in known:
            raise UsageError(
                told(
                    "the query {query!r} has no parameter {shown}",
                    query=query.id,
                    shown=shown(name),
                ),
                todo=(
                    told("use {these}", these=", ".join(known)) if known else told("it takes none")
                ),
                parameter=name,
            )
    found = {}
    for name, parameter in known.items():
        given = values.get(name)
        if given is None:
            found[name] = parameter.default
        else:
            clean = comparable if parameter.kind in _TEXTS else trimmed
            several = tuple(map(clean, (given,) if isinstance(given, str) else given))
            found[name] = () if parameter.optional and set(several) <= {""} else several
    return found


def _renamed(
    query: StoredQuery, values: Mapping[str, Sequence[str]], known: Mapping[str, Parameter]
) -> dict[str, Sequence[str]]:
    """Return values under the names that the query's parameters have now."""
    found: dict[str, Sequence[str]] = {}
    for name, given in values.items():
        new = query.header.renamed(name, known)
        if new != name and new in values:
            raise UsageError(
                told(
                    "the parameter {name!r} of {query!r} is called {new!r} now, and both are given",
                    name=name,
                    query=query.id,
                    new=new,
                ),
                todo=told("give {new} only", new=new),
                parameter=name,
            )
        found[new] = given
    return found


def bind(query: StoredQuery, values: Mapping[str, Sequence[str]]) -> str:
    """Return the SPARQL of a query with values bound.

    :param values: for each parameter that shall not keep its default, its values
    :raises UsageError: naming the parameter and what it takes
    """
    given = check_values(query, values)
    bound, end = [], 0
    for block in query.blocks:
        parameter = query.parameter(block.name)
        if given[block.name] == parameter.default:
            continue  # as the file has it
        bound += [query.text[end : block.start], content(query.id, parameter, given[block.name])]
        end = block.end
    return "".join((*bound, query.text[end:]))


def whether(query: StoredQuery, need: Need, values: Mapping[str, Sequence[str]]) -> str:
    """Return the SPARQL that asks whether a dataset has what a query needs.

    :param query: the query, whose prefixes and parameters the pattern speaks of
    :param values: values by parameter; those left out keep their defaults
    """
    given = check_values(query, values)
    prologue = _PROLOGUE.match(query.text)
    blocks = "".join(
        f"VALUES ?{each.name} {{{content(query.id, each, given[each.name])}}} "
        for each in query.header.parameters
        if re.search(rf"\?{each.name}\b", need.pattern)
    )
    return f"{prologue[0] if prologue else ''}ASK {{ {blocks}{need.pattern} }}"
