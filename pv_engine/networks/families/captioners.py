"""Networks of transformers that write, with one question, whose classes are answers to it."""

from typing import Any

import torch

from pv_engine.errors import RecipeError
from pv_engine.networks.captioning.asked import Asked, answers_questions
from pv_engine.networks.captioning.next_token import NextToken
from pv_engine.recipe import ClassifierConfig

# Where a model or its tokenizer says with which token a text begins.
STARTS = ("decoder_start_token_id", "bos_token_id", "cls_token_id")


def captioner(model: Any, tokenizer: Any, config: ClassifierConfig, num_classes: int) -> NextToken:
    """Return the model as a classifier of the first token of each of `classifier.answers`.

    The earlier tokens are the model's own start and those of `classifier.question`. Raises
    RecipeError unless there is an answer for each class and their first tokens differ;
    `num_classes` is 1 where the classes are not known.
    """
    answers = list(config.answers)
    if num_classes not in (1, len(answers)):
        raise RecipeError(
            f"classifier.answers has {len(answers)} answers, but the data has {num_classes} "
            "classes; give one for each class, in the order of the classes."
        )
    asks = answers_questions(model)
    # What is written follows the question, or it is read by a part of its own.
    before = "" if asks else config.question
    firsts = [_first(tokenizer, before, each) for each in answers]
    for number, first in enumerate(firsts):
        if first in firsts[:number]:
            raise RecipeError(
                f"classifier.answers has {answers[firsts.index(first)]!r} and {answers[number]!r}, "
                "which begin with the same token; choose other words."
            )
    if asks and not config.question:
        raise RecipeError("The model answers questions; give it one in classifier.question.")
    start = _start(model, tokenizer)
    earlier = torch.tensor([start, *_ids(tokenizer, before)])
    if asks:
        model = Asked(model, torch.tensor(tokenizer(config.question)["input_ids"]))
    reads = "decoder_input_ids" if hasattr(model, "decoder") else "input_ids"
    vision: Any = getattr(model.config, "vision_config", getattr(model.config, "encoder", None))
    side = getattr(vision, "image_size", None)
    if not isinstance(side, int):
        raise RecipeError(
            f"{type(model).__name__} has no part that reads a square picture by itself; choose a "
            "vision encoder decoder, a BLIP or a GIT model."
        )
    return NextToken(model.eval(), earlier, torch.tensor(firsts), reads, side)


def _ids(tokenizer: Any, text: str) -> list[int]:
    found: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"] if text else []
    return found


def _first(tokenizer: Any, question: str, answer: str) -> int:
    """The answer's first token where it follows the question."""
    before = len(_ids(tokenizer, question))
    following = _ids(tokenizer, f"{question} {answer}" if question else answer)
    if len(following) <= before:
        raise RecipeError(
            f"classifier.answers has {answer!r}, of which the model's tokenizer makes no token; "
            "choose another word."
        )
    return following[before]


def _start(model: Any, tokenizer: Any) -> int:
    """The token with which the model's texts begin."""
    generation = getattr(model, "generation_config", None)
    text = getattr(model.config, "text_config", None)
    for place in (model, model.config, generation, text, tokenizer):
        for name in STARTS:
            found = getattr(place, name, None)
            if isinstance(found, int):
                return found
    raise RecipeError(
        "The model names no token with which its texts begin; set decoder_start_token_id in its "
        "config.json."
    )
