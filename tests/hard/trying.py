"""What the tests that mean to break things share: changes by chance, and a count of what came."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

from gapgraph.errors import GapgraphError, InputError

#: What readers trip over: signs of syntax, of no encoding, of numbers without end.
HOSTILE = (
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc3", b"\x1b[2J", b"\r", b"\n\n"),
    *(
        b"<",
        b">",
        b"]]>",
        b"<!--",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
        b"&a;",
        b"&#0;",
        b"&#x110000;",
    ),
    *(b"{", b"}", b"[", b"]" * 40, b"[" * 1200, b"(" * 300, b'"', b"'", b'"""', b"\\", b"\\u0000"),
    *(b"\\uD800", b"%zz", b"../../etc/passwd", b"file:///etc/passwd", b"http://127.0.0.1:9/"),
    *(
        b"9" * 5000,
        b"-1",
        b"1e999",
        b"NaN",
        b"0x",
        b"true",
        b"null",
        b"_:",
        b"@",
        b"^^",
        b"#",
        b"::",
    ),
    *(b"=1+1", b"\t", b" ", "\u202e\u200b\ufeff".encode(), "\U000f0000".encode(), b"?" * 300),
)


def changed(content: bytes, chance: random.Random) -> bytes:
    """Return bytes with up to four changes: cut, doubled, swapped, or something hostile put in."""
    for _ in range(chance.choice((1, 1, 2, 4))):
        start = chance.randrange(len(content) + 1)
        end = min(len(content), start + chance.randint(0, 20))
        cut, rest = content[:start], content[end:]
        content = chance.choice(
            (
                lambda cut=cut, rest=rest: cut + rest,
                lambda cut=cut, rest=rest: cut + chance.choice(HOSTILE) + rest,
                lambda cut=cut, rest=rest: cut + chance.choice(HOSTILE) + rest,
                lambda cut=cut, rest=rest: cut + bytes([chance.randrange(256)]) + rest[1:],
                lambda cut=cut, rest=rest, mid=content[start:end]: cut + mid * 3 + rest,
                lambda cut=cut, rest=rest, mid=content[start:end]: rest + mid + cut,
                lambda cut=cut: cut,
            )
        )()
    return content


def outcome(read: Callable[[], object]) -> str:
    """Tell how reading ended: read, or refused for the reader's own reasons.

    :param read: reads something
    :raises AssertionError: where it failed in a way that the reader did not foresee
    """
    try:
        read()
    except InputError as error:
        told = str(error)
        assert told, "refused without a word"
        assert "Traceback" not in told
        return "refused"
    except GapgraphError as error:
        raise AssertionError(f"what is wrong with the input is told as {error!r}") from error
    return "read"


def summary(what: str, counts: Counter[str]) -> str:
    """Return what was tried, for the end of a run."""
    told = ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
    return f"{counts.total()} {what}: {told}"
