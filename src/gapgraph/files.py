"""Files, read whole and checked, written whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import socket
import tempfile
import time
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from gapgraph.errors import EnvironmentFailure, InputError
from gapgraph.told import told
from gapgraph.unicode import decoded, marked_encoding

__all__ = [
    "Unnamed",
    "dateless",
    "forget_leftovers",
    "normalise",
    "parse_fault",
    "read_bytes",
    "read_text",
    "sha256",
    "system_fault",
    "unnamed",
    "write_atomic",
]

#: What a file is called until it is whole; the writer's machine and process follow the prefix.
_PREFIX, _SUFFIX = ".gapgraph-", ".part"
#: The name of this machine, as far as a file's name may hold it.
_MACHINE = re.sub(r"[^A-Za-z0-9.]", "_", socket.gethostname())
#: Seconds after which nobody writes a file any more.
_LONG_AGO = 24 * 60 * 60
#: The earliest date that a packed file can have.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def sha256(content: bytes | str) -> str:
    """Return the SHA-256 of bytes, or of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def normalise(text: str) -> str:
    r"""Return a text without byte-order mark, with LF line ends, in Unicode form C.

    >>> normalise("\ufeffcategori\u0301a\r\n") == "categor\u00eda\n"
    True
    """
    unmarked = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", unmarked)


def parse_fault(error: Exception) -> str:
    """Return why a document of Python's own readers could not be read, without advice to programs.

    :param error: what `json` or `tomllib` raised
    """
    if isinstance(error, RecursionError):
        return told("it nests too deep")
    if "set_int_max_str_digits" in str(error):
        return told("a number has more digits than any that is read")
    return str(error)


#: What a system says of files, as far as people meet it.
_OF_SYSTEMS = {
    str(message): message
    for message in (
        told("No such file or directory"),
        told("Permission denied"),
        told("Is a directory"),
        told("Not a directory"),
        told("File exists"),
        told("File name too long"),
        told("No space left on device"),
        told("Disk quota exceeded"),
        told("Read-only file system"),
        told("Input/output error"),
        told("Address already in use"),
    )
}


def system_fault(error: OSError) -> str:
    """Return why a system did not do something, in its words.

    :param error: what it raised
    """
    said = error.strerror or str(error)
    return _OF_SYSTEMS.get(said, said)


def read_bytes(path: Path, *, limit: int) -> bytes:
    """Return a file's bytes.

    :param limit: the largest size that is read, in bytes
    :raises InputError: where the file is missing, not a file, unreadable or over the limit
    """
    try:
        if path.is_dir():
            raise InputError(told("is a folder"), todo=told("name a file"), file=path)
        if path.exists() and not path.is_file():
            # Reading a pipe may wait for ever, and nobody reads it twice.
            raise InputError(
                told("is a pipe or a device"), todo=told("save what it gives to a file"), file=path
            )
        with path.open("rb") as stream:
            raw = stream.read(limit + 1)
    except FileNotFoundError:
        raise InputError(
            told("the file is missing"), todo=told("check its path"), file=path
        ) from None
    except OSError as error:
        raise InputError(
            told("cannot be read ({reason})", reason=system_fault(error)),
            todo=told("check its permissions"),
            file=path,
        ) from None
    if len(raw) > limit:
        raise InputError(
            told("is larger than {limit} bytes", limit=limit),
            todo=told("raise the limit in the settings"),
            file=path,
        )
    return raw


def read_text(path: Path, *, limit: int) -> str:
    """Return the normalised text of a file in UTF-8, or in the encoding that its mark tells.

    :param limit: the largest size that is read, in bytes
    :raises InputError: for what `read_bytes` raises, and where the file is empty, binary or not
        in its encoding
    """
    raw = read_bytes(path, limit=limit)
    if b"\0" in raw and marked_encoding(raw) is None:
        raise InputError(
            told("is binary, not text"),
            todo=told("export the table as UTF-8 text"),
            file=path,
            line=raw.count(b"\n", 0, raw.index(b"\0")) + 1,
        )
    normal = normalise(decoded(raw, file=path))
    if not normal.strip():
        raise InputError(told("the file is empty"), todo=told("give the table's text"), file=path)
    return normal


