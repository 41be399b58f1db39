"""The command ``mcp``: a way in for assistants."""

from __future__ import annotations

from pathlib import Path

import click

from gapgraph.cli.context import Context, added_option, output_option

__all__ = ["mcp"]


@click.command()
@click.option(
    "--http",
    "port",
    type=click.IntRange(1, 65535),
    metavar="PORT",
    help="Answer over HTTP on 127.0.0.1 instead of standard input and output.",
)
@added_option
@output_option
def mcp(port: int | None, added: tuple[Path, ...], output: Path | None) -> None:
    """Answer assistants by the Model Context Protocol, until their end of file."""
    # The SDK and the engine are heavy; other commands do without them.
    from gapgraph.mcp.answers import Answers  # noqa: PLC0415
    from gapgraph.mcp.server import server_of  # noqa: PLC0415
    from gapgraph.web.service import Service, ServiceConfig  # noqa: PLC0415

    context = Context()
    config = ServiceConfig(context.home, context.settings, context.output(output), added)
    server = server_of(Answers(Service.open(config)))
    if port:
        server.run("streamable-http", host="127.0.0.1", port=port)
    else:
        server.run("stdio")
