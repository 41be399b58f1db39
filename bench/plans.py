"""Invented plans of one invented framework, for measuring many: no two say the same.

    python bench/plans.py FOLDER --plans 35 [--seed 1] [--directives 67]
    gapgraph build --no-annex --output OUT $(printf -- '--analysis %s ' FOLDER/*)

Each plan has labels, codes, values and sentences of its own, in Spanish, English or Portuguese in
turn; the directives are the framework's.  Equal arguments give equal bytes, and a plan is the same
however many there are.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["write_plan", "write_plans"]

_TOML = """\
[analysis]
iri = "https://w3id.org/gapgraph/id/analysis/invented-{name}"
jurisdiction = "https://example.org/country/{name}"
language = "{language}"
rights = "Invented."

[framework]
iri = "https://w3id.org/gapgraph/id/framework/invented-{directives}"
label = "Carta inventada"
directives = {directives}
language = "es"

[plan]
iri = "https://w3id.org/gapgraph/id/plan/invented-{name}"
label = "{label}"
categories = {categories}

[table]
file = "table.tsv"
category_word = "{word}"

[values]
none = ["{none}"]
"""
_SECTION = 17


@dataclass(frozen=True)
class _Language:
    """What is said in a language; ``{what}`` is a thing of someone somewhere."""

    plan: str
    words: tuple[str, ...]
    none: tuple[str, ...]
    things: tuple[str, ...]
    people: tuple[str, ...]
    places: tuple[str, ...]
    what: str
    provided: tuple[str, ...]
    omitted: tuple[str, ...]
    noted: tuple[str, ...]


_LANGUAGES: Mapping[str, _Language] = {
    "es": _Language(
        "Plan de {place} {year}",
        ("Eje", "Línea", "Objetivo", "Meta"),
        ("No hay", "Sin correspondencia", "Nada al respecto"),
        ("los talleres", "las escuelas", "los caminos", "las redes", "los registros", "las visitas",
         "los refugios", "las campañas", "los turnos", "las becas", "los mapas", "los archivos"),
        ("pescadoras", "maestros", "vecinas", "artesanos", "enfermeras", "jueces", "pastores",
         "niñas", "migrantes", "ancianos", "guardias", "cocineras"),
        ("la costa", "la sierra", "el valle", "la frontera", "el puerto", "la laguna", "la isla",
         "el páramo", "la ribera", "el desierto"),
        "{thing} de {people} de {place}",
        ("El plan dispone mejorar {what}.", "El plan promueve {what}.",
         "El plan prevé financiar {what} cada {n} meses."),
        ("El plan no menciona {what}.", "El plan no contempla {what}.",
         "Ninguna de sus metas atiende {what}."),
        ("En su marco conceptual el plan reconoce {what}.", "El plan habla de {what}."),
    ),
    "en": _Language(
        "{place} Strategy {year}",
        ("Pillar", "Goal", "Track", "Priority"),
        ("Nothing found", "None", "No match"),
        ("workshops", "schools", "roads", "networks", "records", "visits", "shelters", "campaigns",
         "shifts", "grants", "maps", "archives"),
        ("fishers", "teachers", "neighbours", "artisans", "nurses", "judges", "herders", "girls",
         "migrants", "elders", "guards", "cooks"),
        ("the coast", "the hills", "the valley", "the border", "the harbour", "the lagoon",
         "the island", "the moor", "the riverside", "the desert"),
        "{thing} for {people} of {place}",
        ("The plan provides for {what}.", "The plan promotes {what}.",
         "The plan funds {what} every {n} months."),
        ("The plan does not mention {what}.", "The plan does not provide for {what}.",
         "The plan omits {what}."),
        ("In its conceptual framework the plan recognises {what}.", "The plan speaks of {what}."),
    ),
    "pt": _Language(
        "Plano de {place} {year}",
        ("Eixo", "Linha", "Objetivo", "Meta"),
        ("Não há", "Sem correspondência", "Nada consta"),
        ("as oficinas", "as escolas", "os caminhos", "as redes", "os registros", "as visitas",
         "os abrigos", "as campanhas", "os turnos", "as bolsas", "os mapas", "os arquivos"),
        ("pescadoras", "professores", "vizinhas", "artesãos", "enfermeiras", "juízes", "pastores",
         "meninas", "migrantes", "idosos", "guardas", "cozinheiras"),
        ("a costa", "a serra", "o vale", "a fronteira", "o porto", "a lagoa", "a ilha",
         "o planalto", "a ribeira", "o deserto"),
        "{thing} de {people} de {place}",
        ("O plano prevê melhorar {what}.", "O plano promove {what}.",
         "O plano financia {what} a cada {n} meses."),
        ("O plano não menciona {what}.", "O plano não contempla {what}.",
         "Nenhuma das metas atende {what}."),
        ("O plano reconhece {what}.", "O plano fala de {what}."),
    ),
}  # fmt: skip


def _what(language: _Language, chooser: random.Random, n: int) -> str:
    """Return a thing that nothing else in the plan is called."""
    return language.what.format(
        thing=chooser.choice(language.things),
        people=chooser.choice(language.people),
        place=f"{chooser.choice(language.places)} {n}",
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _directive(number: int) -> tuple[str, str]:
    """Return a directive of the framework and its indicators, the same for all plans."""
    chooser, spanish = random.Random(f"directive {number}"), _LANGUAGES["es"]
    first, second = (_what(spanish, chooser, number) for _ in range(2))
    indicators = [f"<p>{_capital(first)}, por año.</p>"]
    indicators += [f"<p>Gasto en {second}.</p>"] if chooser.random() < 0.5 else []
    return f"Fortalecer {first}, y dar cuenta de {second}.", " ".join(indicators)


def write_plan(folder: Path, place: int, *, seed: int = 1, directives: int = 67) -> Path:
    """Write one plan into a folder of its own, which ``gapgraph build --analysis`` takes.

    :param folder: the folder of all plans
    :param place: which plan, from 0
    :param seed: another one gives other plans
    :param directives: how many the framework has
    :return: the plan's folder
    """
    chooser = random.Random(f"plan {seed} {place}")
    name, code = f"s{seed}-{place:04}", tuple(_LANGUAGES)[place % len(_LANGUAGES)]
    language = _LANGUAGES[code]
    word, none = chooser.choice(language.words), chooser.choice(language.none)
    numbers = range(1, chooser.randint(12, 30) + 1)
    labels = {n: _capital(_what(language, chooser, n)) for n in numbers}
    lines = []
    for number in range(1, directives + 1):
        if number % _SECTION == 1:
            last = min(number + _SECTION - 1, directives)
            heading = f"DIRECTRICES DE {_LANGUAGES['es'].things[number // _SECTION % 12].upper()}"
            lines.append(f"{heading} ({number}-{last})\t\t\t\t")
            lines.append("N°\tDIRECTRIZ\tINDICADOR\tPLAN\tOBSERVACIONES")
        cells, observations = [], []
        for part in range(chooser.choice((1, 1, 2, 2, 3))):
            topic = f"{_what(language, chooser, number)}-{part + 1}"
            cells.append(f"<p><u>{_capital(topic)}</u></p>")
            there = chooser.random() < 0.75
            mapped = sorted(chooser.sample(numbers, chooser.randint(1, 2)))
            elements = [f"<p>{word} {n} – {labels[n]}</p>" for n in mapped]
            cells += elements if there else [f"<p>{none}</p>"]
            said = language.provided if there else language.omitted
            said = language.noted if chooser.random() < 0.15 else said
            sentence = chooser.choice(said).format(what=topic, n=chooser.randint(2, 48))
            observations += [f"<p>{sentence}</p>"] if chooser.random() < 0.8 else []
        text, indicators = _directive(number)
        lines.append(
            "\t".join((str(number), text, indicators, *map(" ".join, (cells, observations))))
        )
    used = max(n for n in numbers if any(f"<p>{word} {n} – " in line for line in lines))
    target = folder / name
    target.mkdir(parents=True, exist_ok=True)
    year = chooser.randint(2018, 2034)
    where = _capital(chooser.choice(language.places).split(" ", 1)[1])
    toml = _TOML.format(
        name=name, language=code, directives=directives, word=word, none=none, categories=used,
        label=language.plan.format(place=f"{where} {place}", year=year),
    )  # fmt: skip
    (target / "analysis.toml").write_text(toml, encoding="utf-8")
    (target / "table.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return target


def write_plans(folder: Path, count: int, *, seed: int = 1, directives: int = 67) -> list[Path]:
    """Write plans, each into a folder of its own.

    :param folder: the folder of all plans
    :param count: how many
    :param seed: another one gives other plans
    :param directives: how many the framework has
    """
    places = range(count)
    return [write_plan(folder, place, seed=seed, directives=directives) for place in places]


def change(folder: Path) -> None:
    """Change one sentence of a plan: a directive's would have to change in all plans."""
    table = folder / "table.tsv"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if ".</p>" in line.rpartition("\t")[2])
    before, tab, observations = lines[place].rpartition("\t")
    lines[place] = before + tab + observations.replace(".</p>", ", 2030.</p>", 1)
    table.write_text("".join(lines), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--plans", type=int, default=35)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--directives", type=int, default=67)
    given = parser.parse_args()
    for folder in write_plans(
        given.folder, given.plans, seed=given.seed, directives=given.directives
    ):
        print(folder)


if __name__ == "__main__":
    main()
