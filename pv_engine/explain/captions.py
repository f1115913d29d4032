"""Explains a text about a picture token by token: where the model looked for each, and its PV."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pv_engine.explain.perception import masked
from pv_engine.explain.saliency import Normalisation, saliency_maps
from pv_engine.networks.captioning.next_token import continued
from pv_engine.networks.classifier import Classifier


@dataclass(frozen=True)
class WrittenToken:
    """One token of the text, with everything before it fixed.

    Attributes
    ----------
    token : int
    options : tuple of (int, float)
        The likeliest tokens at this place with their probabilities, the likeliest first.
    map : (s, s) in [0, 1]
    picture : (3, s, s) in [0, 1]
        The perception visualization: the reconstruction under the token's map.
    """

    token: int
    options: tuple[tuple[int, float], ...]
    map: Tensor
    picture: Tensor


@torch.no_grad()
def explain_text(
    classifier: Classifier,
    decoder: nn.Module,
    image: Tensor,
    length: int,
    ends: Callable[[int], bool],
    options: int = 4,
    method: str = "gradcam",
    normalisation: Normalisation = "paper",
) -> list[WrittenToken]:
    """Let a captioning network write after its question, and explain each token.

    The picture is read once and drawn once; for each token only the rest of the network runs.

    Parameters
    ----------
    classifier : Classifier
        Of a captioning network; its own answers do not limit what is written.
    decoder : nn.Module
        Features to pictures, trained for this network.
    image : (1, 3, H, W) in [0, 1]
    length : int
        Tokens at most.
    ends : callable
        Whether a token ends the text; it is not explained.
    options : int
        How many of the likeliest tokens to keep.
    method, normalisation
        As in `saliency_maps`.

    Raises
    ------
    RecipeError
        For a network that does not write.
    """
    features, head = classifier.seen(image)
    drawn = decoder(features)
    written: list[WrittenToken] = []
    for _ in range(length):
        earlier = torch.tensor([each.token for each in written], dtype=torch.long)
        rest = continued(head, earlier)
        shares = rest(features).softmax(dim=1)[0]
        likeliest = shares.topk(min(options, len(shares)))
        token = int(likeliest.indices[0])
        if ends(token):
            break
        found = saliency_maps(
            method, rest, features, torch.tensor([token]), image.shape[-1], normalisation
        )
        pairs = zip(likeliest.indices.tolist(), likeliest.values.tolist(), strict=True)
        written.append(WrittenToken(token, tuple(pairs), found[0], masked(drawn, found)[0]))
    return written
