"""What each value of a table becomes; a value that nothing knows is asked about."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from gapgraph.grid import place_told
from gapgraph.intake.mapping import TableMapping
from gapgraph.intake.problems import Problem
from gapgraph.intake.words import CLASSES, RELATIONS, IntakeWords, fold
from gapgraph.told import told

__all__ = ["Element", "Value", "ValueReader"]

#: How like two names of elements are that are thought to be one, in percent.
_NEARLY = 92
#: The longest value that a message repeats for a shell.
_LONGEST_COPIED = 200


@dataclass(frozen=True)
class Element:
    """A part of the plan, as one value names it.

    :param code: its identifier as printed; empty where it has none
    :param label: its name; empty where only its code stands there
    """

    code: str
    label: str

    @property
    def key(self) -> str:
        """What two values that name one element have in common."""
        return f"code {fold(self.code)}" if self.code else f"label {fold(self.label)}"


@dataclass(frozen=True)
class Value:
    """One value of a cell.

    :param literal: its words as they stand
    :param kind: its class, one of ``CLASSES``; empty where nothing knows it
    :param element: the part of the plan that it names, where it names one
    """

    literal: str
    kind: str
    place: str
    row: int
    element: Element | None = None
    relation: str = ""
    degree: str = ""


@dataclass
class ValueReader:
    """Reads values by a mapping, and counts what each became.

    :ivar seen: how often each literal occurs, by the literal and its class
    """

    mapping: TableMapping
    words: IntakeWords
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    first: dict[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._own = self.mapping.value_classes()
        self._element = re.compile(self.mapping.element_id) if self.mapping.element_id else None

    def kind(self, literal: str) -> str:
        """Return the class that words have by themselves: those of the mapping, then the lists."""
        word = fold(literal)
        return self._own.get(word) or self.words.values.get(word, "")

    def read(self, literal: str, place: str, row: int) -> Value:
        """Return the value that some words are."""
        kind = self.kind(literal)
        element = None
        if kind in {"", "element"}:
            bare = literal.removesuffix(".")
            found = self._element.fullmatch(bare) if self._element else None
            if found:
                groups = found.groupdict()
                code, label = groups.get("code") or "", groups.get("label") or ""
                # The name of a part that has a code is kept as it stands.
                label = label + literal[len(bare) :] if code and label else label
                element = Element(code, label if code or label else bare)
            elif kind == "element":
                element = Element("", literal.removesuffix("."))
            kind = "element" if element else ""
        value = Value(literal, kind, place, row, element)
        self.note(value)
        return value

    def note(self, value: Value) -> None:
        """Count a value."""
        self.seen[value.literal, value.kind] += 1
        self.first.setdefault(value.literal, value)

    def problems(self) -> list[Problem]:
        """Return what is wrong with the values: unknown ones, and names that are nearly alike."""
        found = []
        for (literal, kind), count in self.seen.items():
            if not kind:
                found.append(
                    Problem(
                        self.first[literal].place,
                        literal,
                        (
                            told(
                                "nothing says what this value means (it occurs {count} times)",
                                count=count,
                            )
                            if count > 1
                            else told("nothing says what this value means")
                        ),
                        _say_it(literal),
                    )
                )
        return found + self._nearly()

    def _nearly(self) -> list[Problem]:
        """Return names of elements that differ by a slip, perhaps."""
        labels: dict[str, Value] = {}
        for value in self.first.values():
            if value.element and value.element.label:
                labels.setdefault(fold(value.element.label), value)
        found = []
        names = sorted(labels)
        for place, name in enumerate(names):
            for other in names[place + 1 :]:
                one, two = labels[name].element, labels[other].element
                assert one is not None
                assert two is not None
                if one.key != two.key and _slip(name, other):
                    found.append(
                        Problem(
                            labels[other].place,
                            labels[other].literal,
                            told(
                                "is nearly {literal!r} ({place}), and another element",
                                literal=labels[name].literal,
                                place=place_told(labels[name].place),
                            ),
                            told("write both alike if they are one"),
                            blocking=False,
                        )
                    )
        return found


def _say_it(literal: str) -> str:
    """Return how a person says what a value means, in words that can be copied to a shell."""
    classes = ", ".join(name for name in CLASSES if name not in RELATIONS)
    if len(literal) > _LONGEST_COPIED:
        return told("say it in [values] of analysis.toml (CLASS: {classes})", classes=classes)
    typed = shlex.quote(literal)
    if any(map(str.isalnum, literal)):
        return told(
            "say it in [values] of analysis.toml, or with -v CLASS={typed} (CLASS: {classes})",
            typed=typed,
            classes=classes,
        )
    # Bare signs mostly stand for nothing; that they do is for people to say.
    return told(
        "say it in [values] of analysis.toml, or with -v none={typed} where it says that there is "
        "nothing, or with -v CLASS={typed} (CLASS: {classes})",
        typed=typed,
        classes=classes,
    )


def _slip(one: str, two: str) -> bool:
    """Tell whether two names differ as by a slip: not in a number, nor in a word of few letters."""
    if not fuzz.ratio(one, two, score_cutoff=_NEARLY):
        return False
    words, others = re.findall(r"\w+", one), re.findall(r"\w+", two)
    differing = set(words) ^ set(others)
    return all(len(word) > 3 and word.isalpha() for word in differing)
