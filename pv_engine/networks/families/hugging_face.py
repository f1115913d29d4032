"""Networks of Hugging Face's transformers, `hf:<name or folder>`.

An optional package, imported only when a recipe names one: `pip install -r requirements-hf.txt`.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from pv_engine.errors import RecipeError, reason_of
from pv_engine.networks.families.captioners import captioner
from pv_engine.networks.families.family import UNKNOWN, Preset
from pv_engine.networks.families.image_processors import prepared_by
from pv_engine.networks.families.zero_shot import ZeroShot, checked_prompts
from pv_engine.networks.segmentation.segmenter import segmenter_of
from pv_engine.recipe import ClassifierConfig


class Logits(nn.Module):
    """Gives the logits of a network that gives other things as well; (B, 3, H, W) to (B, n)."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        side = getattr(getattr(model, "config", None), "image_size", None)
        # Where timm's networks say it, for the trial pictures.
        self.pretrained_cfg = {"input_size": (3, side, side)} if isinstance(side, int) else {}

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.model(images).logits
        return logits


class Comparing(ZeroShot):
    """A model that compares pictures with texts, with the classes as prompts."""

    def text_features(self) -> Tensor:
        return _pooled(self.whole[0].get_text_features(**self.tokens))  # type: ignore[operator] # a method

    def picture_features(self, images: Tensor) -> Tensor:
        return _pooled(self.whole[0].get_image_features(images))  # type: ignore[operator] # a method


def _pooled(output: Any) -> Tensor:
    found: Tensor = output.pooler_output
    return found


class HuggingFace:
    """A name of the hub, or a folder that `save_pretrained` wrote; weights as safetensors only."""

    def create(self, config: ClassifierConfig, num_classes: int, pretrained: bool) -> nn.Module:
        if config.prompts:
            return _zero_shot(config, num_classes, pretrained)
        if config.answers:
            model = _loaded(config, _writing_kind(config), pretrained)
            return captioner(model, tokenizer_of(config), config, num_classes)
        segments = config.task == "segmentation"
        kind = "AutoModelForSemanticSegmentation" if segments else "AutoModelForImageClassification"
        model = _loaded(config, kind, pretrained)
        if not segments:
            return Logits(model)
        # What helped in training decides nothing.
        setattr(model, "auxiliary_head", None)  # noqa: B010 - typed as a module elsewhere
        return segmenter_of(model, num_classes, config.architecture)

    def preset(self, config: ClassifierConfig) -> Preset:
        return replace(_preparation(config), outputs=_outputs(config))


def _preparation(config: ClassifierConfig) -> Preset:
    """As the image processor prepares pictures, for every task."""
    try:
        return prepared_by(_named(config))
    except RecipeError as error:
        if config.mean is not None and config.std is not None:
            return UNKNOWN  # the recipe says how
        raise RecipeError(
            f"classifier.architecture is {config.architecture!r}, but {error}; name another model, "
            "or say in classifier.mean and classifier.std how its pictures are normalised."
        ) from error


def _stored_settings(config: ClassifierConfig) -> dict[str, Any]:
    """What config.json says; empty where it cannot be read."""
    try:
        from transformers import PretrainedConfig

        found: dict[str, Any] = PretrainedConfig.get_config_dict(_named(config))[0]
    except (ImportError, OSError, ValueError):
        return {}  # `_loaded` says what is wrong with the name
    return found


def _outputs(config: ClassifierConfig) -> tuple[str, ...]:
    """The names of a classifier's outputs; those of prompts and answers are the recipe's."""
    if config.prompts or config.answers:
        return ()
    try:
        return outputs_in(_stored_settings(config), config.architecture)
    except RecipeError:
        return ()  # `create` refuses it where it matters


def _zero_shot(config: ClassifierConfig, num_classes: int, pretrained: bool) -> nn.Module:
    prompts = checked_prompts(config, num_classes)
    model: Any = _loaded(config, "AutoModelForZeroShotImageClassification", pretrained).eval()
    tokens = _tokens(config, prompts, model.config.text_config.max_position_embeddings)
    parts = tuple(name for name in PICTURE_PARTS if hasattr(model, name))
    return Comparing(model, parts, tokens, getattr(model.config.vision_config, "image_size", None))


def _tokens(config: ClassifierConfig, prompts: list[str], longest: int) -> dict[str, Tensor]:
    return dict(
        tokenizer_of(config)(
            prompts, padding="max_length", truncation=True, max_length=longest, return_tensors="pt"
        )
    )


def tokenizer_of(config: ClassifierConfig) -> Any:
    """Return the tokenizer that belongs to a model; RecipeError if there is none."""
    try:
        from transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained(_named(config))
    except (OSError, ValueError) as error:
        raise RecipeError(
            f"classifier.architecture is {config.architecture!r}, whose tokenizer cannot be loaded "
            f"({reason_of(error)}); put its files beside the model's."
        ) from error


