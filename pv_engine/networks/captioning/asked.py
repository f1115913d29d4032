"""A network that answers questions about pictures, with one question."""

from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn


class Asked(nn.Module):
    """BLIP's question answering as a captioning network: what it writes is its answer.

    Its own forward gives no logits, so its parts are called here as its `generate` calls them: one
    reads the picture, one the question beside the picture's tokens, and one writes the answer.

    Parameters
    ----------
    model : nn.Module
        Of transformers, with `vision_model`, `text_encoder` and `text_decoder`.
    question : (T,)
        The tokens of the question.
    """

    question: Tensor

    def __init__(self, model: Any, question: Tensor) -> None:
        super().__init__()
        # The model's own names, under which its weights are stored.
        self.vision_model = model.vision_model
        self.text_encoder = model.text_encoder
        self.text_decoder = model.text_decoder
        self.config = model.config
        self.register_buffer("question", question, persistent=False)

    def forward(self, pixel_values: Tensor, input_ids: Tensor) -> SimpleNamespace:
        """Return `logits` (B, tokens, vocabulary) of the answer's earlier tokens (B, tokens)."""
        seen = self.vision_model(pixel_values=pixel_values).last_hidden_state
        asked = self.text_encoder(
            input_ids=self.question.expand(len(seen), -1),
            encoder_hidden_states=seen,
            encoder_attention_mask=_all_of(seen),
        ).last_hidden_state
        written = self.text_decoder(
            input_ids=input_ids, encoder_hidden_states=asked, encoder_attention_mask=_all_of(asked)
        )
        return SimpleNamespace(logits=written.logits)


def answers_questions(model: nn.Module) -> bool:
    """Return whether a model of transformers has a part for a question and one for its answer."""
    return hasattr(model, "text_encoder") and hasattr(model, "text_decoder")


def _all_of(tokens: Tensor) -> Tensor:
    return torch.ones(tokens.shape[:-1], dtype=torch.long, device=tokens.device)
