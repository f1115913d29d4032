"""The questionnaire pages in the order in which they come: before, between and after the blocks."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from surveys.protocol.sections import Question, QuestionnairePage

if TYPE_CHECKING:
    from surveys.protocol.schema import Protocol

BEFORE, END = "before", ""


@dataclass(frozen=True)
class ShownPage:
    """One page in its place; a page that comes after several blocks is there several times."""

    page: QuestionnairePage
    # The block after which it comes; BEFORE and END stand for before the first and the end.
    after: str
    # Whether answers are stored under the block's name, too, since the page comes again.
    is_repeated: bool = False

    def stored_name(self, question: Question) -> str:
        """Return the name under which an answer is stored and exported."""
        return f"{self.after}.{question.name}" if self.is_repeated else question.name


def shown_pages(protocol: "Protocol") -> tuple[ShownPage, ...]:
    """Return every page as often as it comes."""
    by_name = {page.name: page for page in protocol.questionnaire if page.name}
    places = [(BEFORE, protocol.before)]
    places += [(block.name, block.questionnaire) for block in protocol.blocks]
    named = [(after, by_name[name]) for after, names in places for name in names]
    times = [page.name for _, page in named]
    pages = [ShownPage(page, after, times.count(page.name) > 1) for after, page in named]
    rest = [page for page in protocol.questionnaire if not page.name or page.name not in times]
    return (*pages, *(ShownPage(page, END) for page in rest))


def pages_until(protocol: "Protocol", after: str) -> int:
    """Return how many pages have been sent once those after this block have been."""
    places = [page.after for page in shown_pages(protocol)]
    return max((index for index, place in enumerate(places, 1) if place == after), default=0)
