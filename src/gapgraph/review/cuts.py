"""Cuts that people wrote beside statements → the cut of each observation, by each person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gapgraph.decisions.cuts import MARK, pieces
from gapgraph.decisions.table import NONE, Decided
from gapgraph.files import sha256
from gapgraph.namespaces import last_segment, slug
from gapgraph.review.table import Decision
from gapgraph.told import told

__all__ = ["Cuts", "fault_of"]


def fault_of(filled: Decision, item: str, text: str) -> tuple[str, str]:
    """Return what is wrong with a cut, and what to do; nothing where nothing is.

    :param item: the end of the IRI of what the row is about
    :param text: its text as it is now
    """
    cut = filled.decided["cut"]
    if not item.startswith("statement/"):
        return told("only statements are cut"), told("fill in the row of the statement")
    if len(filled.decided) > 1:
        return (
            told("is cut and decided of at once"),
            told("leave the other columns empty, and decide on the parts in the next queue"),
        )
    if sha256(text) != filled.key:
        return told("is cut in a text that has changed"), told("take a new queue")
    if cut == NONE:
        first = last_segment(item).endswith(".1")
        return (
            (told("begins its paragraph, and none is before it"), told("leave it"))
            if first
            else ("", "")
        )
    if MARK not in cut or not pieces(text, cut):
        return (
            told("is cut in other words than it has"),
            told(
                "write its text with {mark} where a statement begins; {none} where none begins",
                mark=MARK,
                none=NONE,
            ),
        )
    return "", ""


@dataclass
class Cuts:
    """The cuts of some tables, put together for each observation and person.

    :param texts: texts of observations and statements, by the end of their IRI
    """

    texts: Mapping[str, str]
    _told: dict[tuple[str, str], dict[str, Decision]] = field(default_factory=dict)

    def add(self, filled: Decision, item: str) -> None:
        """Note the cut of a statement, in which nothing is wrong."""
        observation = f"observation/{last_segment(item).rpartition('.')[0]}"
        self._told.setdefault((observation, slug(filled.reviewer)), {})[item] = filled

    def decided(self) -> Iterable[tuple[Decided, Decision]]:
        """Yield the decision on each observation that somebody cut, and a row that says so."""
        for (observation, _), rows in self._told.items():
            text, first = self.texts[observation], next(iter(rows.values()))
            reasons = dict.fromkeys(each.reason for each in rows.values())
            one = Decided(
                observation, sha256(text), text, self._whole(observation, rows), "", (), (), "",
                "; ".join(reasons), first.reviewer,
                max(each.date[:10] for each in rows.values()),
            )  # fmt: skip
            yield one, first

    def _whole(self, observation: str, rows: Mapping[str, Decision]) -> str:
        """Return the text of an observation with every bar: those that are there, and the new."""
        family = observation.replace("observation/", "statement/")
        numbers = [
            int(last_segment(item).rpartition(".")[2])
            for item in self.texts
            if item.rpartition(".")[0] == family
        ]
        whole = ""
        for number in sorted(numbers):
            item = f"{family}.{number}"
            cut = rows[item].decided["cut"] if item in rows else self.texts[item]
            joined = cut == NONE and item in rows
            words = self.texts[item] if joined else cut
            whole += words if not whole else f" {words}" if joined else f" {MARK} {words}"
        return " ".join(whole.split())
