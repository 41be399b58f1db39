"""The command ``report``: the gaps, with their sentences, as a document to take away."""

from __future__ import annotations

from pathlib import Path

import click

from gapgraph.cli.context import (
    Context,
    added_option,
    analysis_option,
    file_type,
    output_option,
    say,
    write_out,
)
from gapgraph.files import read_bytes, write_atomic
from gapgraph.namespaces import analysis_named, last_segment
from gapgraph.queries.catalogue import Catalogue
from gapgraph.store.dataset import DatasetFile
from gapgraph.texts import LANGUAGES
from gapgraph.told import told

__all__ = ["report"]


@click.command()
@analysis_option
@click.option(
    "--section",
    "sections",
    multiple=True,
    metavar="S",
    help="Only this section: its identifier as printed, or its IRI; may be repeated.",
)
@click.option(
    "--status",
    "statuses",
    multiple=True,
    metavar="S",
    help="Topics of this status; may be repeated (default: those of gaps; of directives that are "
    "named, all).",
)
@click.option(
    "--directive",
    "directives",
    multiple=True,
    metavar="D",
    help="Only this directive: its identifier as printed, or its IRI; may be repeated.",
)
@click.option(
    "--sort",
    type=click.Choice(["number", "reading"]),
    default="number",
    show_default=True,
    help="Order of the topics: by sections and directives, or as to read them, first what has no "
    "element, what nothing eases and what more directives ask for.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["docx", "html", "md"]),
    default="docx",
    show_default=True,
    help="Format of the report.",
)
@click.option(
    "--template",
    type=file_type,
    metavar="FILE.docx",
    help="Word document whose styles, page, header and footer to take; its own text is left out.",
)
@click.option("--lang", type=click.Choice(LANGUAGES), default="es", show_default=True)
@click.option(
    "-o",
    "--to",
    "file",
    type=file_type,
    metavar="FILE",
    help="File to write (default: standard output).",
)
@added_option
@output_option
def report(
    analysis: str,
    sections: tuple[str, ...],
    statuses: tuple[str, ...],
    directives: tuple[str, ...],
    sort: str,
    form: str,
    template: Path | None,
    lang: str,
    file: Path | None,
    added: tuple[Path, ...],
    output: Path | None,
) -> None:
    """Write a report: figures with their denominators, each gap with its sentence and source."""
    # Word and pictures are slow to load; other commands do without them.
    from gapgraph.report.choice import Asked  # noqa: PLC0415
    from gapgraph.report.formats import report as make  # noqa: PLC0415

    context = Context()
    limit = context.settings.number("max_source_bytes")
    analyses = DatasetFile.find(context.output(output)).analyses
    chosen = analysis_named(analyses, analysis)
    made = make(
        context.store(output, added),
        Catalogue.load(context.home.queries),
        analyses,
        Asked(sections, directives, statuses, sort=sort),
        analysis=chosen,
        lang=lang,
        form=form,
        template=(template, read_bytes(template, limit=limit)) if template else None,
    )
    if file is None:
        write_out(made)
    else:
        write_atomic(file, made)
        say(told("{file}: written", file=file))
    if len(analyses) > 1:
        others = ", ".join(last_segment(each) for each in analyses if each != chosen)
        say(
            told(
                "the report is about {chosen}, one of {count} analyses; --analysis "
                "NAME chooses another: {others}",
                chosen=last_segment(chosen),
                count=len(analyses),
                others=others,
            )
        )
