"""What the benchmarks share: the machine in words, and their sections of `RESULTS.md`."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"


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
