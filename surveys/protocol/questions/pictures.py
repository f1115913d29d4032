"""One of several pictures, by a click on it."""

from surveys.protocol.questions.kind import CANT_TELL, AskedQuestion, QuestionKind


class Pictures(QuestionKind):
    """Options are kinds of pictures, whose names stay on the server."""

    name = "pictures"
    meaning = "one of several pictures of the item, whose kinds are the options"
    stores = "the kind of the picture"
    keys = frozenset({"options", "order", "cant_tell"})
    is_scored = True

    def form_value(self, asked: AskedQuestion, option: str) -> str:
        """Return the picture's place, since the name of its kind may be the key."""
        return option if option == CANT_TELL else str(list(asked.options).index(option) + 1)
