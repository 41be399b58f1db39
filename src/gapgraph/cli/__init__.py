"""The command line: arguments, progress, messages and exit codes.

Results go to stdout, messages to stderr.  Exit codes: 0 fine; 1 a mandatory rule is broken;
2 misuse or unreadable input; 3 the environment (port, disk, engine)
and anything unforeseen.  Data are written in UTF-8, whatever the console.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click

from gapgraph import __version__
from gapgraph.account import left_out, other_languages, reading, set_aside
from gapgraph.cli.context import (
    Context,
    added_option,
    deadline,
    engine_option,
    file_type,
    folder_type,
    output_option,
    progress,
    reader,
    say,
    shown,
    translate,
    write_out,
)
from gapgraph.cli.diff import diff
from gapgraph.cli.export import export
from gapgraph.cli.intake import intake
from gapgraph.cli.language import speak
from gapgraph.cli.load import load
from gapgraph.cli.mcp import mcp
from gapgraph.cli.queries import query, sparql
from gapgraph.cli.report import report
from gapgraph.cli.review import review
from gapgraph.errors import EnvironmentFailure, GapgraphError, UsageError, ViolationError
from gapgraph.files import system_fault
from gapgraph.iris import is_iri
from gapgraph.outputs import made_otherwise
from gapgraph.store.dataset import MANIFEST, DatasetFile
from gapgraph.texts import LANGUAGES, SOURCE
from gapgraph.told import joined, told

__all__ = ["main"]

#: What a shell gives for a program ended by Ctrl-C (128 + SIGINT).
_INTERRUPTED = 130


class _Unheard(Exception):
    """The reader of our stdout has enough, as ``head`` has: that is no mistake."""


class _Commands(click.Group):
    """Commands that end quietly where their reader has enough; click's own leave with 1."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command, and write what it said."""
        try:
            result = super().invoke(context)
            if sys.stdout is not None:
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
    type=file_type,
    multiple=True,
    metavar="DIR|FILE",
    help="Folder of a further table, with its analysis.toml, or a table that needs none; may be "
    "repeated.",
)
@click.option("--no-annex", is_flag=True, help="Leave out the project's own table.")
@click.option(
    "--strict",
    is_flag=True,
    help="Write nothing where more of a table is unread than GAPGRAPH_UNREAD_PERCENT allows, or a "
    "column with words was left out by a guess.",
)
@click.option(
    "--only",
    metavar="ANALYSIS",
    help="Compute and keep what follows from this analysis, by its name, IRI or folder, and write "
    "no dataset: several may be computed side by side, and the build then finds them.",
)
@output_option
def build(
    analyses: tuple[Path, ...],
    no_annex: bool,
    strict: bool,
    only: str | None,
    output: Path | None,
) -> None:
    """Read the tables and write the dataset."""
    context = Context()
    if only is not None:
        if strict:
            raise UsageError(
                told("--only writes no dataset, which --strict is about"),
                todo=told("give one of the two"),
            )
        from gapgraph.build import conclude_one  # noqa: PLC0415 - as below

        with progress(told("build")) as show:
            analysis = conclude_one(
                context.home,
                context.settings,
                output=context.output(output),
                only=only,
                analyses=analyses,
                annex=not no_annex,
                progress=show,
            )
        say(told("{analysis}: what follows from it is kept for the build", analysis=analysis))
        return
    _build(
        context,
        context.output(output),
        analyses=analyses,
        annex=not no_annex,
        unread_limit=context.settings.number("unread_percent") if strict else None,
    )


def _build(context: Context, output: Path, **options: Any) -> None:
    """Build, show progress, and say what was built.

    :param options: as those of `gapgraph.build.build`
    """
    # What builds takes half a second to import, and what only asks does without it.
    from gapgraph.build import build as run_build  # noqa: PLC0415

    with progress(told("build")) as show:
        dataset = run_build(context.home, context.settings, output=output, progress=show, **options)
    for counts in dataset.manifest["analyses"]:
        say(
            told(
                "{analysis}: {directives} directives, {topics} topics, {without} "
                "without category; {reading}",
                analysis=counts["analysis"],
                directives=counts["directives"],
                topics=counts["topics"],
                without=counts["mappings_to_none"],
                reading=reading(counts),
            )
        )
        for said in (*left_out(counts), *other_languages(counts), *set_aside(counts)):
            say(told("warning: {said}", said=said))
    say(told("{file}: names what was written", file=dataset.path.parent / MANIFEST))


_Addresses = TypeVar("_Addresses", str | None, tuple[str, ...])


