"""What a site without a server weighs, and how long a reader waits for an answer in the browser.

    python bench/site.py

The annex is exported in every complete language and served by Python's plain server of files, on
the same machine; a real browser opens the page of SPARQL.  Beside it stands the service's answer to
the same query over HTTP.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

import results
from playwright.sync_api import sync_playwright

from gapgraph.settings import Settings, find_home
from gapgraph.site import export_site
from gapgraph.texts import COMPLETE
from gapgraph.web.service import ServiceConfig
from serving import free_port, running

BROWSER = os.environ.get("CHROMIUM", "/usr/bin/chromium")
#: A query of one's own: not stored, with a join, a filter and an aggregate.
QUERY = """PREFIX gg: <https://w3id.org/gapgraph/ontology#>
SELECT ?section (COUNT(DISTINCT ?topic) AS ?topics) WHERE {
  ?directive gg:inSection ?section ; gg:hasTopic ?topic .
  ?omission a gg:Omission ; gg:concernsTopic ?topic .
} GROUP BY ?section ORDER BY DESC(?topics)"""
ROUNDS = 7


def measure(site: str, service: str) -> dict[str, list[float]]:
    """Return the milliseconds that a reader waits, for each of some things.

    :param site: the address of the site
    :param service: the address of the service
    """
    waited: dict[str, list[float]] = {"engine and data": [], "site": [], "service": []}
    asked = f"{service}sparql?{urllib.parse.urlencode({'query': QUERY, 'format': 'json'})}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        for _ in range(ROUNDS):
            # A context of its own has no cache.
            page = browser.new_context().new_page()
            page.goto(f"{site}sparql.html", wait_until="commit")
            waited["engine and data"].append(
                page.evaluate(
                    """async () => {
                      const pause = () => new Promise((go) => setTimeout(go, 5));
                      while (typeof Site === "undefined") await pause();
                      await Site.start();
                      return performance.now();
                    }"""
                )
            )
            waited["site"].append(
                page.evaluate(
                    """async (query) => {
                      const start = performance.now();
                      await Site.ask(query);
                      return performance.now() - start;
                    }""",
                    QUERY,
                )
            )
            page.context.close()
            start = time.perf_counter()
            with urllib.request.urlopen(f"{asked}&_={start}") as answer:
                answer.read()
            waited["service"].append((time.perf_counter() - start) * 1000)
        browser.close()
    return waited


def main() -> None:
    """Export, serve and measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("build"), help="the folder of a build")
    output: Path = parser.parse_args().output
    heading = results.heading("site.py")
    home = find_home(Path.cwd(), "")
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        config = ServiceConfig(home, Settings(), output, base="https://example.org/")
        made = export_site(config, Path(folder), COMPLETE)
        wall = time.perf_counter() - start
        port, other = free_port(), free_port()
        files = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
        serve = [str(Path(sys.executable).with_name("gapgraph")), "serve", "--port", str(other)]
        with (
            running([*files, "--directory", folder], port),
            running([*serve, "--output", str(output)], other),
        ):
            waited = measure(f"http://127.0.0.1:{port}/", f"http://127.0.0.1:{other}/")
    middle = {name: statistics.median(each) for name, each in waited.items()}
    text = "\n".join(
        [
            heading,
            "",
            "| | |",
            "|---|---|",
            f"| files, of the annex in {len(COMPLETE)} languages | {made.files} |",
            f"| all together | {made.size / 1e6:.1f} MB |",
            f"| to export it all, on both cores | {wall:.0f} s |",
            f"| from opening `sparql.html` to a query | {middle['engine and data']:.0f} ms |",
            f"| then a query of one's own, in the browser | {middle['site']:.0f} ms |",
            f"| the same, of the service over HTTP | {middle['service']:.0f} ms |",
            "",
            f"Medians of {ROUNDS}; each time a browser without a cache.",
            "",
        ]
    )
    results.write_section("A site without a server", text)


if __name__ == "__main__":
    main()
