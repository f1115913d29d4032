"""The sections of a recipe: frozen, one docstring per field, rules across fields in __post_init__.

Free of torch and Django. A broken rule raises RecipeError with one sentence.
"""

from pv_engine.recipe.classifier import ClassifierConfig
from pv_engine.recipe.conditions import CONDITIONS, REFERENCE, UNDRAWN
from pv_engine.recipe.data import DataConfig
from pv_engine.recipe.decoder import DecoderConfig
from pv_engine.recipe.exemplar import ExemplarConfig
from pv_engine.recipe.quality import QualityConfig
from pv_engine.recipe.rendering import SALIENCY_METHODS, RenderingConfig
from pv_engine.recipe.rules import PerChannel
from pv_engine.recipe.selection import SelectionConfig

__all__ = [
    "CONDITIONS",
    "REFERENCE",
    "SALIENCY_METHODS",
    "UNDRAWN",
    "ClassifierConfig",
    "DataConfig",
    "DecoderConfig",
    "ExemplarConfig",
    "PerChannel",
    "QualityConfig",
    "RenderingConfig",
    "SelectionConfig",
]
