"""What is doubtful, for people to decide; and how far two of them agree."""

from __future__ import annotations

import csv
import io
import math
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest

import three_plans
from conftest import Built, copy_home, keeping
from gapgraph.build import build
from gapgraph.errors import InputError, UsageError
from gapgraph.queries.catalogue import Catalogue
from gapgraph.report.asking import Asker
from gapgraph.review.agreement import agreement, kappa
from gapgraph.review.table import queue, read_decisions
from gapgraph.store.dataset import DatasetFile
from gapgraph.store.embedded import EmbeddedStore
from serving import ROOT, gapgraph

ID = "https://w3id.org/gapgraph/id/analysis/oas-pnat"
#: The columns by their headings in Spanish and English.
HEADS = {
    "es": ["Directriz", "Qué duda", "Texto", "Clase, según las reglas", "Temas, según las reglas",
           "Reglas", "Corte", "Clase del enunciado", "Temas", "Atenúa", "Estado", "Razón",
           "Quien revisa", "Fecha", "Cosa (IRI)", "Clave del texto"],
    "en": ["Directive", "Which doubt", "Text", "Kind, by the rules", "Topics, by the rules",
           "Rules", "Cut", "Kind of statement", "Topics", "Mitigates", "Status", "Reason",
           "Reviewer", "Date", "Thing (IRI)", "Key of the text"],
}  # fmt: skip


def asker(dataset: DatasetFile, analysis: str, lang: str = "es") -> Asker:
    catalogue = Catalogue.load(ROOT / "queries").about(dataset.analyses)
    return Asker(EmbeddedStore(dataset), catalogue, analysis, lang)


def table(content: bytes, form: str) -> list[list[str]]:
    if form == "tsv":
        return list(csv.reader(io.StringIO(content.decode()), delimiter="\t"))
    (sheet,) = openpyxl.load_workbook(io.BytesIO(content))
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.values]


@pytest.mark.parametrize("form", ["tsv", "xlsx"])
@pytest.mark.parametrize("lang", HEADS)
def test_the_queue_of_the_annex_is_short_and_right(built: Built, form: str, lang: str) -> None:
    head, *rows = table(queue(asker(built.dataset, ID, lang), form), form)
    assert head == HEADS[lang]
    found = [row[14].removeprefix(f"{ID}/") for row in rows]
    assert len(found) == len(set(found)) < 25
    # Those without a topic, then the topic of which its cell alone speaks, then weak links.
    assert found[:3] == ["statement/52.3.1", "statement/52.3.3", "topic/44.2"]
    assert {each.partition("/")[0] for each in found[3:]} == {"statement"}
    assert all("topics/some-label-words" in r[5] or "clause-before" in r[5] for r in rows[3:])
    # What a person decided is in it no more.
    assert {f"statement/{each}" for each in ("11.5.1", "14.2.2", "27.3.1", "52.3.2")}.isdisjoint(
        found
    )
    assert all(row[6:14] == [""] * 8 for row in rows)
    assert all(len(row[15]) == 64 for row in rows)


@pytest.mark.whole
def test_what_nobody_has_read_comes_first(tmp_path: Path) -> None:
    home = copy_home(tmp_path / "home")
    (tmp_path / "tables").mkdir()
    meseta, islands = three_plans.write(tmp_path / "tables")
    dataset = build(
        home, keeping(), output=tmp_path / "out", analyses=[meseta, islands], annex=False
    )
    for analysis, unread in zip(dataset.analyses, (1, 67), strict=True):
        rows = table(queue(asker(dataset, analysis), "tsv"), "tsv")[1:]
        doubts = [row[1] for row in rows]
        assert doubts[:unread] == ["sin leer"] * unread
        assert "sin leer" not in doubts[unread:]


Row = dict[str, str]


def filled(path: Path, rows: Sequence[Mapping[str, str]], lang: str = "es") -> Path:
    """A table filled in by a person."""
    names = ["directive", "doubt", "text", "kindLabel", "topicLabels", "rules", "cut", "kind",
             "topics", "mitigation", "status", "reason", "reviewer", "date", "item",
             "key"]  # fmt: skip
    values = [HEADS[lang], *([row.get(name, "") for name in names] for row in rows)]
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in values:
            book.active.append(row)  # type: ignore[union-attr]
        book.save(path)
    else:
        lines = ["\t".join(row) for row in values]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def decided(number: int, reviewer: str, **values: str) -> Row:
    item = f"{ID}/statement/{number}.1.1"
    return {"item": item, "key": f"{number:064}", "text": f"Frase {number}", "reviewer": reviewer,
            "date": "2026-11-27", **values}  # fmt: skip