def _address(_: click.Context, option: click.Parameter, value: _Addresses) -> _Addresses:
    """Refuse what is no address on the web."""
    for each in (value,) if isinstance(value, str) else value or ():
        parts = urlsplit(each) if is_iri(each) else None
        if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
            raise click.BadParameter(
                shown(told("{address!r} is no http or https address", address=each)), param=option
            )
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
    help="Address that every address of the service starts with; a path in it is a prefix for "
    "everything (default: that of the request).",
)
@click.option(
    "--allow-service",
    "services",
    callback=_address,
    multiple=True,
    metavar="URL",
    help="SPARQL endpoint that SERVICE may ask; may be repeated (default: none).",
)
@click.option(
    "--previous",
    type=folder_type,
    multiple=True,
    metavar="DIR",
    help="Folder of an earlier build, whose version goes on being answered and compared; its "
    "manifest alone says that it is gone; may be repeated.",
)
@engine_option
@click.option("--access-log", is_flag=True, help="Log every request, a line each.")
@output_option
def serve(
    host: str | None,
    port: int | None,
    workers: int | None,
    added: tuple[Path, ...],
    base: str | None,
    services: tuple[str, ...],
    previous: tuple[Path, ...],
    engine: str,
    access_log: bool,
    output: Path | None,
) -> None:
    """Serve the build over HTTP; SIGHUP takes up a new build, SIGTERM stops.

    Where there is no build yet, the project's own table is built first.  With --engine the build's
    folder is still needed, for its manifest, its findings and its dumps; no worker loads it.
    """
    # The web framework is heavy; other commands do without it.
    from gapgraph.web.base import Base  # noqa: PLC0415
    from gapgraph.web.server import run as run_server  # noqa: PLC0415
    from gapgraph.web.service import ServiceConfig  # noqa: PLC0415

    if base:
        Base.of(base)  # what is none is refused before anything is loaded
    context = Context()
    settings = context.settings
    folder = context.output(output)
    if not engine and not (folder / MANIFEST).exists():
        say(told("{folder} holds no build: building the project's own table", folder=folder))
        _build(context, folder)
    differs = made_otherwise(context.home, DatasetFile.find(folder))
    if differs:
        say(
            told(
                "warning: the build in {folder} was made by or from something else than is "
                "here ({differs}): pages may show less than they should until you "
                "build again",
                folder=folder,
                differs=joined(", ", [*differs[:3], *["…"] * bool(differs[3:])]),
            )
        )
    run_server(
        ServiceConfig(
            context.home,
            settings,
            folder,
            added,
            base=f"{base.rstrip('/')}/" if base else "",
            services=services,
            previous=previous,
            engine=engine,
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
    type=click.Choice(["text", "md", "html", "json", "csv", "ttl", "jsonld", "nt"]),
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
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Give up after so long, with 3 (default: never).",
)
@click.option("--lang", type=click.Choice(LANGUAGES), default=SOURCE, show_default=True)
@output_option
def validate(
    files: tuple[Path, ...],
    form: str,
    severities: tuple[str, ...],
    strict: bool,
    timeout: float | None,
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
    with deadline(timeout):
        if files:
            limit = context.settings.number("max_data_bytes")
            reports = validate_files(files, context.home.ontology, limit=limit)
        else:
            content = DatasetFile.find(folder).read()
            kept = Path(context.settings.text("kept") or folder / ".kept")
            reports = validate_build(content, context.home.ontology, kept=kept)
    write_out(render(reports, form, lang, severities=severities))
    found = {finding.severity for report in reports for finding in report.findings}
    if "Violation" in found or (strict and "Warning" in found):
        sys.exit(ViolationError.exit_code)


cli.add_command(diff)
cli.add_command(export)
cli.add_command(intake)
cli.add_command(load)
cli.add_command(mcp)
cli.add_command(query)
cli.add_command(report)
cli.add_command(review)
cli.add_command(sparql)


def _discard_output() -> None:
    """Let what Python flushes at its end go nowhere: its failure would change the exit code."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    speak(reader(), cli)
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
        say(f"gapgraph: {error.in_words(translate)}")
        code = error.exit_code
    except _Unheard:
        _discard_output()
        code = 0
    except OSError as error:
        _discard_output()
        name = error.filename or told("the system")
        say(joined("", ["gapgraph: ", name, ": ", system_fault(error)]))
        code = EnvironmentFailure.exit_code
    except Exception as error:  # noqa: BLE001 - 1 is for findings: nothing else may leave with it
        _discard_output()
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        say(
            told(
                "gapgraph: failed where nothing was foreseen to fail ({reason}): tell its makers",
                reason=reason,
            )
        )
        code = EnvironmentFailure.exit_code
    sys.exit(code if isinstance(code, int) else 0)
