"""The command ``diff``: what changed between two builds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from gapgraph.changes import PREFIXES, Changes, changes, result, triples
from gapgraph.cli.context import Context, say, shown, write_out
from gapgraph.namespaces import last_segment
from gapgraph.queries.catalogue import Catalogue
from gapgraph.queries.results import write
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.embedded import EmbeddedStore
from gapgraph.told import joined, told
from gapgraph.turtle import write_turtle

__all__ = ["diff"]

_FOLDER = click.Path(path_type=Path)


@click.command()
@click.argument("old", type=_FOLDER)
@click.argument("new", type=_FOLDER)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "csv", "tsv", "xlsx", "md", "ttl"]),
    default="text",
    show_default=True,
    help="Format of the answer.",
)
def diff(old: Path, new: Path, form: str) -> None:
    """Say what changed between two builds: plans, statuses, and sentences added and gone.

    OLD and NEW are the folders of builds. Of a plan that was added, and that followed another or is
    of the same State, it says what it closes of the other's gaps.
    """
    catalogue = Catalogue.load(Context().home.queries)
    builds = [DatasetFile.find(folder) for folder in (old, new)]
    found = changes(EmbeddedStore(builds[0]), EmbeddedStore(builds[1]), catalogue)
    if form == "text":
        write_out("".join(f"{shown(line)}\n" for line in _lines(found)))
    elif form == "ttl":
        names = builds[0].version, builds[1].version
        # Who asks says which is the earlier one.
        graph = triples(found, *names, revises=names[0] != names[1])
        write_out(write_turtle(graph, prefixes=PREFIXES))
    else:
        for piece in write(result(found, builds[1].version), form, lang="es", excel=False):
            write_out(piece)
    statuses = found.count("directive") + found.count("topic")
    came = sum(each.added for each in found.plans)
    say(
        told(
            "{old} -> {new}: plans added: {came}, gone: {gone}; in the plans of both, statuses "
            "changed: {statuses} of {all}; sentences added: {added} of {after}, gone: {lost} of "
            "{before}",
            old=builds[0].version,
            new=builds[1].version,
            came=came,
            gone=len(found.plans) - came,
            statuses=statuses,
            all=found.directives + found.topics,
            added=found.count("sentence", side="new"),
            after=found.sentences[1],
            lost=found.count("sentence", side="old"),
            before=found.sentences[0],
        )
    )


def _lines(found: Changes) -> Iterator[str]:
    """Yield changes as people read them, each on a line."""
    for plan in found.plans:
        name = last_segment(plan.analysis)
        template = (
            told(
                "plan added: {label}, which assesses {some} of {all} directives",
                label=plan.label,
                some=plan.assessed,
                all=plan.directives,
            )
            if plan.added
            else told(
                "plan not there any more: {label}, which assesses {some} of {all} directives",
                label=plan.label,
                some=plan.assessed,
                all=plan.directives,
            )
        )
        yield joined(": ", [name, template])
        for other, beside in plan.beside.items():
            yield told(
                "{plan}: of the {gaps} gaps of {other} it closes {closed}, leaves {left}, and of "
                "{untold} it does not tell; gaps in it and not in {other}: {opened}",
                plan=name,
                gaps=beside.gaps,
                other=last_segment(other),
                closed=_listed(beside.closed),
                left=_listed(beside.left),
                untold=_listed(beside.untold),
                opened=_listed(beside.opened),
            )
    for each in found:
        place = f"{last_segment(each.analysis)} {each.number}"
        if each.kind == "sentence":
            yield f"{place}: {'+' if each.new else '-'} {each.new or each.old}"
        else:
            topic = last_segment(each.item)
            named = "" if each.kind == "directive" else told(", topic {topic}", topic=topic)
            was, now = each.old or told("was not there"), each.new or told("not there any more")
            yield joined("", [place, named, ": ", was, " -> ", now])


def _listed(numbers: tuple[str, ...]) -> str:
    """Return how many directives, and which."""
    return f"{len(numbers)} ({', '.join(numbers)})" if numbers else told("none")
