"""What the benchmarks share: what was measured and where, and their sections of `RESULTS.md`."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
#: What a figure depends on; the results themselves are not among it.
MEASURED = ("bench", "data", "ontology", "pyproject.toml", "queries", "src", ":!bench/RESULTS.md")


def heading(program: str) -> str:
    """Return the first line of a section: the program, the commit, the day, the machine.

    It is asked for before anything is measured: files may change meanwhile.

    :param program: the program that measures
    """
    day = datetime.datetime.now(datetime.UTC)
    return f"`bench/{program}` on {commit()}, {day:%Y-%m-%d}. {machine()}."


def commit(folder: Path = RESULTS.parents[1]) -> str:
    """Name the commit that a checkout is at, and say where its files differ from it.

    :param folder: the checkout
    """

    def git(*arguments: str) -> str | None:
        """Return what git says; nothing where it fails."""
        if not shutil.which("git"):
            return None
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False
        )
        return done.stdout.strip() if done.returncode == 0 else None

    name = git("rev-parse", "--short=12", "HEAD")
    if not name:
        return "no commit that git knows"
    changed = git("status", "--porcelain", "--", *MEASURED)
    return f"commit {name}" + (" with changes that are in no commit" if changed else "")


def machine() -> str:
    """Describe the machine by what counts, without its name."""
    info = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*:\s*(.+)", info.read_text()) if info.exists() else None
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores ({model[1] if model else platform.machine()}), {memory:.0f} GiB, "
        f"{platform.system()}; load when it began: {load:.1f}"
    )


def versions(*packages: str) -> list[str]:
    """Return the versions of Python and of packages that are there."""
    there = {each.name.lower() for each in importlib.metadata.distributions()}
    return [
        f"Python {platform.python_version()}",
        *(f"{each} {importlib.metadata.version(each)}" for each in packages if each in there),
    ]


def write_section(title: str, text: str) -> None:
    """Put a section in the place of the one of its title; the others stay as they are."""
    old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "# Results\n"
    parts = re.split(r"(?m)^(?=## )", old)
    kept = [part.rstrip() for part in parts if not part.startswith(f"## {title}\n")]
    section = f"## {title}\n\n{text.strip()}"
    RESULTS.write_text("\n\n".join([*kept, section]) + "\n", encoding="utf-8")