class Unnamed:
    """A file that is being written, and that nobody finds until it is given its name.

    :param place: where it is meanwhile
    :param stream: what it is written to
    """

    def __init__(self, place: Path, stream: BinaryIO) -> None:
        self._place, self._stream = place, stream
        self._hash = hashlib.sha256()

    def write(self, content: bytes) -> None:
        """Write more of it."""
        self._stream.write(content)
        self._hash.update(content)

    @property
    def sha256(self) -> str:
        """The SHA-256 of what was written so far, in hexadecimal."""
        return self._hash.hexdigest()

    def name(self, path: Path, *, lasting: bool = True) -> None:
        """Give it its name, in the folder that it is in.

        :param lasting: whether to wait until the disk has it; who writes thousands of files waits
            once, with ``os.sync``, before it says that they are all there
        """
        self._stream.flush()
        if lasting:
            os.fsync(self._stream.fileno())
        # It was made for its writer alone; a result is for everybody the folder is for.
        mask = os.umask(0)
        os.umask(mask)
        self._place.chmod(0o666 & ~mask)
        self._place.replace(path)


@contextlib.contextmanager
def _told(place: Path) -> Iterator[None]:
    """Tell what cannot be written.

    :raises EnvironmentFailure: for what the folder or disk does not take
    """
    try:
        yield
    except OSError as error:
        raise EnvironmentFailure(
            told(
                "{place}: cannot be written ({reason}): check the folder and the disk",
                place=place,
                reason=system_fault(error),
            )
        ) from error


@contextlib.contextmanager
def unnamed(folder: Path, called: Path | None = None) -> Iterator[Unnamed]:
    """Begin a file that gets its name when it is whole; without one it is gone afterwards.

    :param folder: where it is to be; it is made where there is none
    :param called: what messages call the file, where that is known
    :raises EnvironmentFailure: where the folder or disk does not take it
    """
    temporary = ""
    try:
        with _told(called or folder):
            folder.mkdir(parents=True, exist_ok=True)
            forget_leftovers(folder)
            handle, temporary = tempfile.mkstemp(
                prefix=f"{_PREFIX}{_MACHINE}-{os.getpid()}-", suffix=_SUFFIX, dir=folder
            )
            with os.fdopen(handle, "wb") as stream:
                yield Unnamed(Path(temporary), stream)
    finally:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def write_atomic(path: Path, content: bytes | str, *, lasting: bool = True) -> bool:
    """Write a file whole: a reader, or a kill at any moment, sees the old or the new one.

    :param lasting: as `Unnamed.name` takes it
    :return: whether the content differs from what was there; where it does not, nothing is
        written
    :raises EnvironmentFailure: where the folder or disk does not take it
    """
    new = content.encode() if isinstance(content, str) else content
    with _told(path):
        if path.is_file() and path.read_bytes() == new:
            forget_leftovers(path.parent)
            return False
    with unnamed(path.parent, path) as file:
        file.write(new)
        file.name(path, lasting=lasting)
    return True


def dateless(package: bytes) -> bytes:
    """Return a packed document (OOXML) without the time it was made at."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", part)
            new.writestr(zipfile.ZipInfo(name, _EPOCH), part, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def forget_leftovers(folder: Path) -> None:
    """Remove what writers that were killed left in a folder; a living one's file stays.

    Of a writer on another machine that shares the folder nobody here knows whether it lives: its
    file stays for a day.
    """
    for leftover in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        machine, _, rest = leftover.name.removeprefix(_PREFIX).partition("-")
        try:
            if machine != _MACHINE:
                dead = leftover.stat().st_mtime < time.time() - _LONG_AGO
            else:
                dead = not _lives(rest.partition("-")[0])
        except FileNotFoundError:
            continue  # whole by now
        if dead:
            leftover.unlink(missing_ok=True)


def _lives(number: str) -> bool:
    """Tell whether a process of this machine lives."""
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, ValueError, OverflowError):
        return False
    except OSError:
        return True  # another user's
    return True
