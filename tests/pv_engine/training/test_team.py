import pytest
import torch

from pv_engine.errors import EngineError
from pv_engine.training.batch import Batch
from pv_engine.training.team import ALONE, Team


def test_the_shares_of_all_processes_are_the_whole_step_in_order():
    rows = torch.randperm(12, generator=torch.Generator().manual_seed(0))
    shares = [Team(rank, 3).share(rows) for rank in range(3)]
    assert torch.equal(torch.cat([part for part, _ in shares]), rows)
    assert [first for _, first in shares] == [0, 4, 8]


def test_a_step_that_cannot_be_shared_equally_is_refused():
    with pytest.raises(EngineError, match="has 16 pictures, which 3 processes cannot share"):
        Team(0, 3).share(torch.arange(16))


def test_processes_mirror_the_pictures_that_one_alone_would_mirror():
    def mirrored(team):
        rows, first = team.share(torch.arange(12))
        return Batch(rows, torch.Generator().manual_seed(4), first, 12).mirrored()

    shared = torch.cat([mirrored(Team(rank, 4)) for rank in range(4)])
    assert torch.equal(shared, mirrored(ALONE))
    assert 0 < shared.sum() < 12


def test_one_process_alone_asks_nobody():
    module = torch.nn.Linear(1, 1)
    assert ALONE.leads
    assert ALONE.joined(module, torch.device("cpu")) is module
    assert ALONE.by_the_first(lambda: 3) == 3
