"""What is wrong in a table, all of it at once: each with its place and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gapgraph.grid import place_told
from gapgraph.told import Told, joined, told

__all__ = ["Problem", "problem_line", "problems_as_text", "problems_as_tsv", "to_mend"]


@dataclass(frozen=True)
class Problem:
    """Something that a person must mend or decide, or should know.

    :param place: where it is: ``Hoja1!F7``, ``line 12``
    :param value: the words that are there
    :param what: what is wrong, as a clause
    :param todo: what to do
    :param blocking: whether nothing can be built until it is done; else it is a remark
    """

    place: str
    value: str
    what: str
    todo: str
    blocking: bool = True


def to_mend(count: int) -> str:
    """Say how many problems stand in the way.

    >>> to_mend(1), to_mend(2)
    ('1 problem is to be mended', '2 problems are to be mended')
    """
    if count == 1:
        return told("1 problem is to be mended")
    return told("{count} problems are to be mended", count=count)


def problem_line(problem: Problem) -> Told:
    """Return a problem for people: where it is, what is wrong, what to do."""
    value = problem.value if len(problem.value) <= 60 else f"{problem.value[:59]}…"
    quoted = f" {' '.join(value.split())!r}:" if value else ""
    sign = "" if problem.blocking else told("remark: ")
    where = [place_told(problem.place), ":", quoted, " ", sign]
    return joined("", [*where, problem.what, ": ", problem.todo])


def problems_as_text(problems: Iterable[Problem]) -> Told:
    """Return problems for people, one a line."""
    return joined("", (joined("", [problem_line(each), "\n"]) for each in problems))


def problems_as_tsv(problems: Iterable[Problem]) -> str:
    """Return problems as a table with tabs: place, value, what, todo, blocking."""
    lines = ["place\tvalue\twhat\ttodo\tblocking\n"]
    for problem in problems:
        cells = (problem.place, problem.value, problem.what, problem.todo)
        flag = "yes" if problem.blocking else "no"
        lines.append("\t".join([*(" ".join(cell.split()) for cell in cells), flag]) + "\n")
    return "".join(lines)
