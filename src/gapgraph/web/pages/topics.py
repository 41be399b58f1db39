"""Topics with what the plan gives them, put together from the rows of a stored query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from gapgraph.namespaces import GG
from gapgraph.report.cards import label_of
from gapgraph.web.language import gettext as _
from gapgraph.web.language import language, ngettext
from gapgraph.web.pages.rows import Row, Text, ask
from gapgraph.web.pages.status import Mark, mark, marks, reason_words, topic_statuses

__all__ = ["Tally", "Topic", "tally", "title_of", "topics"]


@dataclass(frozen=True)
class Topic:
    """A topic of a directive's row.

    :param label: its label in the page's language; English ones are ours, unofficial
    :param source: its label as the table has it
    :param reason: why it is partial, in words; empty where it is not
    :param declared: whether the table itself says in a word that it is partial
    :param elements: the plan elements the table gives it, each a row
    :param said: the table's words that lead to none, such as those for nothing
    """

    iri: str
    section: str
    number: str
    directive: str
    position: int
    label: Text
    source: str
    concept: str
    status: str
    reason: str
    declared: bool
    elements: list[Row] = field(default_factory=list)
    said: list[Text] = field(default_factory=list)

    @property
    def mark(self) -> Mark:
        """How its status is shown."""
        return mark(self.status)


def topics(**values: str) -> list[Topic]:
    """Return the topics that the query ``topic-mappings`` gives, in the table's order.

    :param values: values of the query's parameters
    """
    found: dict[str, Topic] = {}
    for row in ask("topic-mappings", values):
        topic = found.setdefault(
            row["topic"],
            Topic(
                iri=row["topic"],
                section=row["sectionNumber"],
                number=row["number"],
                directive=row["directive"],
                position=row.number("position"),
                label=label_of(row, language()),
                source=row["topicLabel"],
                concept=row["concept"],
                status=row["status"],
                reason=" ".join(reason_words(row.several("partialReason"))),
                declared=str(GG.declaredPartial) in row.several("partialReason"),
            ),
        )
        if row["element"]:
            topic.elements.append(row)
        else:
            topic.said.append(row.text("literalLabel"))
    return list(found.values())


def title_of(listed: Iterable[Topic], text: str, *, longest: int = 80) -> Text:
    """Return a title for a directive, which has none in its source: its topics.

    :param listed: its topics
    :param text: its text, whose beginning serves where it has no topics
    :param longest: how many characters to show, about
    """
    labels = [topic.label for topic in listed]
    if not labels:
        if len(text) <= longest:
            return Text(text)
        return Text(text[:longest].rsplit(" ", 1)[0].rstrip(",;:") + " …")
    shown = [labels[0].value]
    for label in labels[1:]:
        if len(" · ".join([*shown, label.value])) > longest:
            break
        shown.append(label.value)
    left = len(labels) - len(shown)
    more = ngettext("%(num)s tema más", "%(num)s temas más", left) if left else ""
    return Text("\u00a0· ".join([*shown, more] if more else shown), labels[0].lang)


@dataclass(frozen=True)
class Tally:
    """Topics counted by status.

    :param counts: how many topics have each status, by the status's name
    :param total: how many there are
    """

    counts: dict[str, int]
    total: int

    def __getitem__(self, name: str) -> int:
        return self.counts.get(name, 0)

    @property
    def names(self) -> list[str]:
        """The names of the statuses that any of them has, in the order of the ontology."""
        return [name for name, count in self.counts.items() if count]

    def says(self) -> str:
        """Return the counts in words, for those who do not see the figure."""
        parts = [f"{mark_word(name)}: {count}" for name, count in self.counts.items() if count]
        return _("%(parts)s; de %(total)s temas", parts=", ".join(parts), total=self.total)


def mark_word(name: str) -> str:
    """Return the word of a status by its name."""
    known = marks()
    return known[name].word if name in known else _("sin estado")


def tally(listed: Iterable[Topic]) -> Tally:
    """Count topics by status, in the order of the bars."""
    counts = dict.fromkeys((*topic_statuses(), "unknown"), 0)
    total = 0
    for topic in listed:
        counts[topic.mark.name] = counts.get(topic.mark.name, 0) + 1
        total += 1
    return Tally(counts, total)
