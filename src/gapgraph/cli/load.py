"""The command ``load``: a build, or a part of it, put into an engine."""

from __future__ import annotations

from pathlib import Path

import click

from gapgraph.cli.context import Context, engine_address, output_option, say
from gapgraph.store.dataset import DatasetFile
from gapgraph.told import told

__all__ = ["load"]


@click.command()
@click.option(
    "--graph-store",
    "url",
    required=True,
    callback=engine_address,
    metavar="URL",
    help="Where the engine takes graphs (SPARQL 1.1 Graph Store HTTP Protocol).",
)
@click.option(
    "--analysis",
    "analyses",
    multiple=True,
    metavar="ANALYSIS",
    help="Analysis to load, by its IRI or the last part of that, with what all share; others stay "
    "as they are; may be repeated (default: all, and nothing else stays).",
)
@output_option
def load(url: str, analyses: tuple[str, ...], output: Path | None) -> None:
    """Put the named graphs of the build into an engine, which `--engine` then asks.

    A graph that is there already is not sent again.  Who writes is GAPGRAPH_ENGINE_USER, with
    GAPGRAPH_ENGINE_PASSWORD.  Run one load at a time.
    """
    # HTTP is slow to load; other commands do without it.
    from gapgraph.store import load as loading  # noqa: PLC0415
    from gapgraph.store.wire import Wire  # noqa: PLC0415

    context = Context()
    wire = Wire.of(url, context.settings, "engine_load_seconds")
    build = DatasetFile.find(context.output(output))
    loaded = loading.load(build, wire, analyses, progress=say)
    count, graphs = len(loaded), len(loaded.graphs)
    say(
        told(
            "{url} holds dataset {version}: {count} triples in {graphs} graphs",
            url=url,
            version=loaded.version,
            count=count,
            graphs=graphs,
        )
    )
