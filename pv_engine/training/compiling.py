"""torch.compile with a fallback to the plain network."""

import logging
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch._dynamo.exc import TorchDynamoException

logger = logging.getLogger(__name__)


class Compiled(nn.Module):
    """Calls a compiled function and, once compiling has failed, the plain one.

    Only for calls: weights are stored and loaded with the plain module.
    """

    def __init__(self, plain: Callable[[Tensor], Tensor], what: str) -> None:
        super().__init__()
        self.plain = plain
        self.what = what
        self.fast: Callable[[Tensor], Tensor] | None = torch.compile(plain)

    def forward(self, values: Tensor) -> Tensor:
        if self.fast is not None:
            try:
                return self.fast(values)
            except TorchDynamoException as error:
                self.fast = None
                reason = str(error).strip().splitlines()
                logger.warning(
                    "torch.compile does not work for the %s here (%s); it runs uncompiled.",
                    self.what,
                    reason[0] if reason else type(error).__name__,
                )
        return self.plain(values)
