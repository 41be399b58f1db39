"""Files: read whole and checked, written whole or not at all."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gapgraph.errors import EnvironmentFailure, InputError
from gapgraph.files import _MACHINE, normalise, read_bytes, read_text, sha256, write_atomic

ROOT_USER = hasattr(os, "geteuid") and os.geteuid() == 0


def test_write_creates_folders_and_replaces(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "c.txt"
    assert write_atomic(file, "uno\n") is True
    assert write_atomic(file, "uno\n") is False
    assert write_atomic(file, b"dos\n") is True
    assert file.read_bytes() == b"dos\n"
    assert [each.name for each in file.parent.iterdir()] == ["c.txt"]


def test_an_unchanged_file_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    write_atomic(file, "á")
    os.utime(file, (1, 1))
    os.utime(tmp_path, (1, 1))
    assert write_atomic(file, "á".encode()) is False
    assert file.stat().st_mtime == 1
    # Nothing was written beside it either: the folder may be one that is only read.
    assert tmp_path.stat().st_mtime == 1


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_the_mode_is_that_of_any_new_file(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        write_atomic(tmp_path / "a.txt", "x")
        (tmp_path / "b.txt").write_text("x")
    finally:
        os.umask(before)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a.txt", "b.txt")]
    assert modes == [0o666 & ~mask] * 2


def test_a_reader_keeps_the_old_file(tmp_path: Path) -> None:
    """A file is replaced, never rewritten: who has it open reads it whole."""
    file = tmp_path / "a.txt"
    write_atomic(file, "old" * 1000)
    with file.open() as stream:
        assert stream.read(3) == "old"
        write_atomic(file, "new")
        assert stream.read() == "old" * 999
    assert file.read_text() == "new"


@pytest.mark.parametrize("blocked", ["folder is a file", "target is a folder"])
def test_a_failed_write_leaves_nothing(tmp_path: Path, blocked: str) -> None:
    if blocked == "folder is a file":
        (tmp_path / "a").write_text("kept")
        file = tmp_path / "a" / "b.txt"
    else:
        file = tmp_path / "a"
        file.mkdir()
        (file / "kept").write_text("kept")
    with pytest.raises(EnvironmentFailure, match="cannot be written") as caught:
        write_atomic(file, "new")
    assert str(caught.value).startswith(f"{file}: ")
    assert caught.value.exit_code == 3
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_a_full_disk_keeps_the_old_file(tmp_path: Path) -> None:
    """A file-size limit stands for the full disk: the write fails in the middle."""
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from gapgraph.errors import EnvironmentFailure\n"
        "from gapgraph.files import write_atomic\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n"
        "    write_atomic(Path(sys.argv[1]), 'new' * 1000)\n"
        "except EnvironmentFailure as error:\n"
        "    print(error)\n"
    )
    file = tmp_path / "a.txt"
    file.write_text("old")
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout.startswith(f"{file}: cannot be written (File too large)")
    assert file.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


def test_leftovers_of_dead_writers_go_and_of_living_ones_stay(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    of_dead = tmp_path / f".gapgraph-{_MACHINE}-{dead.pid}-abc.part"
    of_living = tmp_path / f".gapgraph-{_MACHINE}-{os.getpid()}-abc.part"
    odd = tmp_path / f".gapgraph-{_MACHINE}-x-abc.part"
    other = tmp_path / ".other.part"
    # Nobody here knows who lives on another machine that shares the folder.
    elsewhere = tmp_path / f".gapgraph-not{_MACHINE}-{dead.pid}-abc.part"
    long_ago = tmp_path / f".gapgraph-not{_MACHINE}-{os.getpid()}-abc.part"
    for file in (of_dead, of_living, odd, other, elsewhere, long_ago):
        file.write_text("half")
    os.utime(long_ago, (1, 1))
    write_atomic(tmp_path / "a.txt", "x")
    assert {each.name for each in tmp_path.iterdir()} == {
        of_living.name,
        other.name,
        elsewhere.name,
        "a.txt",
    }


def test_leftovers_are_ignored_by_git() -> None:
    ignored = (Path(__file__).parents[1] / ".gitignore").read_text().splitlines()
    assert ".gapgraph-*.part" in ignored


def test_texts_are_normalised(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes("\ufeffCategori\u0301a\r\nuna\rdos\n".encode())
    assert read_text(file, limit=100) == "Categor\u00eda\nuna\ndos\n"
    assert normalise("\ufeff\ufeffx") == "\ufeffx"  # only the first is a mark
    assert read_bytes(file, limit=100) == file.read_bytes()


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"", None, "the file is empty"),
        (b" \n", None, "the file is empty"),
        (b"\xef\xbb\xbf", None, "the file is empty"),
        (b"a\nb\0", 2, "is binary, not text"),
        ("a\nb".encode("utf-16-le"), 1, "is binary, not text"),
        (b"\xff\xfea", 1, "byte 2 is not UTF-16"),
        (b"a\nb\n\xf1o\n", 3, "byte 4 is not UTF-8 (is it Latin-1?)"),
        (b"\xed\xa0\x80", 1, "byte 0 is not UTF-8"),
        (b"x" * 101, None, "is larger than 100 bytes"),
    ],
)
def test_what_is_no_text_is_told(
    tmp_path: Path, content: bytes, line: int | None, words: str
) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_text(file, limit=100)
    assert str(caught.value).startswith(f"{file}:{line}: {words}" if line else f"{file}: {words}")
    assert (caught.value.line, caught.value.file) == (line, file)
    assert caught.value.todo


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the file is missing: check its path"):
        read_bytes(tmp_path / "a", limit=1)
    with pytest.raises(InputError, match="is a folder: name a file"):
        read_bytes(tmp_path, limit=1)
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(InputError, match=r"cannot be read \(Not a directory\)"):
        read_bytes(file / "below", limit=1)


@pytest.fixture
def nobody() -> Iterator[None]:
    """Who has no rights of its own: root reads everything."""
    if ROOT_USER:
        os.seteuid(65534)
    yield
    if ROOT_USER:
        os.seteuid(0)


@pytest.mark.usefixtures("nobody")
def test_what_may_not_be_read_is_told() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a"
        file.write_text("x")
        file.chmod(0)
        with pytest.raises(InputError, match=r"cannot be read \(Permission denied\)"):
            read_bytes(file, limit=1)


def test_the_limit_is_the_largest_size_that_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"x" * 100)
    assert len(read_bytes(file, limit=100)) == 100
    with pytest.raises(InputError, match="is larger than 99 bytes"):
        read_bytes(file, limit=99)


def test_checksums_are_of_utf8() -> None:
    """SHA-256 of the empty message and of "abc": NIST's examples (FIPS 180-4)."""
    assert sha256("").startswith("e3b0c44298fc1c149afbf4c8996fb924")
    assert sha256(b"abc").startswith("ba7816bf8f01cfea414140de5dae2223")
    assert sha256("ñ") == sha256(b"\xc3\xb1")
