"""The command line: arguments, progress, messages and exit codes.

Results go to stdout, messages to stderr.  Exit codes: 0 fine; 1 a mandatory rule is broken;
2 misuse or unreadable input; 3 the environment (port, disk, engine).
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console

from gapgraph import __version__
from gapgraph.annex.export import export_table
from gapgraph.build import build as run_build
from gapgraph.cli.context import Context, added_option, file_type, folder_type, output_option, say
from gapgraph.cli.queries import query, sparql
from gapgraph.errors import EnvironmentFailure, GapgraphError, UsageError, ViolationError
from gapgraph.store.dataset import MANIFEST, DatasetFile
from gapgraph.turtle import read_turtle

__all__ = ["main"]

#: What a shell gives for a program ended by Ctrl-C (128 + SIGINT).
_INTERRUPTED = 130


def _progress(console: Console) -> AbstractContextManager[Callable[[str], None]]:
    """Return what shows stages on a terminal, and is quiet elsewhere."""
    if not console.is_terminal:
        return nullcontext(lambda _: None)
    status = console.status("build")

    class _Shown(AbstractContextManager[Callable[[str], None]]):
        def __enter__(self) -> Callable[[str], None]:
            status.start()
            return status.update

        def __exit__(self, *_: object) -> None:
            status.stop()

    return _Shown()


class _Unheard(Exception):
    """The reader of our stdout has enough, as ``head`` has: that is no mistake."""


class _Commands(click.Group):
    """Commands that end quietly where their reader has enough; click's own leave with 1."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command, and write what it said."""
        try:
            result = super().invoke(context)
            sys.stdout.flush()
        except BrokenPipeError as error:
            raise _Unheard from error
        return result


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, package_name="gapgraph", message="gapgraph %(version)s")
def cli() -> None:
    """Ask where the gaps between a framework and a plan are, and which sentence says so."""


@cli.command()
@click.option(
    "--analysis",
    "analyses",
    type=folder_type,
    multiple=True,
    metavar="DIR",
    help="Folder of a further table, with its analysis.toml; may be repeated.",
)
@output_option
def build(analyses: tuple[Path, ...], output: Path | None) -> None:
    """Read the tables and write the dataset."""
    context = Context()
    with _progress(Console(stderr=True)) as progress:
        dataset = run_build(
            context.home,
            context.settings,
            output=context.output(output),
            analyses=analyses,
            progress=progress,
        )
    for counts in dataset.manifest["analyses"]:
        say(
            f"{counts['analysis']}: {counts['directives']} directives, {counts['topics']} topics, "
            f"{counts['mappings_to_none']} without category"
        )
    say(f"{dataset.path.parent / MANIFEST}: names what was written")


_Addresses = TypeVar("_Addresses", str | None, tuple[str, ...])


def _address(_: click.Context, option: click.Parameter, value: _Addresses) -> _Addresses:
    """Refuse what is no address on the web."""
    for each in (value,) if isinstance(value, str) else value or ():
        if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`/][^\s<>\"{}|\\^`]*", each):
            raise click.BadParameter(f"{each!r} is no http or https address", param=option)
    return value


@cli.command()
@click.option("--host", help="Address to listen on (default: 127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port (default: 8000; 0: a free one).")
@click.option("--workers", type=click.IntRange(1), help="Worker processes (default: one a core).")
@added_option
@click.option(
    "--base",
    callback=_address,
    metavar="URL",
    help="Address that links in pages start with (default: that of the request).",
)
@click.option(
    "--allow-service",
    "services",
    callback=_address,
    multiple=True,
    metavar="URL",
    help="SPARQL endpoint that SERVICE may ask; may be repeated (default: none).",
)
@click.option("--access-log", is_flag=True, help="Log every request, a line each.")
@output_option
def serve(
    host: str | None,
    port: int | None,
    workers: int | None,
    added: tuple[Path, ...],
    base: str | None,
    services: tuple[str, ...],
    access_log: bool,
    output: Path | None,
) -> None:
    """Serve the build over HTTP; SIGHUP takes up a new build, SIGTERM stops."""
    # The web framework is heavy; other commands do without it.
    from gapgraph.web.server import run as run_server  # noqa: PLC0415
    from gapgraph.web.service import ServiceConfig  # noqa: PLC0415

    context = Context()
    settings = context.settings
    run_server(
        ServiceConfig(
            context.home,
            settings,
            context.output(output),
            added,
            base=f"{base.rstrip('/')}/" if base else "",
            services=services,
        ),
        host=host or settings.text("host"),
        port=settings.number("port") if port is None else port,
        workers=workers or settings.number("workers") or os.cpu_count() or 1,
        announce=say,
        access_log=access_log,
    )


