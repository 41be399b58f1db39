"""``gapgraph intake``: a table of any form becomes an analysis, with every problem at once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from gapgraph.annex.forms import FORMS
from gapgraph.annex.template import read_template_words, template_files
from gapgraph.cli.context import Context, given_names, say, shown, write_out
from gapgraph.errors import UsageError, ViolationError
from gapgraph.files import write_atomic
from gapgraph.grid import SUFFIXES, GridLimits
from gapgraph.intake.catalogue import KnownFramework, known_frameworks
from gapgraph.intake.command import Intake, read_folder, take_in
from gapgraph.intake.keys import FILE_NAME, is_language
from gapgraph.intake.mapping import Parties
from gapgraph.intake.problems import problems_as_text, to_mend
from gapgraph.intake.words import read_words
from gapgraph.rdf import read_turtle
from gapgraph.reading.graph import reads
from gapgraph.told import joined, told

__all__ = ["intake"]


def _pairs(
    _: click.Context, option: click.Parameter, value: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Part ``NAME=VALUE``; the value may be empty."""
    pairs = []
    for text in value:
        name, equals, rest = text.partition("=")
        if not equals or not name:
            raise click.BadParameter(
                shown(told("{text!r} is not NAME=VALUE", text=text)), param=option
            )
        pairs.append((name, rest))
    return pairs


def _tag(_: click.Context, option: click.Parameter, value: str) -> str:
    """Refuse what is no language's tag."""
    if value and not is_language(value):
        raise click.BadParameter(
            shown(told("{value!r} is no tag of a language: es, pt-BR", value=value)), param=option
        )
    return value


@click.command()
@click.argument(
    "path", type=click.Path(exists=True, path_type=Path), metavar="FILE|DIR", required=False
)
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder that gets the analysis; with --template, the file.",
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
@click.option(
    "--language",
    default="",
    callback=_tag,
    metavar="TAG",
    help="Language of the table: es, en, pt, or any other.",
)
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
@click.option(
    "--template",
    default="",
    metavar="FRAMEWORK",
    help="Write a table to fill: the directives of a framework that is known, by its short name.",
)
@click.option(
    "--form",
    type=click.Choice(FORMS),
    help=f"Of --template; else the form that --to ends in, or {FORMS[0]}.",
)
@click.option("--strict", is_flag=True, help="Leave with 1 for remarks too.")
def intake(
    path: Path | None,
    to: Path | None,
    sheet: str,
    header_row: int | None,
    columns: list[tuple[str, str]],
    values: list[tuple[str, str]],
    *,
    check: bool,
    preview: Path | None,
    template: str,
    form: str | None,
    strict: bool,
    **parties: str,
) -> None:
    """Read a table of any form, and say all that is unclear in it at once."""
    context = Context()
    _check_usage(path, to, template=template, form=form, again=check or preview is not None)
    if template:
        _write_template(context, template, form, parties["language"], to)
        return
    assert path is not None
    limits = GridLimits(
        file_bytes=context.settings.number("max_source_bytes"),
        cell_characters=context.settings.number("max_cell_characters"),
    )
    data = context.home.data
    if path.is_dir():
        folder = path
        taken = read_folder(path, data, limits=limits)
    else:
        assert to is not None
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
            say(
                told(
                    "{file}: {name} as it was before this run; it is not read",
                    file=taken.before,
                    name=FILE_NAME,
                )
            )
    if preview is not None:
        write_atomic(preview, taken.preview())
    _report(taken, folder, data, strict=strict)


#: The parameters that each use of the command takes.
_TAKES = {
    "--template": {"template", "form", "to", "language"},
    "a folder": {"path", "check", "preview", "strict"},
    "a file": {
        "path", "to", "sheet", "header_row", "columns", "values", "language", "framework",
        "framework_label", "plan", "plan_label", "jurisdiction", "preview", "strict",
    },
}  # fmt: skip
_USES = {
    "--template": "--template",
    "a folder": told("a folder"),
    "a file": told("a file"),
}


