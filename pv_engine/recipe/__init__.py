"""The sections of a recipe: what each key may be, with its default and a docstring below it.

Free of torch and Django. `reading.read_recipe` checks them.
"""

from pv_engine.recipe.conditions import CONDITIONS, REFERENCE, UNDRAWN
from pv_engine.recipe.registries.saliency import SALIENCY
from pv_engine.recipe.sections.classifier import ClassifierConfig
from pv_engine.recipe.sections.data import DataConfig
from pv_engine.recipe.sections.decoder import DecoderConfig
from pv_engine.recipe.sections.exemplar import ExemplarConfig
from pv_engine.recipe.sections.quality import QualityConfig
from pv_engine.recipe.sections.rendering import RenderingConfig
from pv_engine.recipe.sections.selection import SelectionConfig
from pv_engine.recipe.sections.values import PerChannel

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
