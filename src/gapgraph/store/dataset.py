"""A dataset as built: one N-Quads file, named and vouched for by its manifest."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gapgraph.errors import EnvironmentFailure, NotBuiltError
from gapgraph.files import sha256, system_fault
from gapgraph.told import told

__all__ = ["MANIFEST", "DatasetFile"]

#: The file of a build that names all others; written last.
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class DatasetFile:
    """A dataset on disk.

    :param path: its N-Quads
    :param version: the name of its content: equal content, equal version
    :param sha256: its checksum
    :param manifest: the whole manifest
    """

    path: Path
    version: str
    sha256: str
    manifest: dict[str, Any]

    @property
    def analyses(self) -> tuple[str, ...]:
        """The IRIs of its analyses in the order they were built; the first is the default."""
        return tuple(each["analysis"] for each in self.manifest.get("analyses", ()))

    @property
    def quads(self) -> int:
        """How many quads it has, as its manifest says."""
        return int(self.manifest["dataset"]["quads"])

    @classmethod
    def find(cls, output: Path) -> DatasetFile:
        """Find the build in a folder.

        :raises NotBuiltError: where there is none
        :raises EnvironmentFailure: where its manifest cannot be read
        """
        file = output / MANIFEST
        try:
            manifest = json.loads(file.read_text(encoding="utf-8"))
            entry = manifest["dataset"]
            return cls(output / entry["file"], entry["version"], entry["sha256"], manifest)
        except FileNotFoundError:
            raise NotBuiltError(
                told(
                    "{output} holds no build: run `gapgraph build`, or name its folder with "
                    "--output",
                    output=output,
                )
            ) from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise EnvironmentFailure(
                told(
                    "{file}: is not a manifest ({name}): run `gapgraph build` again",
                    file=file,
                    name=type(error).__name__,
                )
            ) from error

    def read(self) -> bytes:
        """Return the N-Quads.

        :raises EnvironmentFailure: where they are missing or not those the manifest vouches for
        """
        return _vouched(self.path, self.sha256)

    def vouch(self) -> None:
        """Compare the N-Quads with their checksum, without holding them in memory.

        :raises EnvironmentFailure: where they are missing or not those the manifest vouches for
        """
        try:
            with self.path.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise _unreadable(self.path, error) from error
        _compare(self.path, found, self.sha256)

    def beside(self, name: str) -> bytes:
        """Return a file that the build wrote beside the N-Quads.

        :param name: its name
        :raises EnvironmentFailure: where it is missing or not the one the manifest vouches for
        """
        files = self.manifest.get("output")
        if not isinstance(files, dict) or name not in files:
            raise EnvironmentFailure(
                told(
                    "{parent}: does not vouch for {name}: run `gapgraph build` again",
                    parent=self.path.parent / MANIFEST,
                    name=name,
                )
            )
        return _vouched(self.path.parent / name, str(files[name]))

    def check(self, *, vouched: bool = False) -> None:
        """Read every file of the build that the manifest vouches for.

        :param vouched: whether the N-Quads were compared already
        :raises EnvironmentFailure: where one is missing or not the one that was built
        """
        if not vouched:
            self.vouch()
        for name in self.manifest.get("output", ()):
            self.beside(name)


def _vouched(path: Path, checksum: str) -> bytes:
    """Return the bytes of a file that has a checksum.

    :raises EnvironmentFailure: where it is missing, or has another
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error
    _compare(path, sha256(content), checksum)
    return content


def _unreadable(path: Path, error: OSError) -> EnvironmentFailure:
    return EnvironmentFailure(
        told(
            "{path}: cannot be read ({reason}): run `gapgraph build` again",
            path=path,
            reason=system_fault(error),
        )
    )


def _compare(path: Path, found: str, checksum: str) -> None:
    """Let pass a file that has its checksum.

    :raises EnvironmentFailure: where it has another
    """
    if found != checksum:
        raise EnvironmentFailure(
            told(
                "{path}: differs from what its manifest vouches for: run `gapgraph build` again",
                path=path,
            )
        )
