"""An observation's text → statements: where it is cut, and what each part does."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gapgraph.decisions.table import KINDS
from gapgraph.errors import InputError
from gapgraph.reading.leaning import Leaning, read_leaning
from gapgraph.reading.packs import Pack
from gapgraph.reading.patterns import Pattern, Patterns
from gapgraph.statuses import UNREAD
from gapgraph.told import told

__all__ = [
    "Doubtful",
    "KindRule",
    "Span",
    "SplitRule",
    "StatementRules",
    "read_statement_rules",
]


#: The tier of the rules for what speaks of others than the plan: asked where no other answers.
_LAST = 6

#: How far back it is looked for what stands just before a word.
_NEAR = 40


def stands_before(pattern: re.Pattern[str] | Pattern, text: str, place: int) -> bool:
    """Tell whether a pattern that ends with ``$`` matches just before a place of a text."""
    return pattern.search(text, max(0, place - _NEAR), place) is not None


def _ends(pattern: re.Pattern[str], text: str, place: int) -> bool:
    """Tell the same of the last word before a place, the white space between them aside."""
    while place and text[place - 1].isspace():
        place -= 1
    return stands_before(pattern, text, place)


@dataclass(frozen=True)
class Span:
    """A slice of a text: from ``start`` up to ``end``, in Unicode code points."""

    start: int
    end: int


@dataclass(frozen=True)
class SplitRule:
    """Where a statement begins: at the group ``cut`` of a pattern.

    :param unless: a pattern that must not match what stands before the cut
    :param sentence: whether the cut ends a sentence; another cut needs a verb before it
    """

    id: str
    pattern: Pattern
    unless: re.Pattern[str] | None
    sentence: bool


@dataclass(frozen=True)
class KindRule:
    """A trigger and the kind it gives.

    :param tier: 1 to 6; a rule is asked only where none of a lower tier answers
    :param not_after: a pattern that must not match what stands before the trigger
    :param own: whether an analysis brings it, whose words nobody counted
    """

    id: str
    tier: int
    pattern: Pattern
    not_after: Pattern | None
    kind: str
    own: bool = False

    def triggers(self, statement: str) -> list[int]:
        """Return where the rule's trigger stands in a statement."""
        return [
            match.start()
            for match in self.pattern.finditer(statement)
            if not (self.not_after and stands_before(self.not_after, statement, match.start()))
        ]


@dataclass(frozen=True)
class Doubtful:
    """Words beside which a kind that a trigger gives is not to be relied on.

    :param kinds: the kinds that they make doubtful
    """

    id: str
    pattern: Pattern
    kinds: frozenset[str]


