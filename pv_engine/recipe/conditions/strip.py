"""`strip`: the perception visualizations of a text's tokens in a row, a word under each.

Drawn by `pv_engine.caption --items`, where an item is a token of a text: a build's items have no
text.
"""

from pv_engine.recipe.conditions.wording import FADES, NOTES
from pv_engine.registry import Condition

CONDITION = Condition(
    None,
    title="Strip of PVs",
    introduction="The model writes about the image word by word. The explanation is a row of "
    "pictures, one for each word so far, with the word under it; the last one, with a question "
    f"mark, is for the word that comes next. {NOTES} {FADES}",
    made_by="python -m pv_engine.caption --items",
)
