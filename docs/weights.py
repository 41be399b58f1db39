"""Counts the words of the second reader anew: ``make weights``, where training sentences change.

Writes ``data/reading/{language}/weights.tsv`` from ``tests/golden/training-*.tsv``, and from
nothing that is unseen.  A test counts again and compares.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from unseen import LANGUAGES, PROVIDED, TRAINING, rows

from gapgraph.files import write_atomic
from gapgraph.reading.leaning import COLUMNS, marks

ROOT = Path(__file__).resolve().parents[1]

#: A mark is noted where so many sentences have it, and it leans so far one way.
LEAST, FAR = 2, 70


def weigh(sentences: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Return the weights of marks: how much more frequent one is in gaps, as a logarithm.

    :param sentences: the kind of each, and its text; those of several kinds, or of one that is
        neither a gap nor something provided, say nothing
    :return: whole hundredths, by mark
    """
    gaps: Counter[str] = Counter()
    provided: Counter[str] = Counter()
    for kind, text in sentences:
        if kind == "Omission":
            gaps.update(marks(text))
        elif kind in PROVIDED:
            provided.update(marks(text))
    # One more of each, so that what was never seen on one side is not impossible there.
    whole = math.log((provided.total() + 2) / (gaps.total() + 2))
    weights = {
        mark: round(100 * (math.log((gaps[mark] + 1) / (provided[mark] + 1)) + whole))
        for mark, seen in (gaps + provided).items()
        if seen >= LEAST
    }
    return {mark: each for mark, each in sorted(weights.items()) if abs(each) >= FAR}


def table(language: str) -> str:
    """Return the table of a language, as a file has it."""
    weights = weigh((row["kind"], row["text"]) for row in rows(TRAINING[language]))
    lines = ["\t".join(COLUMNS), *(f"{mark}\t{weight}" for mark, weight in weights.items())]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the tables."""
    for language in LANGUAGES:
        file = ROOT / "data" / "reading" / language / "weights.tsv"
        changed = write_atomic(file, table(language))
        sys.stderr.write(f"{file.relative_to(ROOT)}: {'written' if changed else 'as it was'}\n")


if __name__ == "__main__":
    main()
