"""``gapgraph export``: the data in the forms of others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from gapgraph.annex.export import export_table, fits_five_columns
from gapgraph.annex.forms import FORMS
from gapgraph.annex.sheet import sheet_of
from gapgraph.cli.context import (
    Context,
    file_type,
    folder_type,
    output_option,
    progress,
    say,
    write_out,
)
from gapgraph.errors import UsageError
from gapgraph.files import write_atomic
from gapgraph.intake.words import read_words
from gapgraph.queries.catalogue import Catalogue
from gapgraph.rdf import read_turtle
from gapgraph.store.dataset import DatasetFile
from gapgraph.texts import COMPLETE, LANGUAGES, SOURCE
from gapgraph.told import told

__all__ = ["export"]

analysis_option = click.option(
    "--analysis",
    default="",
    metavar="NAME",
    help="Which analysis, by its IRI or the last part of that, where the file holds several.",
)


@click.group()
def export() -> None:
    """Print the data in the forms of others."""


@export.command("table")
@click.argument("file", type=file_type, required=False)
@analysis_option
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the table and its analysis.toml to a folder, for `gapgraph build --analysis DIR`.",
)
@click.option(
    "--form",
    type=click.Choice(FORMS),
    help="Of the table in the folder of --to; csv where none is said.",
)
def table(file: Path | None, analysis: str, to: Path | None, form: str | None) -> None:
    """Print the table again from an asserted graph (data/annex.ttl).

    A table of five columns, with numbered directives in sections, is printed in that form; any
    other one as comma-separated rows, one for each value.
    """
    if form and to is None:
        raise UsageError(
            told("--form is of the table in a folder, and none is named"), todo=told("add --to DIR")
        )
    ending = to.suffix.casefold().removeprefix(".") if to else ""
    if to is not None and ending in FORMS and not to.is_dir():
        raise UsageError(
            told(
                "{to} is named as a file is, and the table goes to a folder with its analysis.toml",
                to=to,
            ),
            todo=told(
                "give --to {folder} --form {form}",
                folder=to.with_suffix(""),
                form=form or ending,
            ),
        )
    home = Context().home
    graph = read_turtle(file or home.data / "annex.ttl")
    words = read_words(home.data)
    if to is not None:
        sheet_of(graph, words, analysis).write(to, form or "csv")
        say(told("{to}: the table and how it is read", to=to))
    elif fits_five_columns(graph, words, analysis):
        write_out(export_table(graph, analysis))
    else:
        write_out(sheet_of(graph, words, analysis).as_csv())


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
@analysis_option
@click.option(
    "--reviews",
    type=file_type,
    metavar="FILE",
    help="Decisions of people on its topics: the reviews.tsv beside its analysis.toml.",
)
@click.option(
    "--outside",
    type=file_type,
    metavar="FILE",
    help="What documents of others say of its topics: the outside.tsv beside its analysis.toml.",
)
def sssom(
    file: Path | None,
    which: str,
    analysis: str,
    reviews: Path | None,
    outside: Path | None,
) -> None:
    """Print mappings as SSSOM/TSV, from an asserted graph (data/annex.ttl).

    What people decided of the annex, and documents of others say of it, comes with it.
    """
    from gapgraph.annex.description import read_description  # noqa: PLC0415
    from gapgraph.decisions.graph import keys_of, standing  # noqa: PLC0415
    from gapgraph.decisions.outside import read_outside  # noqa: PLC0415
    from gapgraph.decisions.standing import Decisions  # noqa: PLC0415
    from gapgraph.links.sssom import (  # noqa: PLC0415
        export_links_sssom,
        export_sssom,
        names_of,
    )
    from gapgraph.metadata import CATALOG  # noqa: PLC0415
    from gapgraph.reading.graph import reading_graph  # noqa: PLC0415

    home = Context().home
    graph = read_turtle(file or home.data / "annex.ttl")
    listed = read_turtle(home.data / CATALOG)
    if which == "links":
        ontology = read_turtle(home.ontology / "gapgraph.ttl")
        write_out(export_links_sssom(home.data, graph, ontology, listed))
    else:
        names = names_of(graph, analysis)
        if file is None:
            annex = read_description(home.analysis)
            reviews, outside = reviews or annex.reviews, outside or annex.outside
        decisions = Decisions.read(reviews, names, graph)
        statements = reading_graph(graph, names, home.data, decisions=decisions)
        holding = standing(decisions, names, keys_of([*graph, *statements]))
        own = None if file else listed
        write_out(
            export_sssom(
                graph,
                analysis,
                listed=own,
                statements=statements,
                holding=holding,
                outside=read_outside(outside, names, graph),
            )
        )


@export.command("oscal")
@click.argument("file", type=file_type, required=False)
@analysis_option
def oscal(file: Path | None, analysis: str) -> None:
    """Print mappings in OSCAL's control mapping model (JSON), from an asserted graph."""
    from gapgraph.links.oscal import export_oscal  # noqa: PLC0415

    graph = read_turtle(file or Context().home.data / "annex.ttl")
    write_out(export_oscal(graph, analysis))


