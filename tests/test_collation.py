"""The order of Spanish words: signs do not count, letters of other languages stand by their own."""

from __future__ import annotations

import pytest

from gapgraph.queries.collation import fold, sort_key


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("oca", "«Protección»"),
        ("¿Qué?", "ratas"),
        ("“Ana”", "beta"),
        ("Łódź", "lona"),
        ("oeste", "Œuvre"),
        ("Œdema", "oficio"),
        ("Ærø", "afín"),
        ("Đakovo", "día"),
        ("... luego", "zona"),
        ("1.2 x", "1.10 x"),
        ("§ 9", "§ 10"),
        ("nz", "ñ"),
        ("aun", "aún"),
        ("plan a", "«plan b»"),
    ],
)
def test_the_first_stands_before_the_second(first: str, second: str) -> None:
    assert sort_key(first) < sort_key(second)


@pytest.mark.parametrize("text", ["፩", "²", "①", "٣", "〇", "½", "𝟗", "7፩8"])
def test_any_digit_has_a_place(text: str) -> None:
    assert sort_key(text) == sort_key(text)
    assert sorted([text, "z", "1"], key=sort_key)


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Łódź", "lodz"), ("Œuvre", "oeuvre"), ("Ísland æ Ø", "island ae o"), ("Straße", "strasse")],
)
def test_letters_are_compared_without_what_is_added_to_them(text: str, folded: str) -> None:
    assert fold(text) == folded
