"""A build in the engine's own files: made once, then opened without parsing.

All processes read the same files, so that the system keeps one copy in memory, its page cache.
The folder beside the dataset is named by its version and the engine's; it is whole or not there,
and can be made again from the dataset at any time.  A build moved elsewhere takes it along.
"""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from gapgraph.errors import EnvironmentFailure, UsageError
from gapgraph.files import system_fault, write_atomic
from gapgraph.settings import Settings
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.embedded_write import engine_version, write_store
from gapgraph.told import told

__all__ = ["find_store", "forget_stores", "kept_on_disk", "main", "make_store", "store_for"]

_log = logging.getLogger(__name__)

#: The folder of all stores, in that of the build.
_FOLDER = ".store"
#: What says in a store which file it was made from.
_MADE_FROM = "made-from.json"
_WAYS = ("auto", "memory", "disk")


def kept_on_disk(settings: Settings, dataset: DatasetFile, added: Sequence[Path] = ()) -> bool:
    """Tell whether a build is to be served from disk.

    :param added: files served beside it; the engine's files are only read, so that these need
        memory
    :raises UsageError: where the setting is none of its values, or asks for both
    """
    way = settings.text("store")
    if way not in _WAYS:
        raise UsageError(
            told("GAPGRAPH_STORE is {way!r}", way=way),
            todo=told("make it one of {these}", these=", ".join(_WAYS)),
        )
    if added:
        if way == "disk":
            raise UsageError(
                told("files can be added to a build in memory only"),
                todo=told("leave --with out, or set GAPGRAPH_STORE to memory"),
            )
        return False
    return way == "disk" or (way == "auto" and dataset.quads >= settings.number("store_quads"))


def find_store(dataset: DatasetFile) -> Path | None:
    """Return the store of a build, where it was made from that very file.

    A file that is no longer what it was is read and compared with its checksum.

    :raises EnvironmentFailure: where the dataset is damaged
    """
    folder = _folder(dataset)
    try:
        made_from = (folder / _MADE_FROM).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    if made_from != _described(dataset):
        dataset.vouch()
        # In a folder that is only read, it is compared again.
        with contextlib.suppress(EnvironmentFailure):
            write_atomic(folder / _MADE_FROM, _described(dataset))
    return folder


def make_store(dataset: DatasetFile) -> Path:
    """Make the store of a build, unless it is there.

    It is made under another name first: who is killed leaves nothing that looks like one, and of
    two who make it at once, one is in vain.

    :raises EnvironmentFailure: where the dataset is damaged, or the folder or disk does not take it
    """
    found = find_store(dataset)
    if found:
        return found
    dataset.vouch()
    folder = _folder(dataset)
    temporary: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
        _write_apart(temporary, dataset.path)
        write_atomic(temporary / _MADE_FROM, _described(dataset))
        temporary.chmod(folder.parent.stat().st_mode)
        with contextlib.suppress(OSError):  # there already: another made it meanwhile
            temporary.rename(folder)
    except OSError as error:
        raise EnvironmentFailure(
            told(
                "{folder}: cannot be written ({reason}): check the folder and the disk, "
                "or set GAPGRAPH_STORE to memory",
                folder=folder,
                reason=system_fault(error),
            )
        ) from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
    return folder


def _write_apart(folder: Path, quads: Path) -> None:
    """Write the engine's files in a process of their own.

    The engine's threads do not outlive a fork, and the workers of the service are forked.

    :raises OSError: where the folder or disk does not take them
    """
    program = "from gapgraph.store.disk import main; main()"
    done = subprocess.run(  # noqa: S603 - a fixed command
        [sys.executable, "-P", "-c", program, str(folder.absolute()), str(quads.absolute())],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise OSError(said[-1] if said else f"the engine ended with {done.returncode}")


def main() -> None:
    """Write the engine's files in the folder that the first argument names, from the second."""
    try:
        write_store(Path(sys.argv[1]), Path(sys.argv[2]))
    except (OSError, RuntimeError) as error:
        sys.exit(str(error))


def store_for(
    settings: Settings,
    dataset: DatasetFile,
    added: Sequence[Path] = (),
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Path | None:
    """Return the store that a build is served from, made if need be; nothing for one in memory.

    Where it is not asked for in so many words and the folder cannot be written, memory does.

    :param added: files served beside the build
    :param progress: is told that it is made
    :raises UsageError: see `kept_on_disk`
    :raises EnvironmentFailure: where the dataset is damaged, or a store asked for cannot be made
    """
    if not kept_on_disk(settings, dataset, added):
        return None
    if found := find_store(dataset):
        return found
    progress(told("put the dataset on disk for serving"))
    try:
        return make_store(dataset)
    except EnvironmentFailure as error:
        if settings.text("store") == "disk" or not isinstance(error.__cause__, OSError):
            raise
        _log.warning("%s; the build is served from memory", error)
        return None


def forget_stores(output: Path, *, keep: Collection[str]) -> None:
    """Remove the stores of builds that are gone.

    :param output: the folder of the builds
    :param keep: the versions that stay
    """
    for folder in (output / _FOLDER).glob("*-*"):
        if folder.name.partition("-")[0] not in keep:
            shutil.rmtree(folder, ignore_errors=True)


def _folder(dataset: DatasetFile) -> Path:
    """Return the folder of a build's store: another engine may write its files otherwise."""
    return dataset.path.parent / _FOLDER / f"{dataset.version}-{engine_version()}"


def _described(dataset: DatasetFile) -> str:
    """Return what tells that a dataset's file is the one whose checksum was compared."""
    try:
        there = dataset.path.stat()
    except OSError:
        return json.dumps({"sha256": dataset.sha256})
    described = {"bytes": there.st_size, "modified": there.st_mtime_ns}
    return json.dumps({"sha256": dataset.sha256, **described})
