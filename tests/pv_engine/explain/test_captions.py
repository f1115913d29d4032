"""A text about a picture, explained token by token; from a recipe to a strip of pictures."""

import json

import pytest
import torch
from PIL import Image
from torch import nn

from pv_engine import caption
from pv_engine.explain.captions import explain_text
from pv_engine.networks.captioning.next_token import NextToken
from pv_engine.networks.classifier import Classifier
from pv_engine.networks.cutting.backbones import cut
from pv_engine.stimulus_sets.import_list import read_import_list
from pv_engine.stimulus_sets.manifest import read_manifest
from tests.pv_engine.conftest import advanced
from tests.pv_engine.networks.small_captioners import SIZE, WORDS, small, tokenizer, vision_bert

LENGTH = 4


class Grey(nn.Module):
    """A decoder that counts how often it draws."""

    def __init__(self):
        super().__init__()
        self.drawn = 0

    def forward(self, features):
        self.drawn += 1
        return torch.full((len(features), 3, SIZE, SIZE), 0.5)


def test_each_token_is_the_models_own_with_the_earlier_ones_fixed_in_one_pass():
    model, _ = small(vision_bert)
    network = NextToken(model, torch.tensor([2]), None, "decoder_input_ids", SIZE).eval()
    classifier = Classifier(*cut(network, "a network"), 0.0, 1.0).eval()
    image = torch.rand(1, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))
    passes = []
    classifier.encoder.register_forward_hook(lambda *given: passes.append(1))
    decoder = Grey()
    written = explain_text(classifier, decoder, image, LENGTH, lambda token: False)
    assert (len(passes), decoder.drawn, len(written)) == (1, 1, LENGTH)
    tokens = [2]
    for each in written:
        with torch.no_grad():
            logits = model(pixel_values=image, decoder_input_ids=torch.tensor([tokens])).logits
        shares = logits[0, -1].softmax(dim=0)
        assert each.token == int(shares.argmax()) == each.options[0][0]
        assert each.options[0][1] == pytest.approx(float(shares.max()), abs=1e-5)
        assert [share for _, share in each.options] == pytest.approx(
            shares.topk(4).values.tolist(), abs=1e-5
        )
        tokens.append(each.token)
        assert torch.allclose(each.picture, 1 - each.map / 2)
    ended = explain_text(classifier, decoder, image, 9, lambda token: token == written[0].token)
    assert ended == []


def test_a_recipe_is_built_to_the_end_and_a_picture_explained(tiny_recipe, tmp_path, capsys):
    model, _ = small(vision_bert)
    with torch.no_grad():
        # It writes words, but for one mark that is no option.
        model.decoder.get_output_embeddings().bias[:3] -= 100
        model.decoder.get_output_embeddings().bias[3] -= 1
    model.save_pretrained(tmp_path / "captioner")
    tokenizer().save_pretrained(tmp_path / "captioner")
    changes = (
        f"classifier.architecture=hf:{tmp_path / 'captioner'}", "classifier.weights=default",
        "classifier.question=a photo of", f"classifier.answers={json.dumps(WORDS[7:])}",
        "classifier.train=none", f"data.image_size={SIZE}", "decoder.epochs=1",
        "selection.on_shortage=fewer", "selection.examples=0", "rendering.saliency=hirescam",
    )  # fmt: skip
    recipe = tiny_recipe(*changes)
    build = advanced(recipe, tmp_path / "work")
    folder = build.publish.stimulus_folder
    assert folder is not None
    manifest = read_manifest(folder)
    assert manifest["classifier"]["identity_error"] <= 1e-5
    assert len(manifest["items"]) > 0
    (recipe.folder / "captions.toml").write_text(recipe.text)
    asked = [str(recipe.folder / "captions.toml"), str(recipe.folder / "photos/val/red/00.png")]
    out = tmp_path / "strip.png"
    given = [word for change in changes for word in ("--set", change)]
    assert caption.main([*asked, "--work", str(tmp_path / "nowhere"), *given]) == 1
    assert "nowhere has no finished decoder for" in capsys.readouterr().err
    rest = ["--work", str(tmp_path / "work"), "--tokens", "3"]
    found = caption.main([*asked, *rest, "--out", str(out), *given])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert found == 0
    assert 1 <= len(lines) <= 3
    assert all(line["token"] in line["options"] and len(line["options"]) == 4 for line in lines)
    with Image.open(out) as drawn:
        assert drawn.size == (SIZE * len(lines) + 4 * (len(lines) - 1), SIZE + SIZE // 6)
    items = tmp_path / "tokens"
    assert caption.main([*asked, asked[1], "--items", str(items), *rest, *given]) == 0
    listed = read_import_list(items / "items.csv")
    assert 2 <= len(listed) <= 6
    for item in listed:
        assert item.answer in item.options
        assert not any(option.startswith("<") for option in item.options)
        assert item.texts["before"].startswith("a photo of")
        place = int(item.name.rpartition("-")[2])
        for kind, file in item.pictures:
            row = (SIZE * place + 4 * (place - 1), SIZE + SIZE // 6)
            with Image.open(items / file) as drawn:
                assert drawn.size == (row if kind == "strip" else (SIZE, SIZE))


def test_a_recipe_of_a_network_that_does_not_write_is_refused(tiny_recipe, tmp_path, capsys):
    recipe = tiny_recipe()
    (tmp_path / "own.toml").write_text(recipe.text)
    assert caption.main([str(tmp_path / "own.toml"), "x.png", "--work", str(tmp_path)]) == 1
    assert "names no classifier.answers" in capsys.readouterr().err
