"""``gapgraph intake``: a table of any form becomes an analysis, with every problem at once."""

from __future__ import annotations

from pathlib import Path

import click

from gapgraph.cli.context import Context, say, write_out
from gapgraph.errors import UsageError, ViolationError
from gapgraph.files import write_atomic
from gapgraph.grid import GridLimits
from gapgraph.intake.command import Intake, read_folder, take_in
from gapgraph.intake.keys import FILE_NAME
from gapgraph.intake.mapping import Parties
from gapgraph.intake.problems import problems_as_text

__all__ = ["intake"]


def _pairs(
    _: click.Context, option: click.Parameter, value: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Part ``NAME=VALUE``; the value may be empty."""
    pairs = []
    for text in value:
        name, equals, rest = text.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{text!r} is not NAME=VALUE", param=option)
        pairs.append((name, rest))
    return pairs


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path), metavar="FILE|DIR")
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder that gets the analysis.",
)
@click.option("--sheet", default="", metavar="NAME", help="The sheet or table, by name or number.")
@click.option(
    "--header-row",
    type=click.IntRange(0),
    metavar="N",
    help="The row of the column headings; 0 for none.",
)
@click.option(
    "-c",
    "--column",
    "columns",
    multiple=True,
    callback=_pairs,
    metavar="ROLE=COLUMN",
    help="What a column is, by its heading, letter or number; may be repeated.",
)
@click.option(
    "-v",
    "--value",
    "values",
    multiple=True,
    callback=_pairs,
    metavar="CLASS=VALUE",
    help="What a value says; may be repeated. element=* takes all others for elements.",
)
@click.option("--language", default="", metavar="TAG", help="Language of the table: es, en, pt.")
@click.option("--framework", default="", metavar="SLUG", help="Short name of the framework.")
@click.option("--framework-label", default="", metavar="TEXT", help="Title of the framework.")
@click.option("--plan", default="", metavar="SLUG", help="Short name of the plan.")
@click.option("--plan-label", default="", metavar="TEXT", help="Title of the plan.")
@click.option("--jurisdiction", default="", metavar="ISO3", help="The State: PER, BOL.")
@click.option("--check", is_flag=True, help="Read DIR again, and say what is wrong.")
@click.option(
    "--preview",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.html",
    help="Write a page: the table as it was, beside what was understood.",
)
@click.option("--strict", is_flag=True, help="Leave with 1 for remarks too.")
def intake(
    path: Path,
    to: Path | None,
    sheet: str,
    header_row: int | None,
    columns: list[tuple[str, str]],
    values: list[tuple[str, str]],
    *,
    check: bool,
    preview: Path | None,
    strict: bool,
    **parties: str,
) -> None:
    """Read a table of any form, and say all that is unclear in it at once."""
    context = Context()
    limits = GridLimits(
        file_bytes=context.settings.number("max_source_bytes"),
        cell_characters=context.settings.number("max_cell_characters"),
    )
    data = context.home.data
    if path.is_dir():
        if not check and preview is None:
            raise UsageError(
                f"{path} is a folder", todo="add --check or --preview FILE.html, or name a file"
            )
        folder = path
        taken = read_folder(path, data, limits=limits)
    else:
        if to is None:
            raise UsageError("no folder is named for the analysis", todo="add --to DIR")
        folder = to
        taken = take_in(
            path,
            to,
            data,
            sheet=sheet,
            header_row=header_row,
            columns=columns,
            values=values,
            parties=Parties(**parties),
            limits=limits,
        )
        if taken.before:
            say(f"{taken.before}: {FILE_NAME} as it was before this run; it is not read")
    if preview is not None:
        write_atomic(preview, taken.preview())
    _report(taken, folder, strict=strict)


def _report(taken: Intake, folder: Path, *, strict: bool) -> None:
    """Say what was read, then every problem; leave with 1 where one must be mended.

    :param strict: whether remarks count as well
    """
    write_out(taken.summary())
    write_out(problems_as_text(taken.table.problems))
    say(f"{folder / FILE_NAME}: how the table is read; edit it, and run with --check")
    blocking = sum(problem.blocking for problem in taken.table.problems)
    if blocking:
        raise ViolationError(f"{blocking} problems are to be mended before it can be built")
    remarks = len(taken.table.problems)
    if strict and remarks:
        raise ViolationError(f"{remarks} remarks: see to them, or leave out --strict")
