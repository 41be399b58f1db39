"""A dataset as built: one N-Quads file, named and vouched for by its manifest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gapgraph.errors import EnvironmentFailure, NotBuiltError
from gapgraph.files import sha256

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
                f"{output} holds no build: run `gapgraph build`, or name its folder with --output"
            ) from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise EnvironmentFailure(
                f"{file}: is not a manifest ({type(error).__name__}): run `gapgraph build` again"
            ) from error

    def read(self) -> bytes:
        """Return the N-Quads.

        :raises EnvironmentFailure: where they are missing or not those the manifest vouches for
        """
        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise EnvironmentFailure(
                f"{self.path}: cannot be read ({error.strerror}): run `gapgraph build` again"
            ) from error
        if sha256(content) != self.sha256:
            raise EnvironmentFailure(
                f"{self.path}: differs from what its manifest vouches for: "
                "run `gapgraph build` again"
            )
        return content
