"""The commands that ask: ``query`` for stored queries, ``sparql`` for those of one's own."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from gapgraph.cli.context import (
    Context,
    added_option,
    engine_option,
    output_option,
    write_out,
)
from gapgraph.errors import UsageError
from gapgraph.files import read_bytes
from gapgraph.namespaces import analysis_named
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.description import describe, described
from gapgraph.queries.formats import form_of
from gapgraph.queries.results import FORMATS, Result, ask, formats_of, run, write
from gapgraph.queries.stored import ANALYSIS
from gapgraph.texts import LANGUAGES, SOURCE
from gapgraph.told import told
from gapgraph.unicode import decoded

__all__ = ["query", "sparql"]


def how_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say how an answer is given, the same for every query."""
    options = (
        click.option(
            "--format",
            "form",
            type=click.Choice(list(FORMATS)),
            help="Format of the answer (default: a table, or Turtle for RDF).",
        ),
        click.option("--limit", type=click.IntRange(0), help="Rows to give (default: all)."),
        click.option(
            "--offset", type=click.IntRange(0), default=0, help="Rows to leave out first."
        ),
        click.option("--sort", multiple=True, help="Column to sort by; - before one that falls."),
        click.option(
            "--filter",
            "filters",
            multiple=True,
            metavar="CONDITION",
            help="column:words, column=value, column>value …; may be repeated.",
        ),
        click.option("--labels", is_flag=True, help="Put labels beside IRIs."),
        click.option("--excel", is_flag=True, help="CSV for a spreadsheet."),
        click.option("--lang", type=click.Choice(LANGUAGES), default=SOURCE, show_default=True),
        added_option,
        engine_option,
        output_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


def _print(result: Result, form: str | None, *, lang: str, excel: bool) -> None:
    """Write an answer to stdout."""
    chosen = form or formats_of(form_of(result))[0]
    if excel and chosen != "csv":
        raise UsageError(
            told("--excel is for CSV, not for {chosen}", chosen=chosen),
            todo=told("add --format csv"),
            parameter="excel",
        )
    for piece in write(result, chosen, lang=lang, excel=excel):
        write_out(piece)


def _list(catalogue: Catalogue, form: str | None, lang: str) -> None:
    """Print the stored queries."""
    if form == "json":
        listed = [describe(each) for each in catalogue]
        write_out(json.dumps({"queries": listed}, ensure_ascii=False, indent=1) + "\n")
    elif form in {None, "table", "tsv"}:
        for each in catalogue:
            write_out(f"{each.id}\t{each.header.summary[lang]}\n")
    else:
        raise UsageError(
            told("the list has no format {form}", form=form), todo=told("use table, tsv or json")
        )


@click.command()
@click.argument("name", required=False)
@click.option(
    "-p",
    "--parameter",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter of the query; may be repeated.",
)
@click.option(
    "--analysis",
    "analyses",
    multiple=True,
    metavar="NAME",
    help="Analysis that the query is about, by its IRI or the last part of that; may be repeated "
    "where it compares (default: as the query says).",
)
@click.option("--list", "listed", is_flag=True, help="List the stored queries.")
@click.option(
    "--describe", "explain", is_flag=True, help="Say what the query asks, takes and gives."
)
@how_options
def query(
    name: str | None,
    given: tuple[str, ...],
    analyses: tuple[str, ...],
    listed: bool,
    explain: bool,
    form: str | None,
    output: Path | None,
    added: tuple[Path, ...],
    engine: str,
    excel: bool,
    **how: Any,
) -> None:
    """Answer a stored query; without a name, list them."""
    context = Context()
    catalogue = Catalogue.load(context.home.queries)
    if listed or name is None:
        _list(catalogue, form, how["lang"])
        return
    if explain:
        write_out(described(catalogue[name], how["lang"]))
        return
    values: dict[str, list[str]] = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(
                told("-p {pair}: has no =", pair=pair), todo=told("write -p name=value")
            )
        values.setdefault(key, []).append(value)
    store = context.store(output, added, engine)
    for each in analyses:
        values.setdefault(ANALYSIS, []).append(analysis_named(store.analyses, each))
    result = run(store, catalogue.about(store.analyses), name, values, **how)
    _print(result, form, lang=how["lang"], excel=excel)


@click.command()
@click.argument("text", metavar="QUERY|FILE|-")
@how_options
def sparql(
    text: str,
    form: str | None,
    output: Path | None,
    added: tuple[Path, ...],
    engine: str,
    excel: bool,
    **how: Any,
) -> None:
    """Answer a SPARQL query of your own, or of a file; - reads it from stdin."""
    context = Context()
    asked = _query_text(text, limit=context.settings.number("max_source_bytes"))
    store = context.store(output, added, engine)
    _print(ask(store, asked, **how), form, lang=how["lang"], excel=excel)


def _query_text(given: str, *, limit: int) -> str:
    """Return the query that an argument is, or names.

    :param given: a query, the name of a file that holds one, or ``-`` for standard input
    :param limit: the longest query of a file that is read, in bytes
    :raises InputError: where a file cannot be read, or is not there
    """
    if given == "-":
        if sys.stdin is None:  # closed by who started us (``<&-``)
            raise UsageError(
                told("standard input is closed"), todo=told("give the query itself, or a file")
            )
        return decoded(sys.stdin.buffer.read())
    if re.search(r"[{}<>\s]", given) and not _is_file(given):
        return given
    if not Path(given).exists():
        raise UsageError(
            told("{given!r} is no query, and no file is called so", given=given[:100]),
            todo=told("give a query, a file that holds one, or - to read it from stdin"),
        )
    return decoded(read_bytes(Path(given), limit=limit), file=given)


def _is_file(given: str) -> bool:
    """Tell whether a text names a file; one that is too long for a name names none."""
    try:
        return Path(given).is_file()
    except (OSError, ValueError):
        return False
