"""What the rules make of sentences with known kinds: for ``coverage.md`` and ``make bench``.

Two sets of each language are told apart: those by which the rules were mended (training), and those
that nobody looked at before the rules were judged by them (unseen).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from gapgraph.reading.packs import find_pack
from gapgraph.reading.rows import read_rules
from gapgraph.review.agreement import kappa

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden"
LANGUAGES = ("es", "en", "pt")
#: The sentences of each language by which the rules were made.
TRAINING = {each: GOLDEN / f"training-{each}.tsv" for each in LANGUAGES}
#: Those by which they were judged, once; none while new ones are awaited.
UNSEEN = {each: file for each in LANGUAGES if (file := GOLDEN / f"unseen-{each}.tsv").is_file()}
#: Half of an earlier set, which nobody who mends rules has looked at either: its name and files.
EARLIER_NAME = "second-even"
EARLIER = {each: GOLDEN / f"even-{each}.tsv" for each in LANGUAGES}
#: How each unseen set was judged a second time; what the rules made of it whenever they were asked.
SECOND, FIGURES = GOLDEN / "unseen-second.tsv", GOLDEN / "unseen-figures.tsv"
OUTCOMES = ("right", "unread", "wrong")
#: The kinds that make a topic count as addressed.
PROVIDED = frozenset({"Provision", "Invocation"})


@dataclass(frozen=True)
class Judged:
    """A sentence, as its readers and as the rules have it.

    :param kind: the kind that its author gave it; with ``+`` those of its clauses
    :param second: the same of a second reader; empty where there was none
    :param found: the kinds that the rules give it, in order
    :param outcome: one of `OUTCOMES`
    """

    text: str
    kind: str
    second: str
    found: tuple[str, ...]
    outcome: str


@dataclass(frozen=True)
class Omissions:
    """What matters most to who looks for gaps, counted in sentences.

    :param called: those that the rules call an omission
    :param right: those of them that are one
    :param there: those that are one
    :param hidden: those of them that the rules read whole, as something provided
    :param provided: those of which something provided is all that is said
    :param denied: those of them that the rules call an omission
    """

    called: int
    right: int
    there: int
    hidden: int
    provided: int
    denied: int


@dataclass(frozen=True)
class Figures:
    """What the rules made of an unseen set, one time that they were asked.

    :param name: what the set is called; one set of each language has it
    :param rules: which rules they were, in words
    :param strict: whether nobody who wrote them had seen even a figure of the set
    """

    name: str
    language: str
    date: str
    rules: str
    strict: bool
    right: int
    unread: int
    wrong: int
    omissions: Omissions


def rows(file: Path) -> list[dict[str, str]]:
    """Return the rows of a tab-separated file by column."""
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def figures() -> list[Figures]:
    """Return what the rules made of the unseen sets, in the order in which they were asked."""
    return [
        Figures(
            row["set"],
            row["language"],
            row["date"],
            row["rules"],
            row["strict"] == "yes",
            *(int(row[name]) for name in OUTCOMES),
            Omissions(
                *(
                    int(row[name])
                    for name in ("called", "found", "there", "hidden", "provided", "denied")
                )
            ),
        )
        for row in rows(FIGURES)
    ]


def present(language: str) -> str:
    """Return the name of a language's present set: that of the last figures noted of it."""
    return next(each.name for each in reversed(figures()) if each.language == language)


def second_readers() -> dict[tuple[str, str], tuple[bool, str]]:
    """Tell of each set whether a reader of its own judged it again, and how that was done.

    :return: by its name and language
    """
    return {
        (row["set"], row["language"]): (row["own_reader"] == "yes", row["how"])
        for row in rows(SECOND)
    }


def _telling(kinds: Sequence[str]) -> tuple[str, ...]:
    """Return kinds in order, one after its like and context beside others left out."""
    others = [kind for kind in kinds if kind != "ContextNote"] or kinds
    return tuple(kind for kind, _ in groupby(others))


def judge(language: str, sentences: Path) -> list[Judged]:
    """Compare the rules' kinds of a language's sentences with those of their author.

    The kinds of a sentence are those of its statements in order, a repeated one once; a context
    note beside another kind does not count.  What is unread counts for nothing: a sentence is
    wrong only where the rules say something else of it.

    :param sentences: a table with the columns ``kind`` and ``text``, and perhaps ``kind2``
    """
    pack = find_pack(ROOT / "data", language)
    assert pack is not None
    rules = read_rules(ROOT / "data", pack).statements
    judged = []
    for row in rows(sentences):
        text = row["text"]
        found = _telling(
            [rules.kind_of(text[each.start : each.end])[0] for each in rules.split(text)]
        )
        wanted = _telling(row["kind"].split("+"))
        outcome = "right"
        if found != wanted:
            read = set(found) - {"UnreadStatement"}
            left = "UnreadStatement" in found and read <= set(wanted)
            outcome = "unread" if left else "wrong"
        judged.append(Judged(text, row["kind"], row.get("kind2") or "", found, outcome))
    return judged


def omissions(judged: Sequence[Judged]) -> Omissions:
    """Count omissions among sentences, and what is taken for its opposite."""
    called = [each for each in judged if "Omission" in each.found]
    there = [each for each in judged if "Omission" in each.kind]
    provided = [each for each in judged if set(_telling(each.kind.split("+"))) <= PROVIDED]
    return Omissions(
        called=len(called),
        right=sum("Omission" in each.kind for each in called),
        there=len(there),
        hidden=sum(
            bool(PROVIDED & set(each.found))
            and not {"Omission", "UnreadStatement"} & set(each.found)
            for each in there
        ),
        provided=len(provided),
        denied=sum("Omission" in each.found for each in provided),
    )


def readers_agree(judged: Sequence[Judged]) -> tuple[int, int, float | None]:
    """Tell of how many sentences two readers give the same kinds, of how many, and their kappa."""
    pairs = [
        ("+".join(_telling(each.kind.split("+"))), "+".join(_telling(each.second.split("+"))))
        for each in judged
        if each.second
    ]
    return sum(one == other for one, other in pairs), len(pairs), kappa(pairs) if pairs else None
