"""What was computed before, kept under the checksum of everything it depends on.

A stage that takes seconds is done again only where its inputs or this program have changed.
What is kept is checked when it is read; whatever is not whole is computed again.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Collection, Iterable
from importlib.metadata import version
from pathlib import Path

from gapgraph.files import forget_leftovers, sha256, write_atomic
from gapgraph.settings import Settings

__all__ = ["Kept", "forget_unused", "program", "used_again"]

#: Libraries whose version may change what a stage computes.
_LIBRARIES = ("owlrl", "pyshacl", "rdflib")
#: What a build never imports (a test holds the order): a change there costs nobody a build.
_OUTSIDE = frozenset({"cli", "web"})
#: The files of the package that decide what is built.
_READ = frozenset({".py", ".toml", ".tsv"})
#: How many results are kept beside those of the build itself, the latest used.
_MOST = 60


@functools.cache
def program() -> str:
    """Return the checksum of what builds: its files, and the versions of its engines."""
    package = Path(__file__).parent
    parts = [f"{name} {version(name)}" for name in _LIBRARIES]
    parts += [
        f"{file.relative_to(package)} {sha256(file.read_bytes())}"
        for file in sorted(package.rglob("*"))
        if file.suffix in _READ and file.relative_to(package).parts[0] not in _OUTSIDE
    ]
    return sha256("\n".join(parts))


class Kept:
    """A folder of texts computed before.

    :param folder: the folder; it is made when first needed
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._used: set[Path] = set()

    @classmethod
    def of(cls, settings: Settings, output: Path) -> Kept:
        """Return the folder that the settings name, or the one in the output.

        What killed builds left there and in the output goes, even if nothing is written now.
        """
        folder = Path(settings.text("kept") or output / ".kept")
        for each in (output, folder):
            forget_leftovers(each)
        return cls(folder)

    def text(self, stage: str, basis: Iterable[str], make: Callable[[], str]) -> str:
        """Return the text that a stage gives, from the folder where it was computed before.

        :param stage: the name of the stage
        :param basis: checksums or texts of all that the result depends on, beside the program
        :param make: computes it
        :raises EnvironmentFailure: where the folder cannot be written
        """
        basis = tuple(basis)
        found = self.found(stage, basis)
        if found is None:
            found = make()
            self.keep(stage, basis, found)
        return found

    def found(self, stage: str, basis: Iterable[str]) -> str | None:
        """Return the text that a stage gave before; nothing where it is not there or not whole."""
        file = self._file(stage, basis)
        self._used.add(file)
        found = _read(file)
        if found is not None:
            used_again(file)
        return found

    def keep(self, stage: str, basis: Iterable[str], text: str) -> None:
        """Keep the text that a stage gives.

        :raises EnvironmentFailure: where the folder cannot be written
        """
        write_atomic(self._file(stage, basis), f"# {sha256(text)}\n{text}")

    def has(self, stage: str, basis: Iterable[str]) -> bool:
        """Tell whether a stage seems to be there: `text` looks whether it is whole."""
        return self._file(stage, basis).is_file()

    def _file(self, stage: str, basis: Iterable[str]) -> Path:
        """Return the file of what a stage gives."""
        key = sha256("\n".join([stage, program(), *map(sha256, basis)]))
        return self.folder / f"{stage}-{key[:32]}.nt"

    def forget(self) -> None:
        """Remove what this build did not use but for the latest, however many analyses it has."""
        forget_unused(self.folder.glob("*.nt"), used=self._used, most=_MOST)


def forget_unused(files: Iterable[Path], *, used: Collection[Path], most: int) -> None:
    """Remove files that were not used, but for the latest.

    :param files: all that are there
    :param used: those that stay
    :param most: how many of the others stay, the latest used
    """
    others = sorted(set(files) - set(used), key=_age)
    for old in others[: max(0, len(others) - most)]:
        old.unlink(missing_ok=True)


def used_again(file: Path) -> None:
    """Note that a file was used just now, where that can be noted; the latest used stay longest."""
    with contextlib.suppress(OSError):
        os.utime(file)


def _age(file: Path) -> float:
    """Return when a file was used last; another build may have removed it just now."""
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _read(file: Path) -> str | None:
    """Return what was kept in a file, or nothing where it is not there or not whole."""
    try:
        head, _, text = file.read_text(encoding="utf-8").partition("\n")
    except (OSError, ValueError):
        return None
    return text if head == f"# {sha256(text)}" else None
