"""The commands that ask: ``query`` for stored queries, ``sparql`` for those of one's own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from gapgraph.cli.context import Context, added_option, output_option
from gapgraph.errors import UsageError
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.description import describe, described
from gapgraph.queries.formats import form_of
from gapgraph.queries.results import FORMATS, Result, ask, formats_of, run, write

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
        click.option("--lang", type=click.Choice(["es", "en"]), default="es", show_default=True),
        added_option,
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
            f"--excel is for CSV, not for {chosen}", todo="add --format csv", parameter="excel"
        )
    for piece in write(result, chosen, lang=lang, excel=excel):
        sys.stdout.buffer.write(piece)


def _list(catalogue: Catalogue, form: str | None, lang: str) -> None:
    """Print the stored queries."""
    if form == "json":
        listed = [describe(each) for each in catalogue]
        click.echo(json.dumps({"queries": listed}, ensure_ascii=False, indent=1))
    elif form in {None, "table", "tsv"}:
        for each in catalogue:
            click.echo(f"{each.id}\t{each.header.summary[lang]}")
    else:
        raise UsageError(f"the list has no format {form}", todo="use table, tsv or json")


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
@click.option("--list", "listed", is_flag=True, help="List the stored queries.")
@click.option("--describe", "told", is_flag=True, help="Say what the query asks, takes and gives.")
@how_options
def query(
    name: str | None,
    given: tuple[str, ...],
    listed: bool,
    told: bool,
    form: str | None,
    output: Path | None,
    added: tuple[Path, ...],
    excel: bool,
    **how: Any,
) -> None:
    """Answer a stored query; without a name, list them."""
    context = Context()
    catalogue = Catalogue.load(context.home.queries)
    if listed or name is None:
        _list(catalogue, form, how["lang"])
        return
    if told:
        click.echo(described(catalogue[name], how["lang"]), nl=False)
        return
    values: dict[str, list[str]] = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"-p {pair}: has no =", todo="write -p name=value")
        values.setdefault(key, []).append(value)
    result = run(context.store(output, added), catalogue, name, values, **how)
    _print(result, form, lang=how["lang"], excel=excel)


@click.command()
@click.argument("text", metavar="QUERY")
@how_options
def sparql(
    text: str,
    form: str | None,
    output: Path | None,
    added: tuple[Path, ...],
    excel: bool,
    **how: Any,
) -> None:
    """Answer a SPARQL query of your own; - reads it from stdin."""
    asked = sys.stdin.read() if text == "-" else text
    store = Context().store(output, added)
    _print(ask(store, asked, **how), form, lang=how["lang"], excel=excel)
