"""The commands of people's reviews: what is doubtful, what was decided, how far two agree."""

from __future__ import annotations

from pathlib import Path

import click

from gapgraph.cli.context import (
    Context,
    analysis_option,
    file_type,
    folder_type,
    output_option,
    say,
    write_out,
)
from gapgraph.errors import UsageError
from gapgraph.files import write_atomic
from gapgraph.namespaces import analysis_named
from gapgraph.queries.catalogue import Catalogue
from gapgraph.store.dataset import DatasetFile
from gapgraph.texts import LANGUAGES, SOURCE
from gapgraph.told import one_of, told

__all__ = ["review"]


@click.group()
def review() -> None:
    """Review what the rules read: what is doubtful, what was decided, how far two agree."""


@review.command("queue")
@analysis_option
@click.option(
    "-o",
    "--to",
    "target",
    type=file_type,
    metavar="FILE",
    help="File to write, .xlsx or .tsv (default: TSV on standard output).",
)
@click.option("--lang", type=click.Choice(LANGUAGES), default=SOURCE, show_default=True)
@output_option
def queue(analysis: str, target: Path | None, lang: str, output: Path | None) -> None:
    """Write what is doubtful, the most doubtful first, with columns to fill."""
    from gapgraph.report.asking import Asker  # noqa: PLC0415
    from gapgraph.review.table import FORMS  # noqa: PLC0415
    from gapgraph.review.table import queue as make  # noqa: PLC0415

    form = target.suffix.lower().removeprefix(".") if target else "tsv"
    if form not in FORMS:
        raise UsageError(
            told("{file}: a queue has no form {form!r}", file=target, form=form),
            todo=told("use {these}", these=one_of(FORMS)),
        )
    context = Context()
    analyses = DatasetFile.find(context.output(output)).analyses
    catalogue = Catalogue.load(context.home.queries).about(analyses)
    store = context.store(output, ())
    made = make(Asker(store, catalogue, analysis_named(analyses, analysis), lang), form)
    if target is None:
        write_out(made)
        return
    write_atomic(target, made)
    say(told("{file}: written", file=target))


@review.command("apply")
@click.argument("files", nargs=-1, required=True, type=file_type, metavar="FILE...")
@click.option(
    "--analysis",
    "folder",
    required=True,
    type=folder_type,
    metavar="DIR",
    help="Folder of the analysis, with its analysis.toml; the decisions go to reviews.tsv there.",
)
def apply(files: tuple[Path, ...], folder: Path) -> None:
    """Take decisions into the folder of an analysis, for its next build.

    FILE is a queue that somebody filled in.  Of each text the first person's decision counts, and
    others stand beside it.
    """
    from gapgraph.review.apply import apply as take  # noqa: PLC0415

    context = Context()
    done = take(files, folder, context.home, context.settings)
    for each in done.aside:
        what = (
            told("its text has changed")
            if each.why == "text"
            else told("a topic of it is not there")
        )
        one = each.decided
        say(
            told(
                "warning: the decision of {reviewer} on {item} is set aside: {what}",
                reviewer=one.reviewer,
                item=one.item,
                what=what,
            )
        )
    say(
        told(
            "{path}: {new} new decisions, {changed} changed, {same} as they were",
            path=done.path,
            new=done.new,
            changed=done.changed,
            same=done.same,
        )
    )


@review.command("agreement")
@click.argument("files", nargs=-1, required=True, type=file_type, metavar="FILE...")
@click.option(
    "--analysis",
    default="",
    metavar="NAME",
    help="Compare only what is of this analysis (default: all that the tables hold).",
)
@output_option
def agreement(files: tuple[Path, ...], analysis: str, output: Path | None) -> None:
    """Print Cohen's kappa of two reviewers, column by column, and the rows in dispute.

    FILE is a queue that somebody filled in; rows of one text and two reviewers are compared.
    """
    from gapgraph.review.agreement import agreement as compare  # noqa: PLC0415
    from gapgraph.review.table import read_decisions  # noqa: PLC0415

    context = Context()
    iri = ""
    if analysis:
        listed = DatasetFile.find(context.output(output)).analyses
        iri = analysis_named(listed, analysis)
    decisions = [each for file in files for each in read_decisions(file)]
    (one, other), found, disputes = compare(decisions, iri)
    lines = ["column\tkappa\tsame\tof"]
    for each in found:
        value = "" if each.kappa is None else f"{each.kappa:.3f}"
        lines.append(f"{each.field}\t{value}\t{each.same}\t{each.both}")
    lines += ["", f"item\tcolumn\t{one}\t{other}\ttext"]
    for dispute in disputes:
        first, second = (
            " ".join(each.decided[dispute.field].split())
            for each in (dispute.first, dispute.second)
        )
        text = " ".join(dispute.first.text.split())
        lines.append(f"{dispute.first.item}\t{dispute.field}\t{first}\t{second}\t{text}")
    write_out("\n".join(lines) + "\n")
