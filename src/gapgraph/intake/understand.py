"""A grid and its mapping → what the table says: directives, topics, values, observations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from gapgraph.grid import Cell, Grid, Paragraph, place_told
from gapgraph.intake.guess import headings
from gapgraph.intake.left_out import left_out, numbers_left_out
from gapgraph.intake.mapping import TableMapping
from gapgraph.intake.problems import Problem
from gapgraph.intake.records import ReadDirective, ReadTable, ReadText, ReadTopic
from gapgraph.intake.values import Element, Value, ValueReader
from gapgraph.intake.whole import whole_problems
from gapgraph.intake.words import IntakeWords, fold
from gapgraph.told import told

__all__ = ["understand"]


def understand(
    grid: Grid,
    mapping: TableMapping,
    words: IntakeWords,
    check: Callable[[list[ReadDirective]], Iterable[Problem]] = lambda _: (),
) -> ReadTable:
    """Return what a table says by a mapping, with every problem at once.

    :param check: looks at the directives before they are judged as a whole, and may complete them
    """
    table = _Understanding(grid, mapping, words)
    table.read()
    directives = list(table.directives.values())
    unread = left_out(grid, mapping, words)
    problems = [
        *table.problems,
        *check(directives),
        *table.values.problems(),
        *whole_problems(grid, directives, table.values, texts=bool(mapping.of_role("text"))),
        *(column.problem for column in unread),
        *numbers_left_out(grid, mapping, words),
    ]
    return ReadTable(
        directives,
        table.values,
        sorted(problems, key=lambda problem: table.order.get(problem.place, -1)),
        table.printed,
        unread,
    )


class _Understanding:
    """Reads the rows of one grid, in order."""

    def __init__(self, grid: Grid, mapping: TableMapping, words: IntakeWords) -> None:
        self.grid, self.mapping, self.words = grid, mapping, words
        self.values = ValueReader(mapping, words)
        self.directives: dict[str, ReadDirective] = {}
        self.problems: list[Problem] = []
        self.section: tuple[ReadText, ...] = ()
        self.current: ReadDirective | None = None
        self.headings = headings(grid, mapping.header_row)
        self.printed: dict[int, list[str]] = {}
        self.order = {
            cell.place: place
            for place, cell in enumerate(cell for row in grid.rows for cell in row)
        }
        self.columns = {
            role: mapping.of_role(role) for role in {column.role for column in mapping.columns}
        }

    def role(self, row: Sequence[Cell], role: str) -> list[Cell]:
        """Return the cells of a row that play a role."""
        return [row[place] for place in self.columns.get(role, ())]

    def first(self, row: Sequence[Cell], role: str) -> Cell | None:
        cells = self.role(row, role)
        return cells[0] if cells else None

    def problem(self, cell: Cell, what: str, todo: str, *, blocking: bool = True) -> None:
        self.problems.append(Problem(cell.place, cell.text, what, todo, blocking))

    def read(self) -> None:
        header = f"row {self.mapping.header_row or 1}"
        if not (self.columns.get("directive") or self.columns.get("text")):
            self.problems.append(
                Problem(
                    header,
                    "",
                    told("no column holds the directives"),
                    told("name it, with -c directive=COLUMN or in [columns] of analysis.toml"),
                )
            )
            return
        if not any(self.columns.get(role) for role in ("element", "status", "relation")):
            self.problems.append(
                Problem(
                    header,
                    "",
                    told("no column says what the plan has for a directive"),
                    told(
                        "name it, with {option} or in [columns] of analysis.toml",
                        option=self.option("element"),
                    ),
                )
            )
            return
        for row in self.grid.rows:
            if row[0].row <= self.mapping.header_row:
                continue
            if self.is_heading(row):
                if self.section and self.current is None:
                    texts = [" ".join(cell.text.split()) for cell in row]
                    self.printed.setdefault(self.section[0].row, texts)
                continue
            title = self.section_title(row)
            if title is not None:
                self.section = (title,)
                self.current = None
                continue
            self.data_row(row)

    def option(self, role: str) -> str:
        """Return what is typed to name the column of a role: that whose heading may mean it."""
        for column in self.mapping.columns:
            if column.role == "ignore" and role in self.words.may_be(column.heading):
                return column.option(role, self.headings)
        return f"-c {role}=COLUMN"

    def is_heading(self, row: Sequence[Cell]) -> bool:
        """Tell whether a row repeats the column headings, as on every page of a document."""
        if not any(self.headings):
            return False
        same = sum(
            bool(cell.text) and fold(cell.text) == fold(heading)
            for cell, heading in zip(row, self.headings, strict=True)
        )
        filled = sum(bool(heading) for heading in self.headings)
        return same > filled / 2

    def section_title(self, row: Sequence[Cell]) -> ReadText | None:
        """Return a section's title: words across the row, in one cell, with no identifier."""
        filled = [cell for cell in row if cell.text and not cell.covered]
        if len(filled) != 1 or len(row) < 3:
            return None
        cell = filled[0]
        beside = sum(other.covered and other.text == cell.text for other in row)
        directive = self.first(row, "directive")
        lone = directive is not None and cell.place == directive.place and not beside
        title = not re.search(r"\d", cell.text) or re.search(r"\S{3,}.*\(\d+\D+\d+\)$", cell.text)
        if beside >= len(row) // 2 or (lone and title):
            return ReadText(" ".join(cell.text.split()), cell.place, cell.row)
        return None

    def data_row(self, row: Sequence[Cell]) -> None:
        directive = self.directive_of(row)
        if directive is None:
            return
        sections = [cell for cell in self.role(row, "section") if cell.text]
        if sections:
            self.section = tuple(
                ReadText(" ".join(cell.text.split()), cell.place, cell.row) for cell in sections
            )
        if not directive.section:
            directive.section = self.section
        for role, texts in (
            ("indicator", directive.indicators),
            ("observation", directive.observations),
        ):
            for cell in self.role(row, role):
                if not cell.covered:  # a merged cell says it once
                    texts += [ReadText(p.text, cell.place, cell.row) for p in cell.paragraphs]
        self.topics(directive, row)

    def directive_of(self, row: Sequence[Cell]) -> ReadDirective | None:
        """Return the directive that a row speaks of: without an identifier, the last one."""
        cell = self.first(row, "directive")
        text = self.first(row, "text")
        words = cell.text if cell else ""
        behind = ""
        if words and self.mapping.directive_id:
            found = re.match(self.mapping.directive_id, words)
            if found:
                words, behind = found[1].strip(), words[found.end() :].strip()
        notation = " ".join(words.split())
        if cell is None:
            # Without identifiers, each text is a directive, numbered in order.
            if text is None or not text.text or text.covered:
                return self.current
            known = next((d for d in self.directives.values() if d.text == text.text), None)
            notation = known.notation if known else str(len(self.directives) + 1)
            cell = text
        if not notation:
            if self.current is None and any(other.text for other in row):
                self.problem(
                    cell,
                    told("the row has no identifier, and none stands above it"),
                    told("write the directive's identifier in it, or merge it with the cell above"),
                )
            return self.current
        directive = self.directives.get(notation)
        if directive is None:
            directive = ReadDirective(notation, cell.place, cell.row)
            self.directives[notation] = directive
        self.current = directive
        texts = [ReadText(behind, cell.place, cell.row)] if behind else []
        if text is not None and not text.covered:
            texts += [ReadText(p.text, text.place, text.row) for p in text.paragraphs if p.text]
        if texts and not directive.texts:
            directive.texts = texts
        elif texts and [each.text for each in texts] != [each.text for each in directive.texts]:
            self.problems.append(
                Problem(
                    texts[0].place,
                    texts[0].text,
                    told(
                        "directive {notation} has another text at {place}",
                        notation=notation,
                        place=place_told(directive.texts[0].place),
                    ),
                    told("give it one text, or another identifier"),
                )
            )
        return directive

    def topics(self, directive: ReadDirective, row: Sequence[Cell]) -> None:
        """Add the topics of a row and their values."""
        mark = self.mapping.topic_mark
        cells = self.role(row, "element")
        before = len(directive.topics)
        if mark in {"underline", "bold"}:
            for cell in cells:
                if not cell.covered:
                    self.marked_topics(directive, cell, mark)
        else:
            topic = self.topic_of(directive, row, cells)
            if topic is not None:
                for cell in cells:
                    if not cell.covered:
                        topic.values += self.cell_values(cell)
                        topic.cell = topic.cell or cell.place
        if len(directive.topics) > before or directive.topics:
            self.verdicts(directive.topics[-1], row)

    def topic_of(
        self, directive: ReadDirective, row: Sequence[Cell], cells: Sequence[Cell]
    ) -> ReadTopic | None:
        """Return the topic that a row's values belong to, a new one where the row names one."""
        if self.mapping.topic_mark == "column":
            cell = self.first(row, "topic")
            if cell is not None and cell.text and not cell.covered:
                label = " ".join(cell.text.split())
                known = next((t for t in directive.topics if fold(t.label) == fold(label)), None)
                if known is None:
                    known = ReadTopic(label, cell.place, cell.row)
                    directive.topics.append(known)
                return known
            if directive.topics:
                return directive.topics[-1]
            if any(other.text for other in cells):
                self.problem(
                    cell or cells[0],
                    told(
                        "directive {notation} has a value and no topic", notation=directive.notation
                    ),
                    told("write the topic that the value is for"),
                )
            return None
        blank = self.values.kind("") if not any(cell.text for cell in cells) else "some"
        judged = any(
            other.text for other in (*self.role(row, "status"), *self.role(row, "relation"))
        )
        if not directive.topics and (blank or judged):
            label = directive.text or directive.notation
            directive.topics.append(ReadTopic(label, directive.place, directive.row))
        return directive.topics[-1] if directive.topics else None

    def marked_topics(self, directive: ReadDirective, cell: Cell, mark: str) -> None:
        """Add the topics of a cell in which they are underlined or bold."""
        topic: ReadTopic | None = None
        for paragraph in cell.paragraphs:
            if paragraph.marked(mark):
                topic = ReadTopic(paragraph.text, cell.place, cell.row)
                directive.topics.append(topic)
            elif topic is not None:
                topic.values += self.literals(paragraph, cell)
            else:
                self.problem(
                    cell,
                    told("the value {text!r} has no topic", text=paragraph.text[:40]),
                    told(
                        "put a topic before it ({mark}), or set topic_mark in analysis.toml",
                        mark=mark,
                    ),
                )

    def cell_values(self, cell: Cell) -> list[Value]:
        if not cell.text:
            kind = self.values.kind("")
            if not kind:
                return []
            value = Value("", kind, cell.place, cell.row)
            self.values.note(value)
            return [value]
        return [value for paragraph in cell.paragraphs for value in self.literals(paragraph, cell)]

    def literals(self, paragraph: Paragraph, cell: Cell) -> list[Value]:
        parts = [paragraph.text]
        # What is a value by itself is not parted: "n/a".
        if not self.values.kind(paragraph.text):
            for separator in self.mapping.separators:
                parts = [each for part in parts for each in part.split(separator)]
        return [
            self.values.read(part.strip(), cell.place, cell.row) for part in parts if part.strip()
        ]

    def verdicts(self, topic: ReadTopic, row: Sequence[Cell]) -> None:
        """Add what a row's own columns say of status, relation, degree and name."""
        relation, degree, label = (
            self.first(row, role) for role in ("relation", "degree", "label")
        )
        changed: dict[str, str] = {}
        if relation is not None and relation.text and not relation.covered:
            kind = self.values.kind(relation.text)
            self.values.note(Value(relation.text, kind, relation.place, relation.row))
            changed["relation"] = kind
            if kind == "none" and not topic.values:
                topic.values.append(Value(relation.text, kind, relation.place, relation.row))
        if degree is not None and degree.text and not degree.covered:
            changed["degree"] = degree.text
        if changed and topic.values:
            topic.values[-1] = replace(topic.values[-1], **changed)  # type: ignore[arg-type]
        if label is not None and label.text and topic.values:
            last = topic.values[-1]
            if last.element is not None and not last.element.label:
                named = Element(last.element.code, " ".join(label.text.split()))
                topic.values[-1] = replace(last, element=named)
        status = self.first(row, "status")
        if status is not None and status.text and not status.covered:
            kind = self.values.kind(status.text)
            topic.status = Value(status.text, kind, status.place, status.row)
            self.values.note(topic.status)