@dataclass(frozen=True)
class StatementRules:
    """The rules of ``splits.tsv``, ``kinds.tsv`` and ``doubtful.tsv``.

    :param leaning: the second reader, which objects to what the rules say
    :param subordinate: what stands just before the verb of a subordinate clause
    :param noun: what stands just before a noun
    :param verb: a word that may be a verb
    """

    splits: tuple[SplitRule, ...]
    kinds: tuple[KindRule, ...]
    doubtful: tuple[Doubtful, ...]
    leaning: Leaning
    subordinate: re.Pattern[str]
    noun: re.Pattern[str]
    verb: re.Pattern[str]

    def split(self, text: str) -> list[Span]:
        """Return the statements of a text, in order; between them stands white space only.

        :param text: any text
        :return: the spans of its statements, trimmed; none for a text of white space
        """
        sentences = self._cut(text, Span(0, len(text)), sentence=True)
        return [
            span for sentence in sentences for span in self._cut(text, sentence, sentence=False)
        ]

    def _cut(self, text: str, whole: Span, *, sentence: bool) -> list[Span]:
        """Cut a span at the rules for sentences, or at those within a sentence."""
        part = text[whole.start : whole.end]
        cuts = {
            match.start("cut")
            for rule in self.splits
            if rule.sentence == sentence
            for match in rule.pattern.finditer(part)
            if not (rule.unless and _ends(rule.unless, part, match.start("cut")))
        }
        spans: list[Span] = []
        start = 0
        for cut in [*sorted(cuts), len(part)]:
            before = part[start:cut]
            if cut < len(part) and not sentence and not self._stands(before):
                continue
            if before.strip():
                offset = whole.start + start + len(before) - len(before.lstrip())
                spans.append(Span(offset, offset + len(before.strip())))
            start = cut
        return spans

    def _stands(self, text: str) -> bool:
        """Tell whether a text is a statement, so that another may begin after it.

        It holds a verb, known or by its ending.  What speaks of others than the plan goes on
        after "but" with the same subject: the whole sentence is about them.
        """
        rule = self.rule_of(text)
        if rule is not None:
            return rule.tier < _LAST
        return any(
            not stands_before(self.noun, text, match.start()) for match in self.verb.finditer(text)
        )

    def rule_of(self, statement: str) -> KindRule | None:
        """Return the rule that decides a statement's kind: that of its first trigger.

        A trigger in a subordinate clause counts only where there is no other.
        """
        found: list[tuple[bool, int, int, int]] = []
        for tier in range(1, _LAST + 1):
            found += [
                (stands_before(self.subordinate, statement, start), tier, start, order)
                for order, rule in enumerate(self.kinds)
                if rule.tier == tier
                for start in rule.triggers(statement)
            ]
            if not all(subordinate for subordinate, *_ in found):
                break  # no later tier has an earlier word
        return self.kinds[min(found)[3]] if found else None

    def kind_of(self, statement: str) -> tuple[str, str]:
        """Return a statement's kind, and the id of the rule that decides it.

        Where no rule does, or its kind is doubtful beside other words of the statement, or the
        words lean the other way, the statement is unread, and there is no id.  Rules of the first
        tier are of whole turns of speech ("does not overlook"), and know what makes others
        doubtful, but for a gap.
        """
        rule = self.rule_of(statement)
        if rule is None:
            return UNREAD, ""
        asked = rule.tier > 1 or rule.kind == "Omission"
        if asked and self.doubt_of(statement, rule.kind):
            return UNREAD, ""
        if not rule.own and self.leaning.objects(statement, rule.kind, rule.tier, rule.id):
            return UNREAD, ""
        return rule.kind, rule.id

    def doubt_of(self, statement: str, kind: str) -> Doubtful | None:
        """Return what makes a kind doubtful in a statement; nothing where nothing does."""
        return next(
            (
                each
                for each in self.doubtful
                if kind in each.kinds and each.pattern.search(statement)
            ),
            None,
        )


def read_statement_rules(pack: Pack, patterns: Patterns) -> StatementRules:
    """Read ``splits.tsv``, ``kinds.tsv`` and ``doubtful.tsv``.

    :param pack: the tables of a language
    :raises InputError: where a table cannot be read, a pattern is none, or a kind does not exist
    """
    splits = []
    for row in pack.rows("splits.tsv", ("id", "pattern", "except", "example", "counterexample")):
        pattern = patterns.pattern(row, "pattern")
        if "(?P<cut>" not in pattern.source:
            raise row.fail(
                told("the pattern has no group named cut"), told("mark where the statement begins")
            )
        unless = re.compile(row["except"]) if row["except"] else None
        splits.append(SplitRule(row["id"], pattern, unless, row["id"].startswith("sentence")))
    kinds = []
    for row in pack.rows(
        "kinds.tsv",
        ("id", "tier", "pattern", "not_after", "kind", "example", "counterexample"),
    ):
        if row["kind"] not in KINDS:
            raise row.fail(
                told("{kind!r} is no kind", kind=row["kind"]),
                told("use one of {these}", these=", ".join(KINDS)),
            )
        if row["tier"] not in set("123456"):
            raise row.fail(
                told("{tier!r} is no tier", tier=row["tier"]), told("write one from 1 to 6")
            )
        kinds.append(
            KindRule(
                row["id"],
                int(row["tier"]),
                patterns.pattern(row, "pattern"),
                patterns.pattern(row, "not_after") if row["not_after"] else None,
                row["kind"],
                row.file.parent == pack.own,
            )
        )
    doubtful = []
    for row in pack.rows("doubtful.tsv", ("id", "pattern", "kinds", "example", "counterexample")):
        of = frozenset(row["kinds"].split(","))
        if not of <= set(KINDS):
            raise row.fail(
                told("{kinds!r} are no kinds", kinds=row["kinds"]),
                told("use some of {these}", these=", ".join(KINDS)),
            )
        doubtful.append(Doubtful(row["id"], patterns.pattern(row, "pattern"), of))
    if not splits or not kinds or not doubtful:
        raise InputError(told("holds no rule"), todo=told("restore it"), file=pack.folders[-1])
    return StatementRules(
        tuple(splits),
        tuple(kinds),
        tuple(doubtful),
        read_leaning(pack, patterns),
        patterns.named("subordinate"),
        patterns.named("noun"),
        re.compile(rf"\b{patterns.named('finite').pattern}", re.IGNORECASE),
    )
