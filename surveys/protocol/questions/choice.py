"""One option of a list of words."""

from surveys.protocol.questions.kind import QuestionKind


class Choice(QuestionKind):
    name = "choice"
    meaning = "one of the options"
    stores = "the option, in the first language"
    keys = frozenset({"options", "order", "cant_tell"})
    is_scored = True