def _writing_kind(config: ClassifierConfig) -> str:
    """Which of transformers' classes a stored model is: one that captions, or answers questions."""
    stored = _stored_settings(config).get("architectures") or []
    asks = any(str(each).endswith("ForQuestionAnswering") for each in stored)
    return "AutoModelForVisualQuestionAnswering" if asks else "AutoModelForImageTextToText"


# Of models that compare pictures with texts, those that read pictures.
PICTURE_PARTS = ("vision_model", "visual_projection")
# What the kinds of models are called in a message.
MEANT = {
    "AutoModelForImageClassification": "an image classifier",
    "AutoModelForSemanticSegmentation": "a segmentation network",
    "AutoModelForZeroShotImageClassification": "a zero-shot classifier",
    "AutoModelForImageTextToText": "a captioning network",
    "AutoModelForVisualQuestionAnswering": "a network that answers questions",
}


def _loaded(config: ClassifierConfig, kind: str, pretrained: bool) -> nn.Module:
    """A model of one of transformers' classes, with its weights or with random ones."""
    named = _named(config)
    try:
        import transformers

        maker: Any = getattr(transformers, kind)
        if pretrained:
            found: nn.Module = maker.from_pretrained(named, use_safetensors=True)
            _refuse_another(found, config)
            if config.train == "none":
                outputs_in(_stored_settings(config), config.architecture)
        else:
            found = maker.from_config(transformers.AutoConfig.from_pretrained(named))
        return found
    except ImportError as error:
        raise RecipeError(
            f"classifier.architecture is {config.architecture!r}, which needs the package "
            "transformers; install it with `pip install -r requirements-hf.txt`."
        ) from error
    except (OSError, ValueError, RuntimeError) as error:
        # transformers raises a RuntimeError where config.json has other sizes than the weights.
        raise RecipeError(
            f"classifier.architecture is {config.architecture!r}, which cannot be loaded as "
            f"{MEANT[kind]} ({reason_of(error)}); name one of the hub, or a folder that "
            "save_pretrained wrote."
        ) from error


def _refuse_another(model: Any, config: ClassifierConfig) -> None:
    """Raise RecipeError where nothing is trained and the weights are those of another network.

    transformers reads what fits, such as the layers before the head, and leaves the rest random.
    """
    stored, kind = model.config.architectures or [], type(model).__name__
    if config.train == "none" and stored and kind not in stored:
        raise RecipeError(
            f"classifier.architecture is {config.architecture!r}, which has the weights of a "
            f"{stored[0]}, but would be explained as a {kind}, partly with random weights; name "
            'another model or set classifier.train = "head".'
        )


def _named(config: ClassifierConfig) -> str:
    named = config.architecture.partition(":")[2]
    folder = Path(named).expanduser()
    return str(folder.resolve()) if folder.is_dir() else named


def outputs_in(settings: dict[str, Any], architecture: str) -> tuple[str, ...]:
    """Return the names of the outputs that a config.json gives, in order; empty where it does not.

    Names that transformers makes up, LABEL_0 and so on, say nothing. ImageNet has two classes
    called crane, of which `label2id` has one.

    Raises
    ------
    RecipeError
        If `id2label` and `label2id` disagree, or do not count the outputs from 0.
    """
    by_number = _informative((settings.get("id2label") or {}).items())
    by_name = _informative(
        (number, name) for name, number in (settings.get("label2id") or {}).items()
    )
    for number, name in by_name:
        there = [other for other, called in by_number if called == name]
        if there and number not in there:
            raise _contradicts(
                architecture, f"{name!r} is output {there[0]} in id2label, but {number} in label2id"
            )
    found = dict(by_number or by_name)
    if sorted(found) != list(range(len(found))):
        raise _contradicts(
            architecture, f"the outputs are {min(found)} to {max(found)}, not counted from 0"
        )
    return tuple(found[number] for number in range(len(found)))


def _contradicts(architecture: str, found: str) -> RecipeError:
    return RecipeError(
        f"classifier.architecture is {architecture!r}, whose config.json does not say which class "
        f"each output is ({found}); correct it in a folder that save_pretrained wrote, and name "
        "that folder."
    )


def _informative(pairs: Iterable[tuple[Any, Any]]) -> list[tuple[int, str]]:
    """Outputs and their names; empty where transformers made the names up."""
    try:
        found = [(int(number), str(name)) for number, name in pairs]
    except (TypeError, ValueError):
        return []  # `_loaded` says so
    return [] if all(re.fullmatch(r"LABEL_\d+", name) for _, name in found) else found
