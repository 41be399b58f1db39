"""A second reader, which knows no rule: which way a statement leans by the words that are in it.

How often words stand where something is provided, and how often where it is missing, was counted in
the sentences of training, and is noted in ``weights.tsv``.  This reader only ever objects: what the
rules call a provision and its words a gap, or the other way round, is unread.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from gapgraph.reading.packs import Pack
from gapgraph.reading.patterns import Patterns
from gapgraph.reading.words import plain_word
from gapgraph.statuses import FOR
from gapgraph.told import told

__all__ = ["COLUMNS", "Leaning", "marks", "read_leaning"]

#: The columns of ``weights.tsv``.
COLUMNS = ("mark", "weight")

_WORD = re.compile(r"\w+|[:;?]")
#: How many letters of a word are a mark, so that its forms are alike; and of a pair of words.
_LETTERS, _OF_PAIR = (4, 8), 6

#: From which tier on a rule is weak: it does not ask for the plan and what it does.
_WEAK = 4
#: How far a statement may lean to a gap, where a weak rule calls it something provided.  A strong
#: rule is right more often than this reader.
_PROVIDED = 0.0
#: How far a gap by a strong or a weak rule must lean to one.  Words that deny something ("no victim
#: pays") are in what is provided, too.
_OMITTED = (-0.2, 0.4)
#: What the weights of the table are parts of.
_WHOLE = 100


def marks(text: str) -> set[str]:
    """Return what is counted of a text: beginnings of words, and of two that stand together."""
    words = [plain_word(each) for each in _WORD.findall(text)]
    found = {f"{word[:letters]}*" for word in words for letters in _LETTERS}
    ends = ["^", *(word[:_OF_PAIR] for word in words), "$"]
    return found | {f"{one} {other}" for one, other in pairwise(ends)}


@dataclass(frozen=True)
class Leaning:
    """What is known of a language's words.

    :param weights: of each mark how much more often it is in gaps than in what is provided, as a
        logarithm; what says little is left out
    :param plain: the ids of rules whose gaps it does not object to, as they ask for the plan itself
    """

    weights: Mapping[str, float]
    plain: re.Pattern[str] | None = None

    def of(self, text: str) -> float:
        """Return which way a text leans: above 0 to a gap, below to something provided."""
        found = marks(text)
        total = math.fsum(self.weights.get(each, 0.0) for each in found)
        # Of many words some always lean one way.
        return total / math.sqrt(len(found))

    def objects(self, text: str, kind: str, tier: int, rule: str) -> bool:
        """Tell whether a text leans against the kind that a rule gives it.

        :param tier: that of the rule
        :param rule: its id
        """
        if not self.weights:
            return False
        weak = tier >= _WEAK
        if kind == "Omission":
            plain = self.plain is not None and self.plain.fullmatch(rule)
            return not plain and self.of(text) < _OMITTED[weak]
        return kind in FOR and weak and self.of(text) > _PROVIDED


def read_leaning(pack: Pack, patterns: Patterns) -> Leaning:
    """Read ``weights.tsv``; a language that has none objects to nothing.

    :param pack: the tables of a language
    :param patterns: may name rules as ``plain``
    :raises InputError: where the table cannot be read, or a weight is no whole number
    """
    weights = {}
    for row in pack.rows("weights.tsv", COLUMNS) if pack.has("weights.tsv") else ():
        try:
            weights[row["mark"]] = int(row["weight"]) / _WHOLE
        except ValueError:
            raise row.fail(
                told("{weight!r} is no whole number", weight=row["weight"]),
                told("write one, such as -150"),
            ) from None
    return Leaning(weights, patterns.named("plain") if "plain" in patterns.pieces else None)
