"""The reviewed table of topics that rules cannot know, each row with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gapgraph.reading.packs import FOLDER
from gapgraph.tables import Row, read_tsv
from gapgraph.told import told

__all__ = ["NO_TOPIC", "Correction", "read_corrections"]

#: What the table writes where a statement concerns nothing of its row.
NO_TOPIC = "-"


@dataclass(frozen=True)
class Correction:
    """The topics of one statement, as a review settled them.

    :param topics: their positions in the row; none where the statement has no topic there
    :param directive: whether it bears on what the directive asks, though on no topic
    :param reasons: why, by language
    """

    topics: tuple[int, ...]
    directive: bool
    reasons: dict[str, str]
    starts: str
    row: Row

    def check(self, text: str) -> None:
        """Refuse a statement that does not begin with the words that were reviewed.

        :raises InputError: where it does not
        """
        if not text.startswith(self.starts):
            raise self.row.fail(
                told("the statement now reads {text!r}", text=text[:60]),
                told("review it again, then mend the row"),
            )


def read_corrections(data: Path, analysis: str) -> dict[str, Correction]:
    """Read the rows of ``topic-corrections.tsv`` that are about an analysis.

    :param data: the project's data folder
    :param analysis: last part of the analysis's IRI
    :return: the corrections by statement, written as in its IRI: ``7.1.2``.  Its topics are
        written ``7.1,7.2``; ``7`` where it bears on what directive 7 asks, though on none of
        the topics; ``-`` where it bears on nothing of the row.
    :raises InputError: where the table cannot be read, names a topic of another row, gives no
        reason, or has two rows for one statement
    """
    corrections: dict[str, Correction] = {}
    columns = (
        "analysis", "observation", "position", "starts", "topics", "reason_es", "reason_en"
    )  # fmt: skip
    for row in read_tsv(data / FOLDER / "topic-corrections.tsv", columns):
        if row["analysis"] != analysis:
            continue
        statement = f"{row['observation']}.{row['position']}"
        directive = row["observation"].partition(".")[0]
        whole = row["topics"] == directive
        topics = [] if whole or row["topics"] == NO_TOPIC else row["topics"].split(",")
        places = [topic.partition(".") for topic in topics]
        if any(place[0] != directive or not place[2].isdecimal() for place in places):
            raise row.fail(
                told(
                    "{topics!r} names no topics of row {directive}",
                    topics=row["topics"],
                    directive=directive,
                ),
                told(
                    "write them as {directive}.1,{directive}.2; {directive} for the directive "
                    "itself; or {no_topic} for nothing",
                    directive=directive,
                    no_topic=NO_TOPIC,
                ),
            )
        if not row["reason_es"] or not row["reason_en"]:
            raise row.fail(told("has no reason"), told("write one in Spanish and in English"))
        if statement in corrections:
            raise row.fail(
                told("{statement} has a row already", statement=statement), told("keep one of them")
            )
        corrections[statement] = Correction(
            tuple(int(place[2]) for place in places),
            whole,
            {"es": row["reason_es"], "en": row["reason_en"]},
            row["starts"],
            row,
        )
    return corrections
