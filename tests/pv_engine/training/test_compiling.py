import pytest
import torch
from torch._dynamo.exc import TorchDynamoException

from pv_engine.pipeline.decoder_build import DecoderBuild
from pv_engine.recipe.resources import Resources
from pv_engine.training.compiling import Compiled

REAL = torch.compile


def test_a_function_that_cannot_be_compiled_runs_as_it_is_and_the_log_says_so(monkeypatch, caplog):
    attempts = []

    def cannot(plain):
        def fail(values):
            attempts.append(values)
            raise TorchDynamoException("no C++ compiler\nwas found")

        return fail

    monkeypatch.setattr(torch, "compile", cannot)
    compiled = Compiled(lambda values: values + 1, "decoder")
    assert compiled(torch.ones(1)).item() == 2
    assert compiled(torch.ones(1)).item() == 2
    assert len(attempts) == 1
    assert caplog.messages == [
        "torch.compile does not work for the decoder here (no C++ compiler); it runs uncompiled."
    ]


def test_other_errors_are_not_swallowed(monkeypatch):
    monkeypatch.setattr(torch, "compile", lambda plain: plain)

    def broken(values):
        raise ValueError("of the network itself")

    compiled = Compiled(broken, "decoder")
    with pytest.raises(ValueError, match="of the network itself"):
        compiled(torch.ones(1))


@pytest.fixture
def traced(monkeypatch):
    """Compiles down to the backend, which runs the traced operators without a C++ compiler."""
    graphs = []

    def backend(graph, _examples):
        graphs.append(graph)
        return graph.forward

    monkeypatch.setattr(torch, "compile", lambda plain: REAL(plain, backend=backend))
    yield graphs
    torch._dynamo.reset()


def test_training_through_compiled_networks_gives_the_same_weights(tiny_recipe, tmp_path, traced):
    def decoder(compile_networks, folder):
        build = DecoderBuild(
            tiny_recipe("decoder.epochs=3"), folder, Resources(100, compile_networks)
        )
        for _ in build.run(60.0):
            pass
        return build.workspace.decoder_path.read_bytes()

    plain = decoder(False, tmp_path / "plain")
    assert not traced
    assert decoder(True, tmp_path / "compiled") == plain
    assert traced
