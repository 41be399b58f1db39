"""What the rules make of sentences they had not seen: for ``coverage.md`` and ``make bench``."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from gapgraph.reading.packs import find_pack
from gapgraph.reading.rows import read_rules

ROOT = Path(__file__).resolve().parents[1]
#: The sentences of each language.
SETS = {
    "es": ROOT / "tests" / "golden" / "unseen.tsv",
    "en": ROOT / "tests" / "golden" / "unseen-en.tsv",
    "pt": ROOT / "tests" / "golden" / "unseen-pt.tsv",
}
OUTCOMES = ("right", "unread", "wrong")


@dataclass(frozen=True)
class Judged:
    """A sentence, as its author and as the rules have it.

    :param kind: the kind that its author gave it; with ``+`` those of its clauses
    :param found: the kinds that the rules give it, in order
    :param outcome: one of `OUTCOMES`
    """

    kind: str
    found: tuple[str, ...]
    outcome: str


@dataclass(frozen=True)
class Omissions:
    """What matters most to who looks for gaps, counted in sentences.

    :param called: those that the rules call an omission
    :param right: those of them that are one
    :param there: those that are one
    :param hidden: those of them that the rules read whole, as something provided
    """

    called: int
    right: int
    there: int
    hidden: int


def judge(language: str) -> list[Judged]:
    """Compare the rules' kinds of a language's unseen sentences with those of their author.

    The kinds of a sentence are those of its statements in order, a repeated one once; a context
    note beside another kind does not count.  What is unread counts for nothing: a sentence is
    wrong only where the rules say something else of it.
    """
    pack = find_pack(ROOT / "data", language)
    assert pack is not None
    rules = read_rules(ROOT / "data", pack).statements
    judged = []
    with SETS[language].open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            text = row["text"]
            kinds = [rules.kind_of(text[each.start : each.end])[0] for each in rules.split(text)]
            runs = [kind for kind, _ in groupby(kinds)]
            telling = [kind for kind in runs if kind != "ContextNote"] or runs
            wanted = row["kind"].split("+")
            outcome = "right"
            if telling != wanted:
                read = set(telling) - {"UnreadStatement"}
                left = "UnreadStatement" in telling and read <= set(wanted)
                outcome = "unread" if left else "wrong"
            judged.append(Judged(row["kind"], tuple(telling), outcome))
    return judged


def omissions(judged: Sequence[Judged]) -> Omissions:
    """Count omissions among sentences."""
    called = [each for each in judged if "Omission" in each.found]
    there = [each for each in judged if "Omission" in each.kind]
    provided = {"Provision", "Invocation"}
    return Omissions(
        called=len(called),
        right=sum("Omission" in each.kind for each in called),
        there=len(there),
        hidden=sum(
            bool(provided & set(each.found))
            and not {"Omission", "UnreadStatement"} & set(each.found)
            for each in there
        ),
    )
