"""What the first answer of the comparison costs, beside that of the matrix, with 35 analyses.

    python bench/pages.py

34 copies of the annex's analysis and plan, under names of their own, stand beside it.  Both pages
are asked in turn, with none of the rows kept that pages share; the ratio within each round holds
better than the times on a machine that does other things too.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import tempfile
import time
from pathlib import Path

import results
from flask import Flask

from gapgraph.settings import Settings, find_home
from gapgraph.store.dataset import DatasetFile
from gapgraph.web import create_app
from gapgraph.web.service import ServiceConfig

ROOT = Path(__file__).resolve().parents[1]
ANALYSES = 35
#: The pages; the first is what the others are compared with.
PAGES = ("/matrix", "/compare", "/compare?by=concept", "/")
#: Where an application has the answers that its pages share.
_KEPT = "gapgraph.answers"
_ANALYSIS, _PLAN = "/analysis/oas-pnat", "/plan/pnat-2017-2021"


_COPIED = (f"{_ANALYSIS}/", f"{_ANALYSIS}>", f"{_PLAN}/", f"{_PLAN}>")


def widened(output: Path, folder: Path) -> Path:
    """Write a build with copies of the annex's analysis and plan.

    :param output: the folder of a build of the annex
    :param folder: where to write it
    """
    built = DatasetFile.find(output)
    whole = built.read().decode().splitlines(keepends=True)
    # What analyses share (concepts, the framework) stands in one of their graphs only.
    own = [line for line in whole if any(name in line.rpartition(" <")[0] for name in _COPIED)]
    names = [f"estado-{n:02}" for n in range(1, ANALYSES)]
    copies = [
        line.replace(_ANALYSIS, f"/analysis/{name}")
        .replace(_PLAN, f"/plan/{name}")
        .replace('"PNAT 2017-2021"', f'"Plan de {name}"')
        for name in names
        for line in own
    ]
    content = "".join([*whole, *copies]).encode()
    checksum = hashlib.sha256(content).hexdigest()
    first, *_ = built.manifest["analyses"]
    analyses = [
        first | {"analysis": first["analysis"].replace(_ANALYSIS, f"/analysis/{name}")}
        for name in names
    ]
    file = f"dataset-{checksum[:16]}.nq"
    dataset = {"version": checksum[:16], "file": file, "sha256": checksum}
    manifest = built.manifest | {
        "analyses": [first, *analyses],
        "dataset": dataset,
        "output": {},
    }
    (folder / file).write_bytes(content)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def first(app: Flask, path: str) -> tuple[float, int]:
    """Ask a page with nothing kept, and return how many seconds it took and its size in bytes."""
    app.extensions.pop(_KEPT, None)
    client = app.test_client()
    start = time.perf_counter()
    answer = client.get(path, headers={"Accept": "text/html", "Cache-Control": "no-cache"})
    taken = time.perf_counter() - start
    assert answer.status_code == 200, path
    assert _KEPT in app.extensions
    return taken, len(answer.data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "build", help="folder of the build")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    heading = results.heading("pages.py")
    taken: dict[str, list[float]] = {path: [] for path in PAGES}
    sizes: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        output = widened(options.output, Path(folder))
        settings = Settings.of({"GAPGRAPH_CACHE_BYTES": "0"})
        app = create_app(ServiceConfig(find_home(ROOT, ""), settings, output))
        for _ in range(options.rounds + 1):
            for path in PAGES:
                seconds, sizes[path] = first(app, path)
                taken[path].append(seconds)
    lines = [
        heading,
        f"{'. '.join(results.versions('flask', 'pyoxigraph'))}. {ANALYSES} analyses of one "
        f"framework; medians of {options.rounds} rounds in turn, after one that is not counted.",
        "",
        "| page | first answer, ms | times the matrix | KB |",
        "|---|---:|---:|---:|",
    ]
    for path in PAGES:
        measured = taken[path][1:]
        ratios = [one / other for one, other in zip(measured, taken[PAGES[0]][1:], strict=True)]
        lines.append(
            f"| `{path}` | {1000 * statistics.median(measured):.0f} | "
            f"{statistics.median(ratios):.2f} | {sizes[path] / 1000:.0f} |"
        )
    text = "\n".join(lines)
    results.write_section("Pages with 35 analyses", text)
    print(text)


if __name__ == "__main__":
    main()
