"""What engines at a distance are known to do wrong in silence: ``bugs.toml``.

An engine is asked, not named: whichever answers the question of a bug wrong has it, and one in
which it was mended is trusted at once.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Bug", "known_bugs"]


@dataclass(frozen=True)
class Bug:
    """A bug by which an engine gives wrong rows and no error.

    :param says: what the engine does, as a clause
    :param probe: an ASK that is true, but for an engine that has the bug
    :param queries: the stored queries whose rows the bug changes, by their ids
    """

    says: str
    probe: str
    queries: frozenset[str]


@cache
def known_bugs() -> tuple[Bug, ...]:
    """Return the bugs that are known."""
    read = tomllib.loads(files("gapgraph.store").joinpath("bugs.toml").read_text("utf-8"))
    return tuple(
        Bug(each["says"], each["probe"], frozenset(each["queries"])) for each in read.values()
    )
