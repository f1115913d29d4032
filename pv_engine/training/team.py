"""Processes that train together, one for each GPU, or a single process.

`torchrun` starts them. All take the same steps: each processes its share of a batch,
DistributedDataParallel averages the gradients, and the first process decides and writes.
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
from pv_engine.networks.layers.shared_batch_norm import share_batch_norms

Answer = TypeVar("Answer")

# How long the others wait for the first process, which reads pictures and computes features.
LONGEST_WAIT = datetime.timedelta(hours=12)


@dataclass(frozen=True)
class Team:
    """This process's number, `rank`, from 0, and the number of processes, `size`."""

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
        """Return this process's part of a step's rows, and the index of its first row.

        Raises EngineError if the processes cannot share the rows equally.
        """
        count, rest = divmod(len(rows), self.size)
        if rest:
            raise EngineError(
                f"A step has {len(rows)} pictures, which {self.size} processes cannot share "
                "equally; choose a batch_size that is a multiple of their number."
            )
        return rows[self.rank * count : (self.rank + 1) * count], self.rank * count

    def wait(self) -> None:
        """Wait until all processes are here."""
        if not self.is_alone:
            distributed.barrier()

    def by_the_first(self, answer: Callable[[], Answer]) -> Answer:
        """Return the first process's answer in all processes."""
        if self.is_alone:
            return answer()
        shared: list[Any] = [answer() if self.leads else None]
        distributed.broadcast_object_list(shared, src=0)
        found: Answer = shared[0]
        return found

    @contextlib.contextmanager
    def first_goes_first(self) -> Iterator[None]:
        """Let the first process run the block before the others, which can then read its files."""
        if not self.leads:
            self.wait()
        yield
        if self.leads:
            self.wait()

    def mean(self, values: Tensor) -> Tensor:
        """Return the mean of a tensor over all processes."""
        if self.is_alone:
            return values
        total = values.clone()
        distributed.all_reduce(total)
        return total / self.size

    def agree_on(self, value: int, refusal: str) -> None:
        """Raise EngineError with the message `refusal` unless all processes have the same value."""
        if self.is_alone:
            return
        values: list[Any] = [None] * self.size
        distributed.all_gather_object(values, value)
        if len(set(values)) > 1:
            raise EngineError(refusal)

    def joined(self, module: nn.Module, device: torch.device) -> nn.Module:
        """Return the module to call in training, with gradients averaged over processes.

        Its batch norms are replaced by ones that see the whole step, under the same names.
        """
        if self.is_alone:
            return module
        shared = share_batch_norms(module, device)
        devices = [device] if device.type == "cuda" else None
        return DistributedDataParallel(shared, device_ids=devices)


ALONE = Team()


@contextlib.contextmanager
def team_of_torchrun() -> Iterator[Team]:
    """Join the processes that torchrun started, with NCCL on CUDA and gloo elsewhere."""
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
    """End this process; if torchrun started it, skip the interpreter's clean-up.

    During the clean-up, threads of torch's libraries occasionally abort a process (about one run in
    twenty with torch 2.13 and gloo), which torchrun would report as a failed training.
    """
    if not distributed.is_torchelastic_launched():
        sys.exit(status)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
