"""Where a build is written, and what of an earlier one stays."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from gapgraph.annex.description import FILE_NAME, Description
from gapgraph.errors import EnvironmentFailure, InputError
from gapgraph.files import sha256
from gapgraph.kept import program
from gapgraph.namespaces import last_segment
from gapgraph.settings import Home
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.disk import forget_stores
from gapgraph.told import told
from gapgraph.validation.gate import findings_file

__all__ = ["basis_of", "forget_old", "made_otherwise", "places_of", "unchanged_build"]


def places_of(
    home: Home, output: Path, descriptions: Sequence[Description], *, annex: bool
) -> list[Path]:
    """Return where the asserted graph of each table is written.

    :param annex: whether the first is the project's own
    :raises InputError: for two graphs that would be written to one place
    """
    places = [home.data / "annex.ttl" if home.checkout else output / "annex.ttl"] if annex else []
    for description in descriptions[len(places) :]:
        places.append(output / f"{last_segment(description.names.analysis)}.ttl")
        if annex and places[-1] == places[0]:
            raise InputError(
                told(
                    "the analysis {analysis} has the name of another graph's file",
                    analysis=description.names.analysis,
                ),
                todo=told("give it another name"),
                file=description.folder / FILE_NAME,
            )
    return places


def basis_of(inputs: Sequence[Mapping[str, str]]) -> str:
    """Return the checksum of what a build is made from: its inputs, and this program.

    :param inputs: the name and checksum of each file that is read
    """
    return sha256(json.dumps([program(), inputs]))


def made_otherwise(home: Home, dataset: DatasetFile) -> list[str]:
    """Return what a build was made by or from that is otherwise here: the program, or files.

    A build of another version has graphs that the queries of this one may ask in vain.

    :param home: where the project's files lie
    :return: the names of what differs; nothing where a build here would be the same
    """
    inputs = dataset.manifest.get("inputs", [])
    differs: list[str] = (
        [] if dataset.manifest.get("basis") == basis_of(inputs) else [told("gapgraph itself")]
    )
    for each in inputs:
        try:
            same = sha256((home.root / each["file"]).read_bytes()) == each["sha256"]
        except FileNotFoundError:
            continue  # a table that was given, which may lie elsewhere
        if not same:
            differs.append(each["file"])
    return differs


def unchanged_build(output: Path, basis: str, places: Sequence[Path]) -> DatasetFile | None:
    """Return the build in a folder, if it is whole and of just these inputs and this program."""
    try:
        dataset = DatasetFile.find(output)
        files = dataset.manifest["files"]
        whole = dataset.manifest["basis"] == basis and all(
            sha256(place.read_bytes()) == files[place.name] for place in places
        )
        dataset.check()
        dataset.beside(findings_file(dataset.version))
    except (EnvironmentFailure, OSError, KeyError):
        return None
    return dataset if whole else None


def forget_old(output: Path, *, keep: str) -> None:
    """Remove the datasets of earlier builds, but for the last: a service may be reading it."""
    others = [each for each in output.glob("dataset-*.nq") if each.name != keep]
    for old in sorted(others, key=lambda each: each.stat().st_mtime)[:-1]:
        old.unlink(missing_ok=True)
        version = old.stem.removeprefix("dataset-")
        (output / findings_file(version)).unlink(missing_ok=True)
    forget_stores(
        output, keep={each.stem.removeprefix("dataset-") for each in output.glob("dataset-*.nq")}
    )
