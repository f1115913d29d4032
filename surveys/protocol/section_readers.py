"""Reads a protocol's optional sections into their dataclasses."""

import re
from dataclasses import fields
from typing import Any

from surveys.protocol.problems import recovering
from surveys.protocol.sections import (
    CANT_TELL_PLACES,
    MODES,
    PANEL_PARAMETERS,
    QUESTION_KINDS,
    SAMPLE_COUNTS,
    AssignmentRule,
    ChecksRule,
    CompletionCodes,
    Comprehension,
    ComprehensionQuestion,
    Panel,
    Question,
    QuestionnairePage,
    Sample,
    Stopping,
    TrialRule,
)
from surveys.protocol.values import ValueReader

NAME = re.compile(r"[a-z][a-z0-9_]{0,49}")
PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,49}")
CODE = re.compile(r"[A-Za-z0-9_-]{1,50}")
PLACEHOLDER = re.compile(r"\{(.*?)\}")


class SectionReader(ValueReader):
    """One method for each section; a section that is missing comes as an empty table."""

    @recovering(AssignmentRule())
    def assignment(self, table: Any, cycle: int) -> AssignmentRule:
        """The rule; `cycle` is the sum of the conditions' ratios, which a block must repeat."""
        self.keys(table, AssignmentRule, "assignment.")
        rule = AssignmentRule(
            mode=self.choice("assignment.mode", table.get("mode", "round_robin"), MODES),
            block_sizes=self.wholes(
                "assignment.block_sizes", table.get("block_sizes", []), 1, 10_000
            ),
            active_minutes=self.whole(
                "assignment.active_minutes", table.get("active_minutes", 30), 1, 10_000
            ),
            places=self.whole("assignment.places", table.get("places", 0), 0, 1_000_000),
        )
        if (rule.mode == "permuted_blocks") != bool(rule.block_sizes):
            raise self.error(
                "assignment.block_sizes",
                list(rule.block_sizes),
                "given with the mode 'permuted_blocks', and with no other",
            )
        for index, size in enumerate(rule.block_sizes, start=1):
            if size % cycle:
                raise self.error(
                    f"assignment.block_sizes[{index}]",
                    size,
                    f"multiples of {cycle}, the sum of the ratios",
                )
        return rule

    @recovering(TrialRule())
    def trials(self, table: Any) -> TrialRule:
        self.keys(table, TrialRule, "trials.")
        return TrialRule(
            confidence=self.flag("trials.confidence", table.get("confidence", False)),
            two_step=self.flag("trials.two_step", table.get("two_step", False)),
            cant_tell=self.choice(
                "trials.cant_tell", table.get("cant_tell", "random"), CANT_TELL_PLACES
            ),
        )

    @recovering(ChecksRule())
    def checks(self, table: Any) -> ChecksRule:
        self.keys(table, ChecksRule, "checks.")
        after = self.wholes("checks.attention_after", table.get("attention_after", []), 1, 10_000)
        if list(after) != sorted(set(after)) and not self.has_problem("checks"):
            raise self.error("checks.attention_after", list(after), "in ascending order")
        return ChecksRule(
            attention_after=after,
            allowed_failures=self.whole(
                "checks.allowed_failures", table.get("allowed_failures", 0), 0, 100
            ),
            repeats=self.whole("checks.repeats", table.get("repeats", 0), 0, 1000),
        )

    @recovering(Comprehension())
    def comprehension(self, table: Any) -> Comprehension:
        self.keys(table, Comprehension, "comprehension.")
        if not table:
            return Comprehension()
        tables = self.tables(
            "comprehension.questions",
            table.get("questions", []),
            "one or more [[comprehension.questions]] tables",
        )
        return Comprehension(
            questions=tuple(
                self._comprehension_question(row, f"comprehension.questions[{index}].")
                for index, row in enumerate(tables, start=1)
            ),
            tries=self.whole("comprehension.tries", table.get("tries", 2), 1, 20),
        )

    @recovering(ComprehensionQuestion("", (), 1))
    def _comprehension_question(self, table: Any, where: str) -> ComprehensionQuestion:
        self.keys(table, ComprehensionQuestion, where)
        options = self.texts(f"{where}options", table["options"], fewest=2)
        return ComprehensionQuestion(
            question=self.text(f"{where}question", table["question"]),
            options=options,
            # Options that could not be read say nothing about the answer.
            answer=self.whole(f"{where}answer", table["answer"], 1, len(options) or 100),
        )

    @recovering(())
    def questionnaire(self, pages: Any) -> tuple[QuestionnairePage, ...]:
        if not isinstance(pages, list):
            raise self.error("questionnaire", pages, "[[questionnaire]] tables, one for each page")
        read = tuple(
            self._page(page, f"questionnaire[{index}].") for index, page in enumerate(pages, 1)
        )
        names = [question.name for page in read for question in page.questions]
        for name in dict.fromkeys(filter(None, names)):
            if names.count(name) > 1:
                self.note(self.error("questionnaire", name, "questions whose names differ"))
        return read

    @recovering(QuestionnairePage("", ()))
    def _page(self, table: Any, where: str) -> QuestionnairePage:
        self.keys(table, QuestionnairePage, where)
        tables = self.tables(
            f"{where}questions",
            table["questions"],
            "one or more [[questionnaire.questions]] tables",
        )
        return QuestionnairePage(
            title=self.text(f"{where}title", table["title"], longest=200),
            questions=tuple(
                self._question(row, f"{where}questions[{index}].")
                for index, row in enumerate(tables, start=1)
            ),
        )

    @recovering(Question("", ""))
    def _question(self, table: Any, where: str) -> Question:
        self.keys(table, Question, where)
        kind = self.choice(f"{where}kind", table.get("kind", "choice"), QUESTION_KINDS)
        needs_options = kind in ("choice", "several")
        options = table.get("options", [])
        if not needs_options and options:
            raise self.error(f"{where}options", options, f"left out for the kind {kind!r}")
        return Question(
            name=self._name(f"{where}name", table["name"]),
            question=self.text(f"{where}question", table["question"]),
            kind=kind,
            options=self.texts(f"{where}options", options, 2) if needs_options else (),
            points=self.whole(f"{where}points", table.get("points", 7), 2, 11),
            low=table.get("low", "") and self.text(f"{where}low", table["low"], 100),
            high=table.get("high", "") and self.text(f"{where}high", table["high"], 100),
            required=self.flag(f"{where}required", table.get("required", False)),
        )

    @recovering("")
    def _name(self, key: str, value: Any) -> str:
        if not isinstance(value, str) or not NAME.fullmatch(value):
            raise self.error(key, value, "lower-case letters, digits and underscores")
        return value

    @recovering(Panel())
    def panel(self, table: Any) -> Panel:
        self.keys(table, Panel, "panel.")
        if not table:
            return Panel()
        panel = Panel(
            name=self.choice("panel.name", table.get("name"), tuple(PANEL_PARAMETERS)),
            participant=self._parameter("participant", table),
            study=self._parameter("study", table),
            session=self._parameter("session", table),
            required=self.flag("panel.required", table.get("required", False)),
            return_url=self._return_url(table.get("return_url", "")),
            codes=self._codes(table.get("codes", {})),
        )
        has_names = not self.has_problem("panel")
        if has_names and len(set(panel.parameters)) != len(panel.parameters):
            raise self.error("panel", panel.parameters, "given three different parameter names")
        return panel

    @recovering("")
    def _parameter(self, key: str, table: dict[str, Any]) -> str:
        value = table.get(key, "")
        if value and not (isinstance(value, str) and PARAMETER.fullmatch(value)):
            raise self.error(f"panel.{key}", value, "the name of a query parameter")
        return str(value)

    @recovering("")
    def _return_url(self, value: Any) -> str:
        if value == "":
            return ""
        address = self.plain("panel.return_url", value, longest=1000)
        unknown = set(PLACEHOLDER.findall(address)) - {"code", "participant"}
        if not address.startswith("https://") or unknown:
            raise self.error(
                "panel.return_url",
                address,
                "an address that begins with https:// and has no placeholder but {code} and "
                "{participant}",
            )
        return address

    @recovering(CompletionCodes())
    def _codes(self, table: Any) -> CompletionCodes:
        self.keys(table, CompletionCodes, "panel.codes.")
        for key, code in table.items():
            if not isinstance(code, str) or not CODE.fullmatch(code):
                raise self.error(
                    f"panel.codes.{key}", code, "1 to 50 letters, digits, hyphens and underscores"
                )
        if len(set(table.values())) != len(table):
            raise self.problem(
                "panel.codes",
                "panel.codes must differ from each other, so that the panel can tell how a visit "
                "ended.",
            )
        known = {row.name for row in fields(CompletionCodes)}
        return CompletionCodes(**{key: code for key, code in table.items() if key in known})

    @recovering(Sample())
    def sample(self, table: Any) -> Sample:
        self.keys(table, Sample, "sample.")
        reason = table.get("justification", "")
        return Sample(
            size=self.whole("sample.size", table.get("size", 0), 0, 1_000_000),
            counts=self.choice("sample.counts", table.get("counts", "finished"), SAMPLE_COUNTS),
            justification=reason and self.plain("sample.justification", reason, 5000),
        )

    @recovering(Stopping())
    def stopping(self, table: Any, sample: Sample) -> Stopping:
        """The rule; to close by itself it needs a size of the sample, a last day, or both."""
        self.keys(table, Stopping, "stopping.")
        rule, last_day = table.get("rule", ""), table.get("last_day", "")
        stopping = Stopping(
            rule=rule and self.plain("stopping.rule", rule, 5000),
            last_day=last_day and self.day("stopping.last_day", last_day),
            close=self.flag("stopping.close", table.get("close", False)),
            may_finish=self.flag("stopping.may_finish", table.get("may_finish", True)),
        )
        has_ground = sample.size or stopping.last_day or self.has_problem("sample")
        if stopping.close and not has_ground and not self.has_problem("stopping"):
            raise self.error(
                "stopping.close", True, "given with sample.size or with stopping.last_day"
            )
        return stopping
