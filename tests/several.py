"""Four plans of one framework, asked and looked at: what the tests of comparison share."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Sequence

from flask.testing import FlaskClient

import three_plans
from gapgraph.namespaces import GG, ID

NAMES = ("oas-pnat", *three_plans.NAMES, three_plans.VARIANT)
ANALYSES = {name: f"{ID}analysis/{name}" for name in NAMES}
FRAMEWORK = f"{ID}framework/oas-work-plan-2"
UNJUDGED = {str(GG.notAssessed), str(GG.notApplicable)}
LACKING = {str(GG.none), str(GG.partial), str(GG.indeterminate)}

Row = dict[str, str]


def rows(client: FlaskClient, query: str, **values: str | Sequence[str]) -> list[Row]:
    answer = client.get(f"/queries/{query}.csv", query_string=values)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def shown(client: FlaskClient, path: str, **values: str | Sequence[str]) -> str:
    answer = client.get(path, headers=BROWSER, query_string=values or None)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.text


def words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def cells(page: str) -> dict[tuple[str, str], tuple[str, str]]:
    """The status and address of each cell, by directive and plan, as its link is called."""
    found = {}
    for status, address, name, inside in re.findall(
        r'<a class="st (\w+)" href="(compare/[^"]+)"(?: aria-label="([^"]*)")?>(.*?)</a>', page
    ):
        called = words(name or inside)
        number, _, rest = called.partition(", ")
        plan, _, word = rest.rpartition(": ")
        assert word, called
        assert (number, plan) not in found
        found[number, plan] = status, html.unescape(address)
    return found


def nobody_covers(by_all: int, by_some: int) -> str:
    """What pages say of how many directives no plan covers.

    :param by_all: of those that all plans assess
    :param by_some: of the others
    """
    first = (
        f"Ningún plan cubre {by_all} directrices, y todos las evalúan."
        if by_all
        else "No hay directriz que todos evalúen y ninguno cubra."
    )
    return f"{first} {by_some} más no las cubre ninguno de los que" if by_some else first
