"""How the rules of each language read sentences that they had not seen, and those of training.

    python bench/reading.py

The sentences are those of ``docs/coverage.md``, which has the same figures by kind.
"""

from __future__ import annotations

import sys
from pathlib import Path

import results

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "docs"))

import unseen


def main() -> None:
    lines = [
        results.heading("reading.py"),
        "",
        "| set | sentences | right | unread | wrong | called omissions, rightly | omissions found "
        "| omissions read as provided | provided called omissions |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    files = [*unseen.UNSEEN.items(), *unseen.TRAINING.items()]
    for language, file in files:
        judged = unseen.judge(language, file)
        counts = [sum(each.outcome == name for each in judged) for name in unseen.OUTCOMES]
        said = unseen.omissions(judged)
        cells = [file.stem, len(judged), *counts, f"{said.right} of {said.called}"]
        cells += [f"{said.right} of {said.there}", f"{said.hidden} of {said.there}"]
        cells += [f"{said.denied} of {said.provided}"]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    text = "\n".join(lines)
    print(text)
    results.write_section("Unseen sentences", text)


if __name__ == "__main__":
    main()
