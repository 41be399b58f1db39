"""The table of decisions that lies in the folder of an analysis: read, checked and written.

A row is what one person decided of one text: of a statement (its kind, its topics, what it
mitigates), of a topic (its status) or of an observation (where it is cut into statements).  It
names its thing by the end of its IRI, as ``statement/52.3.3``, and its text by the text's key: it
holds for that text alone.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gapgraph.decisions.cuts import pieces
from gapgraph.errors import InputError
from gapgraph.files import write_atomic
from gapgraph.namespaces import slug
from gapgraph.statuses import OF_TOPICS
from gapgraph.tables import Row, read_tsv
from gapgraph.told import joined, told

__all__ = ["COLUMNS", "KINDS", "NONE", "Decided", "read_decided", "write_decided"]

#: Its columns.
COLUMNS = (
    "item", "key", "text", "cut", "kind", "topics", "mitigation", "status", "reason", "reviewer",
    "date",
)  # fmt: skip
#: What a cell says where a person decided that there is nothing.
NONE = "-"
#: The kinds that a person may give a statement: local names of classes.
KINDS = ("Provision", "Omission", "Invocation", "ContextNote", "Doubt")
#: What stands between several topics or statements of one cell.
_BETWEEN = " · "
_ITEM = re.compile(
    r"statement/[a-z0-9-]+\.[1-9]\d*\.[1-9]\d*|(?:topic|observation)/[a-z0-9-]+\.[1-9]\d*"
)
_KEY = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Decided:
    """What one person decided of one text.

    :param item: the end of its IRI under the analysis
    :param key: the key of the text that was read
    :param text: that text, where it is known
    :param cut: the text of an observation, with a bar where each statement but the first begins
    :param kind: local name of a class of statements; empty where the rules' kind is left
    :param topics: the topics that a statement concerns, each as ``7.1`` and its label; the
        directive alone (``7`` and no label) where it bears on what the directive asks;
        (`NONE`, ``""``) for nothing; empty where it is left to the rules
    :param mitigates: the statements that it mitigates, as ``7.1.2``; `NONE` for none; empty where
        it is left to the rules
    :param status: local name of a status of a topic
    :param date: when it was decided, as ``2026-11-27``
    :param row: where it stands, once it was read
    """

    item: str
    key: str
    text: str
    cut: str
    kind: str
    topics: tuple[tuple[str, str], ...]
    mitigates: tuple[str, ...]
    status: str
    reason: str
    reviewer: str
    date: str
    row: Row | None = None

    @property
    def name(self) -> str:
        """What its thing is called after its family: ``52.3.3``."""
        return self.item.partition("/")[2]

    @property
    def place(self) -> str:
        """What its thing is part of, which stays where statements before it are cut otherwise.

        Of a statement its observation, of a topic or an observation the thing itself.
        """
        return self.item.rpartition(".")[0] if self.item.startswith("statement/") else self.item

    @property
    def person(self) -> str:
        """Who decided, as an IRI names people: capitals, accents and blanks aside."""
        return slug(self.reviewer)

    def cells(self) -> list[str]:
        """Return its cells, in the order of `COLUMNS`."""
        topics = (" ".join(filter(None, each)) for each in self.topics)
        cells = [
            self.item, self.key, self.text, self.cut, self.kind, _BETWEEN.join(topics),
            _BETWEEN.join(self.mitigates), self.status, self.reason, self.reviewer, self.date,
        ]  # fmt: skip
        return [" ".join(cell.split()) for cell in cells]


def read_decided(path: Path) -> list[Decided]:
    """Return the decisions of a table, in its order.

    :raises InputError: where it is no such table, naming the first row that is wrong
    """
    found: dict[tuple[str, str, str], Decided] = {}
    for row in read_tsv(path, COLUMNS):
        one = _decided(row)
        earlier = found.setdefault((one.item, one.key, one.person), one)
        if earlier is not one and earlier.row is not None:
            raise row.fail(
                told(
                    "{reviewer} decided of this text above (line {line})",
                    reviewer=one.reviewer,
                    line=earlier.row.line,
                ),
                told("keep one row"),
            )
    return list(found.values())


def _decided(row: Row) -> Decided:
    """Return the decision of a row.

    :raises InputError: where it is none
    """
    topics = [each.partition(" ") for each in row["topics"].split(_BETWEEN) if each]
    one = Decided(
        row["item"],
        row["key"],
        row["text"],
        row["cut"],
        row["kind"],
        tuple((number, label) for number, _, label in topics),
        tuple(each for each in row["mitigation"].split(_BETWEEN) if each),
        row["status"],
        row["reason"],
        row["reviewer"],
        row["date"],
        row,
    )
    for right, what, todo in _checks(one):
        if not right:
            raise row.fail(what, todo)
    return one


def _checks(one: Decided) -> Iterable[tuple[object, str, str]]:
    """Yield what must hold of a decision, what is wrong where it does not, and what to do."""
    family = one.item.partition("/")[0]
    of_statement = bool(one.kind or one.topics or one.mitigates)
    yield (
        _ITEM.fullmatch(one.item),
        told("{item!r} is no statement, no topic and no observation", item=one.item),
        told("write statement/7.1.2, topic/7.1 or observation/7.1"),
    )
    yield (
        _KEY.fullmatch(one.key),
        told("{key!r} is no key of a text", key=one.key),
        told("take that of the queue"),
    )
    yield one.person, told("has no reviewer"), told("write who decided")
    yield (
        _is_date(one.date),
        told("{date!r} is no date", date=one.date),
        told("write when, as 2026-11-27"),
    )
    yield one.reason, told("has no reason"), told("write why")
    yield (
        one.kind in ("", *KINDS),
        told("{kind!r} is no kind of statement", kind=one.kind),
        told("use {these}", these=", ".join(KINDS)),
    )
    yield (
        one.status in ("", *OF_TOPICS),
        told("status {status!r} is unknown", status=one.status),
        told("use {these}", these=", ".join(OF_TOPICS)),
    )
    yield (
        (family == "statement" or not of_statement)
        and (family == "topic" or not one.status)
        and (family == "observation" or not one.cut),
        told("decides of a topic what is a statement's, or of a statement what is a topic's"),
        told(
            "a topic has a status; a statement has a kind, topics and what it "
            "mitigates; an observation has a cut"
        ),
    )
    yield (
        not (one.cut and one.text) or pieces(one.text, one.cut),
        told("is cut in other words than it has"),
        told("write its text with | where a statement begins"),
    )
    yield (
        one.status or of_statement or one.cut,
        told("decides nothing"),
        told("fill in what was decided, or remove the row"),
    )


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def write_decided(path: Path, decisions: Sequence[Decided]) -> None:
    """Write a table of decisions, whole or not at all.

    :raises EnvironmentFailure: where it cannot be written
    :raises InputError: for what would not be read again
    """
    rows = [COLUMNS, *(one.cells() for one in decisions)]
    for one in decisions:
        for right, what, todo in _checks(one):
            if not right:
                raise InputError(joined(" ", [one.item, what]), todo=todo, file=path)
    write_atomic(path, "".join("\t".join(cells) + "\n" for cells in rows))
