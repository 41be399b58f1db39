"""The stored queries of a folder: each a ``.rq`` file, checked whole when it is loaded."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from gapgraph.errors import InputError, NotFoundError, QuerySyntaxError, UsageError
from gapgraph.files import read_text, sha256
from gapgraph.namespaces import query_iri
from gapgraph.queries.binding import content
from gapgraph.queries.header import LANGUAGES, Header, Parameter, read_header
from gapgraph.queries.text import Block, values_blocks
from gapgraph.store.embedded import parse_query
from gapgraph.store.scan import Token, tokens

__all__ = ["Catalogue", "StoredQuery"]

_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_MAX_BYTES = 64_000
_UNESCAPE = re.compile(r"\\(.)")
#: What no stored query needs: data from elsewhere, and columns in an order of the engine's own.
_FORBIDDEN = {"SERVICE", "FROM", "LOAD", "DESCRIBE"}


@dataclass(frozen=True)
class StoredQuery:
    """A stored query.

    :param id: the file's name without suffix
    :param file: the file it was read from
    :param text: its SPARQL, without header
    :param version: the first 16 hexadecimal digits of the file's SHA-256
    :param form: ``SELECT``, ``CONSTRUCT`` or ``ASK``
    :param blocks: where its parameters stand in the text
    """

    id: str
    file: Path
    header: Header
    text: str
    version: str
    form: str
    blocks: tuple[Block, ...]

    @property
    def iri(self) -> str:
        """Its IRI."""
        return str(query_iri(self.id))

    def parameter(self, name: str) -> Parameter:
        """Return a parameter by its name.

        :raises NotFoundError: where there is none
        """
        for each in self.header.parameters:
            if each.name == name:
                return each
        raise NotFoundError(f"the query {self.id!r} has no parameter {name!r}", todo="mend it")


class Catalogue:
    """The stored queries, in the order of their ids.

    :param queries: the queries by id
    """

    def __init__(self, queries: dict[str, StoredQuery]) -> None:
        self._queries = dict(sorted(queries.items()))

    @classmethod
    def load(cls, folder: Path) -> Catalogue:
        """Read every ``.rq`` file of a folder.

        :raises InputError: with file and line, for any fault
        """
        files = sorted(folder.glob("*.rq"))
        if not files:
            raise InputError("holds no stored queries", todo="put .rq files there", file=folder)
        found = {file.stem: _read(file) for file in files}
        for query in found.values():
            _check_choices(query, found)
        return cls(found)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids, in order."""
        return tuple(self._queries)

    def __len__(self) -> int:
        return len(self._queries)

    def __iter__(self) -> Iterator[StoredQuery]:
        return iter(self._queries.values())

    def __contains__(self, name: object) -> bool:
        return name in self._queries

    def __getitem__(self, name: str) -> StoredQuery:
        """Return a query by its id.

        :raises NotFoundError: naming those that are near
        """
        if name in self._queries:
            return self._queries[name]
        near = difflib.get_close_matches(name[:100], self._queries, n=3, cutoff=0.5)
        raise NotFoundError(
            f"there is no stored query {name[:100]!r}",
            todo=f"did you mean {' or '.join(near)}?" if near else "list them all to choose one",
        )


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


def _read(file: Path) -> StoredQuery:
    """Read and check one file."""
    if not _ID.fullmatch(file.stem):
        raise InputError(
            "its name is no id", todo="use small letters, digits and hyphens", file=file, line=1
        )
    whole = read_text(file, limit=_MAX_BYTES)
    header = read_header(file, whole)
    body = "".join(whole.splitlines(keepends=True)[header.lines :])
    blank = len(body) - len(body.lstrip())
    draft = _Draft(file, header, body.strip() + "\n", header.lines + 1 + body[:blank].count("\n"))
    form = _check_form(draft)
    blocks = tuple(
        block
        for block in values_blocks(draft.text)
        if block.name in {each.name for each in header.parameters}
    )
    parameters = tuple(_with_default(draft, each, blocks) for each in header.parameters)
    return StoredQuery(
        id=file.stem,
        file=file,
        header=replace(header, parameters=parameters),
        text=draft.text,
        version=sha256(whole)[:16],
        form=form,
        blocks=blocks,
    )


def _check_form(draft: _Draft) -> str:
    """Check that the SPARQL is valid and projects what the header describes; return its form."""
    try:
        parts = list(tokens(draft.text))
    except QuerySyntaxError as error:
        line = draft.start + (error.line or 1) - 1
        raise InputError(error.what, todo=error.todo, file=draft.file, line=line) from error
    for part in parts:
        if part.kind == "word" and part.text.upper() in _FORBIDDEN:
            raise draft.fail(
                f"uses {part.text.upper()}", "ask only of the dataset's graphs", part.start
            )
    try:
        form, variables = parse_query(draft.text)
    except UsageError as error:
        place = re.search(r"at (\d+):\d+", error.what)
        line = draft.start + int(place[1]) - 1 if place else draft.start
        raise InputError(error.what, todo="mend it", file=draft.file, line=line) from error
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
    if form != "SELECT":
        if declared:
            raise draft.fail(f"is {form} and has no columns", "remove them from the header")
        return form
    words = [part.text.upper() for part in parts]
    select = words.index("SELECT")
    if "*" in words[select + 1 : select + 3]:
        raise draft.fail("projects *", "name the columns", parts[select].start)
    if declared != variables:
        raise draft.fail(
            f"the query projects {' '.join(variables)}, the header describes "
            f"{' '.join(declared) or 'no column'}",
            "describe every column, in the order of the projection",
            parts[select].start,
        )
    outer = [part.text.upper() for part in parts if part.depth == 0]
    if ("ORDER", "BY") not in itertools.pairwise(outer):
        raise draft.fail("has no ORDER BY", "give its rows an order", parts[select].start)
    return form


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


def _check_choices(query: StoredQuery, queries: dict[str, StoredQuery]) -> None:
    """Check that a parameter's values come from a query that is there and has the columns."""
    for parameter in query.header.parameters:
        choices = parameter.choices
        if choices is None or not choices.query:
            continue
        source = queries.get(choices.query)
        columns = [] if source is None else [each.name for each in source.header.columns]
        for column in (choices.value, choices.label):
            if column not in columns:
                raise InputError(
                    f"the choices of {parameter.name!r} need the column {column!r} "
                    f"of the query {choices.query!r}",
                    todo="name a stored query and two of its columns",
                    file=query.file,
                    line=parameter.line,
                )