@pytest.mark.whole
@pytest.mark.parametrize(
    ("table_", "wanted"),
    [
        # Counts of (first says yes, second says yes), (yes, no), (no, yes), (no, no), by hand.
        ((20, 5, 10, 15), 0.4),
        ((45, 15, 25, 15), 0.1304),
        ((25, 35, 5, 35), 0.2593),
        ((10, 0, 0, 10), 1.0),
        ((0, 10, 10, 0), -1.0),
        ((5, 5, 5, 5), 0.0),
    ],
)
def test_kappa_is_cohen_s(table_: tuple[int, ...], wanted: float) -> None:
    cells = (("y", "y"), ("y", "n"), ("n", "y"), ("n", "n"))
    pairs = [pair for pair, count in zip(cells, table_, strict=True) for _ in range(count)]
    found = kappa(pairs)
    assert found is not None
    assert math.isclose(found, wanted, abs_tol=5e-5)


@pytest.mark.whole
def test_kappa_of_three_kinds_and_of_one() -> None:
    # Agreed 6 of 9; by chance (3*4 + 3*2 + 3*3) / 81 = 27 / 81; so (6/9 - 3/9) / (6/9).
    pairs = [*zip("aaabbbccc", "aababccca"[:9], strict=True)]
    agreed = sum(one == other for one, other in pairs)
    firsts, seconds = "aaabbbccc", "aababccca"
    chance = sum(firsts.count(x) * seconds.count(x) for x in "abc") / 81
    assert kappa(pairs) == pytest.approx((agreed / 9 - chance) / (1 - chance))
    assert kappa([("a", "a")] * 4) is None
    assert kappa([]) is None


@pytest.mark.whole
@pytest.mark.parametrize("suffix", [".tsv", ".xlsx"])
def test_two_reviewers_who_differ(tmp_path: Path, suffix: str) -> None:
    """Twenty rows: they agree on fifteen kinds, and on topics whatever their order."""
    ana, luis = [], []
    for number in range(1, 21):
        mine = "Omission" if number <= 10 else "Provision"
        other = mine if number % 4 else "Doubt"
        ana.append(decided(number, "Ana", kind=mine, topics=f"{number}.1, {number}.2"))
        luis.append(decided(number, "Luis", kind=other.upper(), topics=f"{number}.2,{number}.1"))
    luis[0]["key"] = "f" * 64  # he read another text: that is no answer to hers
    files = [
        filled(tmp_path / f"ana{suffix}", ana), filled(tmp_path / f"luis{suffix}", luis, "en")
    ]  # fmt: skip
    told = [each for file in files for each in read_decisions(file)]
    people, found, disputes = agreement(told)
    assert people == ("Ana", "Luis")
    by_field = {each.field: each for each in found}
    assert by_field.keys() == {"kind", "topics"}
    assert (by_field["topics"].same, by_field["topics"].both) == (19, 19)
    assert (by_field["kind"].same, by_field["kind"].both) == (14, 19)
    # 9 and 10 of hers; 7, 7 and 5 of his: by chance (9*7 + 10*7) / 361.
    chance = (9 * 7 + 10 * 7) / 361
    assert by_field["kind"].kappa == pytest.approx((14 / 19 - chance) / (1 - chance))
    assert [each.first.item.rpartition("/")[2] for each in disputes] == [
        f"{number}.1.1" for number in (4, 8, 12, 16, 20)
    ]
    run = gapgraph("review", "agreement", *map(str, files), cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    lines = [line.split("\t") for line in run.stdout.splitlines()]
    assert ["kind", f"{by_field['kind'].kappa:.3f}", "14", "19"] in lines
    assert [f"{ID}/statement/4.1.1", "kind", "Omission", "DOUBT", "Frase 4"] in lines
    assert sum(len(line) == 5 for line in lines) == 6


@pytest.mark.whole
def test_every_mistake_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    rows = [
        {**decided(1, "", kind="Omission")},
        {**decided(2, "Ana", kind="Omission"), "date": "ayer"},
        {**decided(3, "Ana", kind="Omission"), "item": ""},
        {**decided(4, "Ana", kind="Omission"), "key": ""},
        decided(5, "Ana", status="partial"),
        decided(5, "Ana", status="none"),
        decided(6, ""),  # nothing is decided
    ]
    for suffix in (".tsv", ".xlsx"):
        path = filled(tmp_path / f"malo{suffix}", rows)
        with pytest.raises(UsageError) as caught:
            read_decisions(path)
        message = str(caught.value)
        for words in ("no reviewer", "'ayer'", "no thing or no key", "was decided above"):
            assert words in message
        assert message.count(path.name) >= 5
        places = ("line 2", "line 3", "line 7") if suffix == ".tsv" else ("!M2", "!N3", "!M7")
        assert all(each in message for each in places), message
        run = gapgraph("review", "agreement", str(path), cwd=tmp_path)
        assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)


