"""The kinds of questions by name. To add one, write its file and its template, and list it here."""

from surveys.protocol.questions.choice import Choice
from surveys.protocol.questions.kind import QuestionKind
from surveys.protocol.questions.pictures import Pictures
from surveys.protocol.questions.ranking import Ranking
from surveys.protocol.questions.scale import Scale
from surveys.protocol.questions.slider import Slider
from surveys.protocol.questions.text import FreeText

KINDS: dict[str, QuestionKind] = {
    kind.name: kind for kind in (Choice(), Pictures(), Scale(), Slider(), FreeText(), Ranking())
}
