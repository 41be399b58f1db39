"""Kill builds at random moments, and look at what each leaves behind.

Run by ``test_kill.py`` in a process of its own: ``killer.py HOME OUTPUT KILLS SEED``.  Three
builds of three contents are taken to the same stage; there a child is forked which goes on with
one of them and is killed (SIGKILL): after a random while, or at a random line of the module that
writes files, which finds the narrow moments between two files however busy the machine is.
Nothing is imitated: each child is a whole build, whose earlier stages the parent has run for it.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import random
import signal
import sys
import time
from enum import Enum
from pathlib import Path
from types import FrameType

from rdflib import Graph

from conftest import keeping
from gapgraph import files
from gapgraph.build import build
from gapgraph.settings import Home
from gapgraph.store.dataset import DatasetFile

HOME, OUTPUT = Home(Path(sys.argv[1]), checkout=True), Path(sys.argv[2])
KILLS, CHANCE = int(sys.argv[3]), random.Random(int(sys.argv[4]))
SOURCE, ANNEX = HOME.analysis / "annex.txt", HOME.data / "annex.ttl"
TEXT = SOURCE.read_text(encoding="utf-8")
WORDS = ("sistemática", "reiterada", "constante")
#: More lines of ``files.py`` than a build runs while it writes are a child that ends in peace.
LINES = 50
#: What the parent's builds hold, so that it stays.
KEPT: list[dict[str, object]] = []
#: The last stage, which writes; and how many children are killed in all earlier ones together.
WRITE, EARLY = "write", KILLS // 10


class Side(Enum):
    """Which process a fork returned in: a child goes on with its build."""

    PARENT = 0
    CHILD = 1


class GoOn(BaseException):
    """Raised in a child to leave the inner builds and go on with an outer one."""

    def __init__(self, content: int) -> None:
        self.content = content


class Lines:
    """Counts the lines of ``files.py`` as they run; kills its own process at one of them."""

    def __init__(self, last: int) -> None:
        self.count, self.last = 0, last

    def __call__(self, frame: FrameType, event: str, argument: object) -> Lines | None:
        if frame.f_code.co_filename != files.__file__:
            return None
        if event == "line":
            self.count += 1
            if self.count == self.last:
                os.kill(os.getpid(), signal.SIGKILL)
        return self


def write_source(content: int) -> None:
    SOURCE.write_text(TEXT.replace(WORDS[0], WORDS[content], 1), encoding="utf-8")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def check(annexes: dict[str, int], datasets: dict[str, int]) -> tuple[int, int]:
    """Look at what is there: whole files, and a manifest whose dataset exists and matches."""
    annex = annexes[sha256(ANNEX.read_bytes())]
    found = DatasetFile.find(OUTPUT)
    assert sha256(found.read()) == found.sha256
    return annex, datasets[found.sha256]


class Killer:
    """Forks and kills, at each stage, builds of every content."""

    def __init__(self) -> None:
        self.annexes: dict[str, int] = {}
        self.datasets: dict[str, int] = {}
        self.old = ANNEX.read_bytes()
        self.killed = self.finished = self.leftovers = self.mixed = 0
        self.moved: set[tuple[int, int]] = set()
        self.took = 0.0

    def run(self, content: int = 0) -> None:
        """Take a build of each content to the stage that writes, one inside the other."""
        write_source(content)
        main = os.getpid()

        def progress(stage: str) -> None:
            if os.getpid() != main:
                return
            # A child that leaves a build must not spend its short life taking its graphs apart.
            KEPT.append(dict(sys._getframe(1).f_locals))
            gc.freeze()
            if stage != WRITE:
                for _ in range(EARLY // 6):
                    if self.kill(content, content, CHANCE.random() * 0.05) is Side.CHILD:
                        return
            elif content + 1 < len(WORDS):
                try:
                    self.run(content + 1)
                except GoOn as chosen:
                    if chosen.content != content:
                        raise
            else:
                if self.measure(content) is Side.CHILD:
                    return
                while self.killed < KILLS:
                    chosen = CHANCE.randrange(len(WORDS))
                    moment = CHANCE.random() * self.took
                    line = CHANCE.randint(1, LINES) if self.killed % 2 else 0
                    if self.kill(chosen, content, moment, line) is Side.CHILD:
                        return
                raise GoOn(-1)  # the parent's own builds go no further

        build(HOME, keeping(), output=OUTPUT, progress=progress)
        os._exit(0)  # a child that was not killed in time

    def measure(self, content: int) -> Side:
        """Let one child of each content write in peace: what may be found, and the time."""
        for chosen in reversed(range(len(WORDS))):
            start = time.monotonic()
            pid = self.fork(chosen, content)
            if pid == 0:
                return Side.CHILD
            assert os.waitpid(pid, 0)[1] == 0
            self.took = time.monotonic() - start
            self.annexes[sha256(ANNEX.read_bytes())] = chosen
            self.datasets[DatasetFile.find(OUTPUT).sha256] = chosen
        assert len(self.annexes) == len(self.datasets) == len(WORDS)
        return Side.PARENT

    @staticmethod
    def fork(chosen: int, content: int, line: int = 0) -> int:
        pid = os.fork()
        if pid == 0 and line:
            sys.settrace(Lines(line))
        if pid == 0 and chosen != content:
            raise GoOn(chosen)
        return pid

    def kill(self, chosen: int, content: int, moment: float, line: int = 0) -> Side:
        """Kill one child at a line, or after a moment in seconds."""
        pid = self.fork(chosen, content, line)
        if pid == 0:
            return Side.CHILD
        if not line:
            time.sleep(moment)
            os.kill(pid, signal.SIGKILL)
        status = os.waitpid(pid, 0)[1]
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL
            self.killed += 1
        else:
            assert status == 0, status
            self.finished += 1
        if not self.annexes:  # an early stage: nothing may have been written
            assert ANNEX.read_bytes() == self.old
            assert not OUTPUT.exists()
            return Side.PARENT
        now = check(self.annexes, self.datasets)
        self.mixed += now[0] != now[1]
        self.moved.add(now)
        self.leftovers += bool(self.parts())
        return Side.PARENT

    @staticmethod
    def parts() -> list[Path]:
        return [*HOME.data.glob(".*"), *OUTPUT.glob(".*")]

    def report(self) -> dict[str, object]:
        """Build once more in peace, and say what was seen and what is left."""
        write_source(0)
        build(HOME, keeping(), output=OUTPUT)
        graph = Graph(bind_namespaces="none")
        graph.parse(ANNEX, format="turtle")
        return {
            "killed": self.killed,
            "finished": self.finished,
            "with_leftovers": self.leftovers,
            "between_two_files": self.mixed,
            "contents_seen": len(self.moved),
            "last": check(self.annexes, self.datasets),
            "left": [path.name for path in self.parts()],
            "datasets": len(list(OUTPUT.glob("dataset-*.nq"))),
            "triples": len(graph),
            "milliseconds": round(self.took * 1000),
        }


def main() -> None:
    killer = Killer()
    try:
        killer.run()
    except GoOn:
        print(json.dumps(killer.report()))


if __name__ == "__main__":
    main()