def _check_usage(
    path: Path | None, to: Path | None, *, template: str, form: str | None, again: bool
) -> None:
    """Refuse parameters that do not go together, or are missing.

    :param again: whether a folder is to be checked or shown
    :raises UsageError: with all that is wrong
    """
    wrong: list[tuple[str, str]] = []
    if not template and path is None:
        wrong.append((told("no table is named"), told("name a FILE or a folder, or --template")))
    use = "--template" if template else "a folder" if path and path.is_dir() else "a file"
    if beside := [name for key, name in given_names().items() if key not in _TAKES[use]]:
        wrong.append(
            (
                told("{use} takes no {these}", use=_USES[use], these=", ".join(beside)),
                told("leave out one or the other"),
            )
        )
    if use == "--template":
        ending = _ending(to)
        if ending and ending not in FORMS:
            what: str = told(
                "{file}: no table to fill is written as {ending}", file=to, ending=ending
            )
            wrong.append((what, _end_in(FORMS)))
        elif ending and form and form != ending:
            what = told("{file} is no name for {form}", file=to, form=form)
            wrong.append((what, told("{end_in}, or no --form", end_in=_end_in([form]))))
    elif use == "a folder" and not again:
        todo: str = told("add --check or --preview FILE.html, or name a file")
        wrong.append((told("{path} is a folder", path=path), todo))
    elif use == "a file" and path and to is None:
        wrong.append((told("no folder is named for the analysis"), told("add --to DIR")))
    elif use == "a file" and to and to.is_file():
        wrong.append((told("{path} is a file", path=to), told("name a folder with --to")))
    if wrong:
        *before, (what, todo) = wrong
        raise UsageError(joined("; ", [*(joined(": ", each) for each in before), what]), todo=todo)


def _ending(to: Path | None) -> str:
    """Return the form that a file's name ends in; nothing for a folder, or where there is none."""
    known = to is not None and to.suffix.casefold() in SUFFIXES and not to.is_dir()
    return to.suffix.casefold().removeprefix(".") if to and known else ""


def _end_in(forms: Iterable[str]) -> str:
    endings = ", ".join(f".{form}" for form in forms)
    return told("give --to a name that ends in {endings}", endings=endings)


def _write_template(
    context: Context, framework: str, form: str | None, language: str, to: Path | None
) -> None:
    """Write a table to be filled; what is there already may have been filled, and stays."""
    home = context.home
    files = [home.data / "annex.ttl", *sorted(context.output(None).glob("*.ttl"))]
    catalogue: dict[str, KnownFramework] = {}
    for file in files:
        if file.is_file():
            catalogue = {**known_frameworks(read_turtle(file)), **catalogue}
    known = catalogue.get(framework)
    if known is None:
        raise UsageError(
            told("no framework {framework!r} is known", framework=framework),
            todo=told(
                "name one of {these}, or build a table that brings it",
                these=", ".join(sorted(catalogue)),
            ),
        )
    language = language or known.language
    form = form or _ending(to) or FORMS[0]
    said = read_template_words(home.data).of(language)
    written = template_files(known, read_words(home.data), said, form=form, language=language)
    target = to or Path(f"{framework}.{form}")
    if _ending(target) != form:
        target = target / f"{framework}.{form}"
    places = [target.with_name(target.stem + ending) for ending in written]
    if there := [str(place) for place in places if place.exists()]:
        raise UsageError(
            told("{file} is there already", file=there[0])
            if len(there) == 1
            else told("{one} and {other} are there already", one=there[0], other=there[1]),
            todo=told("name another file with --to"),
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    for place, content in zip(places, written.values(), strict=True):
        write_atomic(place, content)
        say(told("{file}: written", file=place))
    say(told("fill {file}, and run: gapgraph build --analysis {file}", file=places[0]))


def _report(taken: Intake, folder: Path, data: Path, *, strict: bool) -> None:
    """Say what was read, then every problem; leave with 1 where one must be mended.

    :param data: the project's data folder
    :param strict: whether remarks count as well
    """
    write_out(shown(taken.summary()))
    write_out(shown(problems_as_text(taken.table.problems)))
    say(
        told(
            "{folder}: how the table is read; edit it, and run with --check",
            folder=folder / FILE_NAME,
        )
    )
    language = taken.mapping.parties.language
    if not reads(data, language) and any(each.observations for each in taken.table.directives):
        where = (
            told("in {language!r}", language=language)
            if language
            else told("in a language that nobody named (--language)")
        )
        say(
            told(
                "observations {where}: no rules read it, so they count for nothing until reviewed",
                where=where,
            )
        )
    blocking = sum(problem.blocking for problem in taken.table.problems)
    if blocking:
        raise ViolationError(told("{problems} before it can be built", problems=to_mend(blocking)))
    remarks = len(taken.table.problems)
    if strict and remarks:
        raise ViolationError(
            told("1 remark: see to them, or leave out --strict")
            if remarks == 1
            else told("{count} remarks: see to them, or leave out --strict", count=remarks)
        )
