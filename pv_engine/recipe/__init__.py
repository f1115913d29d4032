"""The sections of a recipe: what each key may be, with its default and a docstring below it.

Free of torch and Django. `reading.read_recipe` checks them.
"""

from pv_engine.recipe.classifier import ClassifierConfig
from pv_engine.recipe.conditions import CONDITIONS, REFERENCE, UNDRAWN
from pv_engine.recipe.data import DataConfig
from pv_engine.recipe.decoder import DecoderConfig
from pv_engine.recipe.exemplar import ExemplarConfig
from pv_engine.recipe.quality import QualityConfig
from pv_engine.recipe.rendering import RenderingConfig
from pv_engine.recipe.saliency import SALIENCY
from pv_engine.recipe.selection import SelectionConfig
from pv_engine.recipe.values import PerChannel

__all__ = [
    "CONDITIONS",
    "REFERENCE",
    "SALIENCY",
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