@cli.command()
@click.argument("files", nargs=-1, type=file_type, metavar="[FILE]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "md", "html", "json", "csv", "ttl", "jsonld"]),
    default="text",
    show_default=True,
    help="Format of the report.",
)
@click.option(
    "--severity",
    "severities",
    type=click.Choice(["Violation", "Warning", "Info"], case_sensitive=False),
    multiple=True,
    help="Show findings of this severity; may be repeated (default: all).",
)
@click.option("--strict", is_flag=True, help="Leave with 1 for warnings too.")
@click.option("--lang", type=click.Choice(["es", "en"]), default="es", show_default=True)
@output_option
def validate(
    files: tuple[Path, ...],
    form: str,
    severities: tuple[str, ...],
    strict: bool,
    lang: str,
    output: Path | None,
) -> None:
    """Judge RDF files, or the build, by the shapes.

    Several files are judged as one graph.  Without a file, each analysis of the build is judged.
    A file that only asserts, as data/annex.ttl, is judged by the shapes for that.
    """
    # pyshacl is slow to load; other commands do without it.
    from gapgraph.validation.command import validate_build, validate_files  # noqa: PLC0415
    from gapgraph.validation.render import render  # noqa: PLC0415

    context = Context()
    folder = context.output(output)
    if files:
        limit = context.settings.number("max_data_bytes")
        reports = validate_files(files, context.home.ontology, limit=limit)
    else:
        content = DatasetFile.find(folder).read()
        kept = Path(context.settings.text("kept") or folder / ".kept")
        reports = validate_build(content, context.home.ontology, kept=kept)
    click.echo(render(reports, form, lang, severities=severities), nl=False)
    found = {finding.severity for report in reports for finding in report.findings}
    if "Violation" in found or (strict and "Warning" in found):
        sys.exit(ViolationError.exit_code)


cli.add_command(query)
cli.add_command(sparql)


@cli.group()
def export() -> None:
    """Print the data in the forms of others."""


@export.command("table")
@click.argument("file", type=file_type, required=False)
@click.option("--analysis", metavar="IRI", help="Which analysis, where the file holds several.")
def table(file: Path | None, analysis: str | None) -> None:
    """Print the table again, with its five columns, from an asserted graph (data/annex.ttl)."""
    from rdflib import URIRef  # noqa: PLC0415

    graph = read_turtle(file or Context().home.data / "annex.ttl")
    click.echo(export_table(graph, URIRef(analysis) if analysis else None), nl=False)


@export.command("sssom")
@click.argument("file", type=file_type, required=False)
@click.option(
    "--set",
    "which",
    type=click.Choice(["mappings", "links"]),
    default="mappings",
    show_default=True,
    help="The table's mappings, or the links of concepts to other datasets.",
)
@click.option("--analysis", metavar="IRI", help="Which analysis, where the file holds several.")
def sssom(file: Path | None, which: str, analysis: str | None) -> None:
    """Print mappings as SSSOM/TSV, from an asserted graph (data/annex.ttl)."""
    from rdflib import URIRef  # noqa: PLC0415

    from gapgraph.links.sssom import export_links_sssom, export_sssom  # noqa: PLC0415

    home = Context().home
    graph = read_turtle(file or home.data / "annex.ttl")
    if which == "links":
        ontology = read_turtle(home.ontology / "gapgraph.ttl")
        click.echo(export_links_sssom(home.data, graph, ontology), nl=False)
    else:
        click.echo(export_sssom(graph, URIRef(analysis) if analysis else None), nl=False)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    try:
        code = cli.main(arguments, prog_name="gapgraph", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        code = UsageError.exit_code
    except click.ClickException as error:
        say(f"gapgraph: {error.format_message()}")
        code = UsageError.exit_code
    except click.Abort:
        code = _INTERRUPTED
    except GapgraphError as error:
        say(f"gapgraph: {error}")
        code = error.exit_code
    except _Unheard:
        # What Python flushes at its end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        say(f"gapgraph: {error.filename or 'the system'}: {error.strerror or error}")
        code = EnvironmentFailure.exit_code
    sys.exit(code if isinstance(code, int) else 0)
