"""Several processes that train together, one on each GPU; or one alone.

`torchrun` starts them. All go through the same steps: each takes its share of a batch, gradients
are averaged by DistributedDataParallel, and whatever is decided or written, the first one decides
and writes.
"""

import contextlib
import datetime
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from pv_engine.errors import EngineError
from pv_engine.networks.shared_batch_norm import share_batch_norms

Answer = TypeVar("Answer")

# The others wait for the first one while it reads pictures or computes features.
LONGEST_WAIT = datetime.timedelta(hours=12)


@dataclass(frozen=True)
class Team:
    """`rank` is this process's number from 0, `size` how many there are."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process decides and writes."""
        return self.rank == 0

    @property
    def is_alone(self) -> bool:
        return self.size == 1

    def share(self, rows: Tensor) -> tuple[Tensor, int]:
        """This process's part of a step's rows, and the place of its first row.

        Raises EngineError when the processes cannot share them equally.
        """
        count, rest = divmod(len(rows), self.size)
        if rest:
            raise EngineError(
                f"A step has {len(rows)} pictures, which {self.size} processes cannot share "
                "equally; choose a batch_size that is a multiple of their number."
            )
        return rows[self.rank * count : (self.rank + 1) * count], self.rank * count

    def wait(self) -> None:
        """Until all processes are here."""
        if not self.is_alone:
            distributed.barrier()

    def by_the_first(self, answer: Callable[[], Answer]) -> Answer:
        """What the first process answers; the others wait for it."""
        if self.is_alone:
            return answer()
        told: list[Any] = [answer() if self.leads else None]
        distributed.broadcast_object_list(told, src=0)
        found: Answer = told[0]
        return found

    @contextlib.contextmanager
    def first_goes_first(self) -> Iterator[None]:
        """The others enter when the first process has left, and find what it wrote."""
        if not self.leads:
            self.wait()
        yield
        if self.leads:
            self.wait()

    def mean(self, values: Tensor) -> Tensor:
        """The mean over processes of tensors of one shape."""
        if self.is_alone:
            return values
        total = values.clone()
        distributed.all_reduce(total)
        return total / self.size

    def agree_on(self, value: int, refusal: str) -> None:
        """Raise EngineError with the sentence unless every process has the same value."""
        if self.is_alone:
            return
        values: list[Any] = [None] * self.size
        distributed.all_gather_object(values, value)
        if len(set(values)) > 1:
            raise EngineError(refusal)

    def joined(self, module: nn.Module, device: torch.device) -> nn.Module:
        """The module as it is to be called in training, its gradients averaged over processes.

        Its batch norms become ones that see the whole step, under the same names.
        """
        if self.is_alone:
            return module
        shared = share_batch_norms(module, device)
        devices = [device] if device.type == "cuda" else None
        return DistributedDataParallel(shared, device_ids=devices)


ALONE = Team()


@contextlib.contextmanager
def team_of_torchrun() -> Iterator[Team]:
    """The processes that torchrun started, or this one alone; NCCL on CUDA, gloo elsewhere."""
    if not distributed.is_torchelastic_launched() or os.environ["WORLD_SIZE"] == "1":
        yield ALONE
        return
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    backend = "nccl" if torch.cuda.is_available() else "gloo"
    distributed.init_process_group(backend, timeout=LONGEST_WAIT)
    try:
        yield Team(distributed.get_rank(), distributed.get_world_size())
    finally:
        distributed.destroy_process_group()


def leave(status: int) -> NoReturn:
    """End this process; where torchrun started it, without the interpreter's clean-up.

    Nothing is left to write. In the clean-up, threads of torch's libraries abort a process of a
    team now and then (one run in some twenty, with torch 2.13 and gloo), which torchrun would
    take for a failed training.
    """
    if not distributed.is_torchelastic_launched():
        sys.exit(status)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
