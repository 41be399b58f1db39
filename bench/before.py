"""A build, and answers given for the first time, beside the version before, as ratios.

The last commit of 0.1 is checked out into a git worktree that goes away again, with an environment
of its own: the same versions of what both need.  Both build the annex alone, with nothing kept, in
turn; then both serve their build side by side, with nothing kept either, and answer the same stored
queries over HTTP, one at a time, in turn.  Who goes first alternates.  Only the ratio within a
round counts; its median is what is wanted.

    python bench/before.py

Needs git, and what pip fetches for the environment.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import importlib.metadata
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import results

from serving import JSON, free_port, running

ROOT = Path(__file__).resolve().parents[1]
#: The last commit of 0.1.
BEFORE = "91c9d78"
#: Stored queries that both have, and their parameters.
QUESTIONS: dict[str, dict[str, str]] = {
    "topics-without-category": {},
    "directive-detail": {"number": "7"},
    "coverage-by-section": {},
    "indicators-shared": {},
    "search": {"text": "trabajo"},
}
#: How many requests a round has of each question.
REQUESTS = 10


@dataclass(frozen=True)
class Version:
    """One of the two.

    :param checkout: its files
    :param python: what runs it
    """

    checkout: Path
    python: Path

    @property
    def environment(self) -> dict[str, str]:
        """What its commands see: nothing that somebody has set for gapgraph."""
        kept = {key: each for key, each in os.environ.items() if not key.startswith("GAPGRAPH_")}
        own = {"PYTHONPATH": str(self.checkout / "src"), "GAPGRAPH_HOME": str(self.checkout)}
        return {**kept, **own, "GAPGRAPH_CACHE_BYTES": "0"}

    def command(self, *arguments: str | Path) -> list[str]:
        """Return one of its commands."""
        return [str(self.python), "-m", "gapgraph", *map(str, arguments)]


@contextlib.contextmanager
def version_of(commit: str, folder: Path) -> Iterator[Version]:
    """Check a commit out, with an environment of its own, until the block ends.

    :param folder: an empty folder
    """
    checkout, environment = folder / "checkout", folder / "environment"
    git = ["git", "-C", str(ROOT), "worktree"]
    added = subprocess.run(
        [*git, "add", "--quiet", "--detach", str(checkout), commit], check=False
    ).returncode
    if added:
        raise SystemExit(f"git cannot check {commit} out: is the history all here?")
    try:
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        python = environment / "bin" / "python"
        there = {each.name: each.version for each in importlib.metadata.distributions()}
        same = folder / "constraints.txt"
        same.write_text(
            "".join(f"{name}=={number}\n" for name, number in there.items() if name != "gapgraph")
        )
        project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))
        needed = project["project"]["dependencies"]
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-c", same, *needed], check=True)
        yield Version(checkout, python)
    finally:
        subprocess.run([*git, "remove", "--force", str(checkout)], check=True)


def build(version: Version, output: Path) -> tuple[float, float]:
    """Build the annex into a new folder, and return the seconds it took and the processors worked.

    :param output: a folder that is not there yet, where it keeps what it computes too
    """

    def worked() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    before, start = worked(), time.perf_counter()
    subprocess.run(
        version.command("build", "--output", output),
        cwd=version.checkout, env=version.environment, check=True, capture_output=True,
    )  # fmt: skip
    return time.perf_counter() - start, worked() - before


def ask(connection: http.client.HTTPConnection, path: str) -> float:
    """Ask one address several times, and return the median in milliseconds."""
    taken = []
    for _ in range(REQUESTS):
        start = time.perf_counter()
        connection.request("GET", path, headers={"Accept": JSON})
        answer = connection.getresponse()
        answer.read()
        taken.append((time.perf_counter() - start) * 1000)
        if answer.status != http.client.OK:
            raise SystemExit(f"{path} is answered with {answer.status}")
    return statistics.median(taken)


def in_turn(versions: list[Version], number: int) -> list[tuple[int, Version]]:
    """Return the two, by their places, in the order of a round."""
    listed = list(enumerate(versions))
    return listed[::-1] if number % 2 else listed


#: What was measured: for each of the two, a value a round.
Pairs = tuple[list[float], list[float]]


def measure_builds(versions: list[Version], folder: Path, rounds: int) -> dict[str, Pairs]:
    """Build in turn, after one build of each that is not counted."""
    wall: Pairs = ([], [])
    work: Pairs = ([], [])
    for number in range(rounds + 1):
        for place, version in in_turn(versions, number):
            seconds, worked = build(version, folder / f"build-{place}-{number}")
            if number:
                wall[place].append(seconds)
                work[place].append(worked)
    return {"build, s": wall, "build, s of processor time": work}


def measure_answers(versions: list[Version], folder: Path, rounds: int) -> dict[str, Pairs]:
    """Serve both builds side by side and ask them in turn, after a round that is not counted."""
    paths = {
        name: f"/queries/{name}?{urlencode(values)}".rstrip("?")
        for name, values in QUESTIONS.items()
    }
    found: dict[str, Pairs] = {f"`{name}`, ms": ([], []) for name in paths}
    with contextlib.ExitStack() as stack:
        connections = []
        for place, version in enumerate(versions):
            port = free_port()
            serve = version.command("serve", "--port", str(port), "--workers", "1")
            output = ("--output", str(folder / f"build-{place}-0"))
            stack.enter_context(running([*serve, *output], port, **version.environment))
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connections.append(stack.enter_context(contextlib.closing(connection)))
        for number in range(rounds + 1):
            for name, path in paths.items():
                for place, _version in in_turn(versions, number):
                    taken = ask(connections[place], path)
                    if number:
                        found[f"`{name}`, ms"][place].append(taken)
    return found


def table(measured: dict[str, Pairs]) -> list[str]:
    """Return what was measured as a table."""
    lines = ["| | before | now | times before |", "|---|---:|---:|---:|"]
    for what, (before, now) in measured.items():
        ratio = statistics.median(b / a for a, b in zip(before, now, strict=True))
        medians = f"{statistics.median(before):.1f} | {statistics.median(now):.1f}"
        lines.append(f"| {what} | {medians} | {ratio:.2f} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--commit", default=BEFORE, help="the version before (default: %(default)s)"
    )
    parser.add_argument("--builds", type=int, default=5, help="rounds of builds")
    parser.add_argument("--rounds", type=int, default=20, help="rounds of questions")
    parser.add_argument("--dry-run", action="store_true", help="print the table, and write nothing")
    options = parser.parse_args()
    heading = results.heading("before.py")
    with tempfile.TemporaryDirectory(prefix="gapgraph-before-") as name:
        folder = Path(name)
        with version_of(options.commit, folder) as before:
            versions = [before, Version(ROOT, Path(sys.executable))]
            measured = {
                **measure_builds(versions, folder, options.builds),
                **measure_answers(versions, folder, options.rounds),
            }
    text = "\n".join(
        [
            heading,
            f"{'. '.join(results.versions('granian', 'flask', 'pyoxigraph', 'pyshacl'))}.",
            f"Beside commit {options.commit}, the last of 0.1, with the same versions of these; "
            f"the annex alone, nothing kept. {options.builds} rounds of builds, {options.rounds} "
            f"of questions with {REQUESTS} requests each, one at a time, one worker each; medians, "
            "also of the ratios within each round.",
            "",
            *table(measured),
            "",
        ]
    )
    if not options.dry_run:
        results.write_section("Beside the version before", text)
    print(text)


if __name__ == "__main__":
    main()