@export.command("site")
@click.argument("folder", type=folder_type, metavar="DIR")
@click.option(
    "--base",
    required=True,
    metavar="URL",
    help="Where the site will stand: what its whole addresses begin with.",
)
@click.option(
    "--lang",
    "languages",
    type=click.Choice(LANGUAGES),
    multiple=True,
    help="A language of its pages; may be repeated, and that of the texts is always one.  "
    "Those that are complete where none is named.",
)
@output_option
def site(folder: Path, base: str, languages: tuple[str, ...], output: Path | None) -> None:
    """Write the build as a site without a server: pages, data, and questions in the browser."""
    from gapgraph.site import export_site  # noqa: PLC0415
    from gapgraph.web.service import ServiceConfig  # noqa: PLC0415

    context = Context()
    chosen = tuple(each for each in LANGUAGES if each in (languages or COMPLETE) or each == SOURCE)
    config = ServiceConfig(context.home, context.settings, context.output(output), base=base)
    with progress(told("site")) as show:
        made = export_site(config, folder, chosen, show=show)
    say(
        told(
            "{folder}: {files} files, {size:.1f} MB; {written} written, {removed} removed",
            folder=folder,
            files=made.files,
            size=made.size / 1e6,
            written=made.written,
            removed=made.removed,
        )
    )


@export.command("workbook")
@click.option("-o", "--to", "target", type=file_type, required=True, metavar="FILE.xlsx")
@click.option("--lang", type=click.Choice(LANGUAGES), default="es", show_default=True)
@output_option
def workbook(target: Path, lang: str, output: Path | None) -> None:
    """Write the build as a workbook for people: directives, topics, sentences, elements."""
    from gapgraph.report.workbook import workbook as make  # noqa: PLC0415

    _write_build(target, make, lang, output)


@export.command("csv")
@click.option("-o", "--to", "target", type=file_type, required=True, metavar="FILE.zip")
@click.option("--lang", type=click.Choice(LANGUAGES), default="es", show_default=True)
@output_option
def csv_tables(target: Path, lang: str, output: Path | None) -> None:
    """Write the build as a zip of CSV files, described in CSV on the Web (CSVW)."""
    from gapgraph.report.tables import csv_zip  # noqa: PLC0415

    _write_build(target, csv_zip, lang, output)


def _write_build(target: Path, make: Callable[..., bytes], lang: str, output: Path | None) -> None:
    """Write a build in another form.

    :param make: what makes the form of a store, its catalogue and its analyses
    """
    context = Context()
    analyses = DatasetFile.find(context.output(output)).analyses
    catalogue = Catalogue.load(context.home.queries)
    write_atomic(target, make(context.store(output, ()), catalogue, analyses, lang=lang))
    say(told("{file}: written", file=target))
