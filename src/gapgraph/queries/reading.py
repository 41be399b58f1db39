"""One ``.rq`` file read and checked whole, so that a wrong one fails with its line at loading."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from pathlib import Path

from gapgraph.errors import InputError, QuerySyntaxError, UsageError
from gapgraph.files import read_text, sha256
from gapgraph.queries.binding import content, whether
from gapgraph.queries.fields import Dictionary, Parameter
from gapgraph.queries.header import Header, read_header
from gapgraph.queries.stored import StoredQuery
from gapgraph.queries.text import Block, loose_variables, values_blocks
from gapgraph.store.embedded import parse_query
from gapgraph.store.scan import Token, tokens
from gapgraph.texts import LANGUAGES

__all__ = ["check_choices", "read_query"]

_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_MAX_BYTES = 64_000
_UNESCAPE = re.compile(r"\\(.)")
#: What no stored query needs, and why: data from elsewhere, or what each engine does in its way.
_FORBIDDEN = {
    **dict.fromkeys(("SERVICE", "FROM", "LOAD", "DESCRIBE"), "ask only of the dataset's graphs"),
    "SAMPLE": "an engine may give any value: use MIN",
}


@dataclass(frozen=True)
class _Draft:
    """A file whose header has been read.

    :param text: its SPARQL
    :param start: the line of the file that the SPARQL starts at
    """

    file: Path
    header: Header
    text: str
    start: int

    def fail(self, what: str, todo: str, position: int = 0) -> InputError:
        """Return an error at a position of the SPARQL."""
        line = self.start + self.text[:position].count("\n")
        return InputError(what, todo=todo, file=self.file, line=line)


def read_query(file: Path, dictionary: Dictionary) -> StoredQuery:
    """Read and check one file.

    :param dictionary: the columns and parameters that its header may name
    """
    if not _ID.fullmatch(file.stem):
        raise InputError(
            "its name is no id", todo="use small letters, digits and hyphens", file=file, line=1
        )
    try:
        whole = read_text(file, limit=_MAX_BYTES)
    except InputError as error:
        raise InputError(
            error.what,
            todo="write a header and a query in UTF-8, as other files here have them",
            file=file,
            line=error.line or 1,
        ) from error
    header = read_header(file, whole, dictionary)
    body = "".join(whole.splitlines(keepends=True)[header.lines :])
    blank = len(body) - len(body.lstrip())
    draft = _Draft(file, header, body.strip() + "\n", header.lines + 1 + body[:blank].count("\n"))
    form = _check_form(draft)
    blocks = _blocks(draft)
    parameters = tuple(_with_default(draft, each, blocks) for each in header.parameters)
    query = StoredQuery(
        id=file.stem,
        file=file,
        header=replace(header, parameters=parameters),
        text=draft.text,
        version=sha256(whole)[:16],
        form=form,
        blocks=blocks,
    )
    _check_needs(query)
    return query


def _check_needs(query: StoredQuery) -> None:
    """Check that what a query says it needs can be asked."""
    for each in query.header.needs:
        try:
            parse_query(whether(query, each, {}))
        except UsageError as error:
            raise InputError(
                f"the pattern {each.pattern!r} cannot be asked ({error.what})",
                todo="write what stands between the braces of a query, with its prefixes",
                file=query.file,
                line=each.line,
            ) from error


def _check_form(draft: _Draft) -> str:
    """Check that the SPARQL is valid and projects what the header describes; return its form."""
    try:
        parts = list(tokens(draft.text))
    except QuerySyntaxError as error:
        raise _at_its_line(draft, error) from error
    for part in parts:
        if part.kind == "word" and part.text.upper() in _FORBIDDEN:
            raise draft.fail(f"uses {part.text.upper()}", _FORBIDDEN[part.text.upper()], part.start)
    form, projected = _parsed(draft)
    _check_variables(draft)
    if form == "SELECT":
        _check_columns(draft, parts, projected)
        _check_lists(draft, parts)
    elif draft.header.columns:
        raise draft.fail(f"is {form} and has no columns", "remove them from the header")
    return form


def _parsed(draft: _Draft) -> tuple[str, tuple[str, ...]]:
    """Return the form of the SPARQL and what it projects, as the engine reads it."""
    try:
        return parse_query(draft.text)
    except QuerySyntaxError as error:
        raise _at_its_line(draft, error) from error
    except UsageError as error:
        raise draft.fail(error.what, error.todo) from error


def _at_its_line(draft: _Draft, error: QuerySyntaxError) -> InputError:
    """Return an error of the SPARQL at the line of the file, which alone is told."""
    what = re.sub(r" at line \d+, column \d+", "", error.what)
    line = draft.start + (error.line or 1) - 1
    return InputError(what, todo=error.todo, file=draft.file, line=line)


def _check_columns(draft: _Draft, parts: list[Token], projected: tuple[str, ...]) -> None:
    """Check that a SELECT gives every row, in an order, with the columns that are described."""
    declared = tuple(each.name for each in draft.header.columns)
    for lang in LANGUAGES:
        labels = [each.label[lang] for each in draft.header.columns]
        if len(set(labels)) < len(labels):
            raise InputError(
                f"two columns have one label in {lang!r}",
                todo="tell them apart",
                file=draft.file,
                line=1,
            )
    words = [part.text.upper() for part in parts]
    select = words.index("SELECT")
    if "*" in words[select + 1 : select + 3]:
        raise draft.fail("projects *", "name the columns", parts[select].start)
    if declared != projected:
        raise draft.fail(
            f"the query projects {' '.join(projected)}, the header names "
            f"{' '.join(declared) or 'no column'}",
            "name every column, in the order of the projection",
            parts[select].start,
        )
    outer = [part for part in parts if part.depth == 0]
    for part in outer:
        if part.text.upper() in {"LIMIT", "OFFSET"}:
            raise draft.fail(
                f"has {part.text.upper()}", "answer every row: who asks cuts pages", part.start
            )
    if ("ORDER", "BY") not in itertools.pairwise(part.text.upper() for part in outer):
        raise draft.fail("has no ORDER BY", "give its rows an order", parts[select].start)


def _check_lists(draft: _Draft, parts: list[Token]) -> None:
    """Check that values joined are a list of the header, whose order does not depend on engines."""
    lists = {each.name for each in draft.header.columns if each.list}
    for place, part in enumerate(parts):
        if part.text.upper() != "GROUP_CONCAT":
            continue
        rest = parts[place + 1 :]
        closed = (
            at for at, each in enumerate(rest) if (each.kind, each.depth) == ("close", part.depth)
        )
        end = next(closed, len(rest))
        separator = [
            value.text
            for name, _, value in zip(rest[:end], rest[1:end], rest[2:end], strict=False)
            if name.text.upper() == "SEPARATOR"
        ]
        if separator != [r'"\n"']:
            raise draft.fail(
                "GROUP_CONCAT joins with something else", r'write SEPARATOR = "\n"', part.start
            )
        pairs = zip(rest[end:], rest[end + 1 :], strict=False)
        name = next((each.text[1:] for word, each in pairs if word.text.upper() == "AS"), "")
        if name not in lists:
            raise draft.fail(
                f"?{name} holds several values and its column is no list",
                "give the column a list: in fields.yaml, and each value the key to sort it by",
                part.start,
            )


def _check_variables(draft: _Draft) -> None:
    """Check that whatever is projected, compared or sorted by is bound somewhere."""
    for each in loose_variables(draft.text):
        raise draft.fail(
            f"nothing binds {each.text}", "write the name that a pattern has", each.start
        )


def _blocks(draft: _Draft) -> tuple[Block, ...]:
    """Return where the parameters stand; a block of one value that is none is a slip."""
    declared = {each.name for each in draft.header.parameters}
    found = values_blocks(draft.text)
    for block in found:
        if block.name not in declared and len(_default(draft.text[block.start : block.end])) < 2:
            raise draft.fail(
                f"?{block.name} has one value and is no parameter", "declare it", block.start
            )
    return tuple(block for block in found if block.name in declared)


def _with_default(draft: _Draft, parameter: Parameter, blocks: tuple[Block, ...]) -> Parameter:
    """Return a parameter with the default that its block holds."""
    mine = [block for block in blocks if block.name == parameter.name]
    if not mine:
        raise InputError(
            f"the parameter {parameter.name!r} stands in no block",
            todo=f"write VALUES ?{parameter.name} {{ … }} in the group that needs it",
            file=draft.file,
            line=parameter.line,
        )
    written = [draft.text[block.start : block.end] for block in mine]
    for block, text in zip(mine, written, strict=True):
        if text.split() != written[0].split():
            raise draft.fail(f"?{parameter.name} has several defaults", "write one", block.start)
    complete = replace(parameter, default=_default(written[0]))
    said = draft.header.defaults.get(parameter.name, complete.default)
    if said != complete.default:
        raise draft.fail(
            f"defaults gives {parameter.name!r} {', '.join(said)}, and its block another value",
            "write the same",
            mine[0].start,
        )
    try:
        bound = content(draft.file.stem, complete, complete.default)
    except UsageError as error:
        raise draft.fail(error.what, error.todo, mine[0].start) from error
    if bound.split() != written[0].split():
        raise draft.fail(
            f"the default of ?{parameter.name} is not written as it is bound",
            f"write {{{bound}}}",
            mine[0].start,
        )
    return complete


def _default(block: str) -> tuple[str, ...]:
    """Return the values of a block as they would be given."""
    groups: list[list[Token]] = []
    for part in tokens(block):
        # What is written without a space is one term: -7, or "a"@es.
        if groups and groups[-1][-1].start + len(groups[-1][-1].text) == part.start:
            groups[-1].append(part)
        else:
            groups.append([part])
    values = []
    for first, *more in groups:
        if more:
            values.append("".join(part.text for part in (first, *more)))
        elif first.kind == "iri":
            values.append(first.text[1:-1])
        elif first.kind == "string":
            values.append(_UNESCAPE.sub(r"\1", first.text[1:-1]))
        elif first.text.upper() != "UNDEF":
            values.append(first.text)
    return tuple(values)


def check_choices(query: StoredQuery, queries: dict[str, StoredQuery]) -> None:
    """Check that a parameter's values come from a query that is there and has the columns.

    So must what its rows are a part of.
    """
    whole = query.header.whole
    if whole and whole.query not in queries:
        raise InputError(
            f"there is no query {whole.query!r}",
            todo="name one that lists the whole",
            file=query.file,
            line=1,
        )
    for parameter in query.header.parameters:
        choices = parameter.choices
        if choices is None or not choices.query:
            continue
        source = queries.get(choices.query)
        columns = [] if source is None else [each.name for each in source.header.columns]
        for column in filter(None, (choices.value, choices.label, choices.number)):
            if column not in columns:
                raise InputError(
                    f"the choices of {parameter.name!r} need the column {column!r} "
                    f"of the query {choices.query!r}",
                    todo="name a stored query and two of its columns",
                    file=query.file,
                    line=parameter.line,
                )
