"""Whole sentences of observations, with the clauses in them that decide.

A statement is a clause; a clause on its own is no quotation.  The sentence it stands in goes from
the end of a sentence before it to the end of one after it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from gapgraph.queries.rows import Row, Text
from gapgraph.statuses import AGAINST, FOR
from gapgraph.texts import aligned

__all__ = ["NO_TEXT", "Sentence", "decides", "sentences", "sentences_of", "translations_of"]

_ENDS = ".?!…"
_CLOSING = "»”’\"')"
#: What stands where there is no text.
NO_TEXT = Text("", "")


@dataclass(frozen=True)
class Sentence:
    """A sentence of an observation.

    :param pieces: its words in order, each with the kind of the statement that decides, as the
        local name of its class, or nothing where none does; together they are the sentence
    :param lang: its language
    :param observation: the IRI of the observation
    :param start: where in the observation it begins, in code points
    :param statements: the IRIs of the statements in it that decide
    :param number: the observation's number: its directive's identifier, and its place
    :param line: the line of the source that it was read from; empty where the source has no lines
    :param translation: our translation of it into the reader's language, where there is one
    """

    pieces: tuple[tuple[str, str], ...]
    lang: str
    observation: str
    start: int
    statements: tuple[str, ...] = ()
    number: str = ""
    line: str = ""
    translation: Text = NO_TEXT

    @property
    def text(self) -> str:
        """The whole sentence."""
        return "".join(text for text, _ in self.pieces)


def sentences(text: str, statements: Sequence[Row]) -> list[tuple[int, int]]:
    """Return where the sentences of an observation begin and end.

    A sentence ends only where a statement does: the reading of the text knew what stops end none.

    :param text: the observation's text
    :param statements: its statements, with ``start`` and ``end``
    """
    begins = [0]
    for row in sorted(statements, key=lambda row: row.number("start")):
        before = text[: row.number("start")].rstrip().rstrip(_CLOSING)
        if before.endswith(tuple(_ENDS)):
            begins.append(row.number("start"))
    begins = sorted(set(begins))
    return list(zip(begins, [*begins[1:], len(text)], strict=True))


def kind_of(statement: Row) -> str:
    """Return the kind of a statement: the local name of its class."""
    return statement["kind"].rpartition("#")[2]


def decides(statements: Iterable[Row], *, gap: bool) -> set[str]:
    """Return the IRIs of the statements that decide a status.

    :param statements: rows of the query ``statements-in-full``
    :param gap: whether the status is a gap: then what is missing decides, else what is there
    """
    kinds = AGAINST if gap else FOR
    return {each["statement"] for each in statements if kind_of(each) in kinds}


def translations_of(rows: Iterable[Row], lang: str) -> dict[str, Text]:
    """Return our translations into a language, by the IRI of what each is a translation of.

    :param rows: rows of the query ``translations``
    :param lang: the language of the reader
    """
    found = ((row["item"], row.text("translation")) for row in rows)
    return {item: text for item, text in found if text.lang == lang}


def sentences_of(
    statements: Iterable[Row],
    deciding: Collection[str],
    translations: Mapping[str, Text] = MappingProxyType({}),
) -> list[Sentence]:
    """Return the sentences that hold certain statements, which are marked in them.

    :param statements: rows of the query ``statements-in-full``
    :param deciding: the IRIs of the statements to mark
    :param translations: our translations into the reader's language, by the IRI of what they are of
    """
    by_observation: defaultdict[str, list[Row]] = defaultdict(list)
    for row in statements:
        by_observation[row["observation"]].append(row)
    found = []
    for observation, rows in by_observation.items():
        marked = [row for row in rows if row["statement"] in deciding]
        if not marked:
            continue
        text = rows[0].text("observationText")
        for start, end in sentences(text.value, rows):
            inside = [row for row in marked if start <= row.number("start") < end]
            if not inside:
                continue
            clauses = sorted(
                (
                    max(start, row.number("start")),
                    min(end, row.number("end")),
                    kind_of(row),
                )
                for row in inside
            )
            first = rows[0]
            named = [first["directiveIdentifier"], first["observationPosition"]]
            whole = translations.get(observation, NO_TEXT)
            found.append(
                Sentence(
                    _cut(text.value, start, end, clauses),
                    text.lang,
                    observation,
                    start,
                    tuple(row["statement"] for row in inside),
                    ".".join(filter(None, named)),
                    first["sourceLine"],
                    Text(aligned(text.value, whole.value, start, end), whole.lang),
                )
            )
    return found


def _cut(
    text: str, start: int, end: int, marked: Sequence[tuple[int, int, str]]
) -> tuple[tuple[str, str], ...]:
    """Cut a stretch of a text at what is marked in it; white space around it goes."""
    end = start + len(text[start:end].rstrip())
    start = end - len(text[start:end].lstrip())
    pieces: list[tuple[str, str]] = []
    at = start
    for begins, ends, kind in marked:
        begins, ends = max(begins, at), min(ends, end)  # noqa: PLW2901 - statements may overlap
        if begins >= ends:
            continue
        if begins > at:
            pieces.append((text[at:begins], ""))
        pieces.append((text[begins:ends], kind))
        at = ends
    if at < end:
        pieces.append((text[at:end], ""))
    return tuple(pieces)