@pytest.mark.whole
def test_what_is_no_review_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "otro.tsv"
    other.write_text("a\tb\n1\t2\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"otro\.tsv: lacks the columns .*Clave del texto"):
        read_decisions(other)
    alone = filled(tmp_path / "ana.tsv", [decided(1, "Ana", kind="Doubt")])
    with pytest.raises(UsageError, match=r"these are 1 \(Ana\)"):
        agreement(read_decisions(alone))
    both = [decided(1, name, kind="Doubt") for name in ("Ana", "Luis", "Rosa")]
    three = filled(tmp_path / "tres.xlsx", both)
    with pytest.raises(UsageError, match=r"these are 3 \(Ana, Luis, Rosa\)"):
        agreement(read_decisions(three))


@pytest.mark.whole
def test_the_command_writes_what_can_be_filled_and_read(built: Built, tmp_path: Path) -> None:
    target = tmp_path / "cola.xlsx"
    output = str(built.output)
    run = gapgraph("review", "queue", "--output", output, "-o", str(target), cwd=tmp_path)
    assert (run.returncode, run.stdout) == (0, "")
    book = openpyxl.load_workbook(target)
    sheet = book.active
    assert sheet is not None
    assert sheet.freeze_panes == "A2"
    for column, value in {"H": "Omission", "M": "Ana", "N": "2026-11-27"}.items():
        sheet[f"{column}3"] = value
    book.save(target)
    (one,) = read_decisions(target)
    assert (one.item, one.decided, one.reviewer) == (
        f"{ID}/statement/52.3.3", {"kind": "Omission"}, "Ana",
    )  # fmt: skip
    assert (
        gapgraph("review", "queue", "--output", output, "-o", "cola.pdf", cwd=tmp_path).returncode
        == 2
    )
    run = gapgraph("review", "queue", "--analysis", "chile", "--output", output, cwd=tmp_path)
    assert run.returncode == 2
    assert "oas-pnat" in run.stderr


@pytest.mark.whole
@pytest.mark.parametrize("seed", range(3))
def test_kappa_is_that_of_another_package(tmp_path: Path, seed: int) -> None:
    """Two who differ over twenty rows and agree on others, of five kinds."""
    from sklearn.metrics import cohen_kappa_score  # noqa: PLC0415

    chooser = random.Random(seed)
    kinds = ("Provision", "Omission", "Invocation", "ContextNote", "Doubt")
    ana = [chooser.choice(kinds) for _ in range(60)]
    luis = list(ana)
    for place in chooser.sample(range(60), 20):
        luis[place] = chooser.choice([each for each in kinds if each != ana[place]])
    files = [
        filled(
            tmp_path / f"{name}.tsv",
            [decided(number, name, kind=kind) for number, kind in enumerate(chosen, start=1)],
        )
        for name, chosen in (("Ana", ana), ("Luis", luis))
    ]
    _, (found,), disputes = agreement([each for file in files for each in read_decisions(file)])
    assert (found.same, found.both, len(disputes)) == (40, 60, 20)
    assert found.kappa == pytest.approx(cohen_kappa_score(ana, luis))
