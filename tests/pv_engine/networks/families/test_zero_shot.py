"""Classifiers whose classes are prompts, of optional packages; small ones with random weights."""

import json
import sys

import pytest
import torch
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from safetensors.torch import save_file
from torch import nn

from pv_engine.data.transform import Transform
from pv_engine.errors import RecipeError
from pv_engine.explain.saliency import saliency_maps
from pv_engine.networks.classifier import build_classifier
from pv_engine.networks.families.known import create_network, preset_of
from pv_engine.recipe import ClassifierConfig
from pv_engine.recipe.reading import parse_recipe

PROMPTS = ["amber light", "a blue car", "grass", "a red fox"]
SIZE = 64
TEXT = {"context_length": 16, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1}
VISION = {"image_size": SIZE, "layers": 3, "width": 48, "head_width": 16, "patch_size": 16}


@pytest.fixture
def images():
    return torch.rand(3, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))


def recipe_of(tiny_recipe, architecture, weights="default"):
    return tiny_recipe(
        f"classifier.architecture={architecture}", f"classifier.weights={weights}",
        f"classifier.prompts={json.dumps(PROMPTS)}", "classifier.train=none",
        f"data.image_size={SIZE}",
    )  # fmt: skip


@pytest.fixture
def open_clip_folder(tmp_path):
    """A small model of open_clip in a folder as its hub has them, and the model."""
    open_clip = pytest.importorskip("open_clip")
    about = {"model_cfg": {"embed_dim": 24, "vision_cfg": VISION, "text_cfg": TEXT}}
    (tmp_path / "open_clip_config.json").write_text(json.dumps(about))
    torch.manual_seed(0)
    model = open_clip.create_model(f"local-dir:{tmp_path}", load_weights=False).eval()
    save_file(dict(model.state_dict()), tmp_path / "open_clip_model.safetensors")
    return tmp_path, model


@pytest.mark.parametrize("from_file", [False, True])
def test_a_model_of_open_clip_is_explained_exactly(
    open_clip_folder, tiny_recipe, images, from_file
):
    folder, model = open_clip_folder
    weights = folder / "open_clip_model.safetensors" if from_file else "default"
    recipe = recipe_of(tiny_recipe, f"open_clip:{folder}", weights)
    classifier = build_classifier(recipe, 4, images).eval()
    tokens = pytest.importorskip("open_clip").get_tokenizer(f"local-dir:{folder}")(PROMPTS)
    with torch.no_grad():
        pictures, texts, scale = model(classifier.normalised(images), tokens)
        features, head = classifier.seen(images)
        assert torch.allclose(head(features), scale * pictures @ texts.T, atol=1e-4)
    assert classifier.identity_error <= 1e-5
    assert features.shape == (3, 48, 4, 4)
    assert preset_of(recipe.classifier).transform == Transform(SIZE, SIZE, "bicubic")


def test_its_maps_are_pytorch_grad_cams(open_clip_folder, tiny_recipe, images):
    folder, _ = open_clip_folder
    recipe = recipe_of(tiny_recipe, f"open_clip:{folder}")
    classifier = build_classifier(recipe, 4).eval()
    network = create_network(recipe.classifier, 4, pretrained=True).eval()
    targets = torch.tensor([0, 1, 2])
    # The input of the last block, whose class token comes first.
    tap = nn.Identity()
    blocks = network.get_submodule("visual.transformer.resblocks")
    last = list(blocks.children())[-1]
    last.register_forward_pre_hook(lambda module, given: (tap(given[0]), *given[1:]))
    theirs = GradCAM(
        network, [tap], reshape_transform=lambda row: row[:, 1:].mT.reshape(len(row), -1, 4, 4)
    )(classifier.normalised(images), [ClassifierOutputTarget(int(each)) for each in targets])
    features, head = classifier.seen(images)
    ours = saliency_maps("gradcam", head, features, targets, SIZE, "library")
    assert torch.allclose(ours, torch.from_numpy(theirs), atol=1e-4)


@pytest.fixture(params=["CLIP", "Siglip"])
def hugging_face_folder(request, tmp_path):
    """A small model that compares pictures with texts, with a tokenizer of whole words."""
    transformers = pytest.importorskip("transformers")
    tokenizers = pytest.importorskip("tokenizers")
    size = {"hidden_size": 48, "intermediate_size": 64, "num_attention_heads": 3}
    words = ["<pad>", "<unk>", "a", "car", "red", "blue", "fox", "grass", "<end>"]
    text = size | {"num_hidden_layers": 1, "vocab_size": 16, "max_position_embeddings": 8}
    text |= {"eos_token_id": 8, "bos_token_id": 7, "pad_token_id": 0, "projection_size": 48}
    vision = size | {"num_hidden_layers": 3, "image_size": SIZE, "patch_size": 16}
    config = getattr(transformers, f"{request.param}Config")(text_config=text, vision_config=vision)
    torch.manual_seed(0)
    model = getattr(transformers, f"{request.param}Model")(config).eval()
    model.save_pretrained(tmp_path)
    table = tokenizers.models.WordLevel(
        {word: number for number, word in enumerate(words)}, unk_token="<unk>"
    )
    whole = tokenizers.Tokenizer(table)
    whole.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=whole, pad_token="<pad>", unk_token="<unk>", eos_token="<end>"
    )
    tokenizer.save_pretrained(tmp_path)
    return tmp_path, model, tokenizer


def test_a_model_of_hugging_face_is_explained_exactly(hugging_face_folder, tiny_recipe, images):
    folder, model, tokenizer = hugging_face_folder
    classifier = build_classifier(recipe_of(tiny_recipe, f"hf:{folder}"), 4, images).eval()
    tokens = tokenizer(PROMPTS, padding="max_length", max_length=8, return_tensors="pt")
    tokens.pop("token_type_ids", None)
    with torch.no_grad():
        expected = model(pixel_values=classifier.normalised(images), **tokens).logits_per_image
        features, head = classifier.seen(images)
        assert torch.allclose(head(features), expected, atol=1e-4)
    assert classifier.identity_error <= 1e-5
    assert features.shape[1:] == (48, 4, 4)


def test_another_number_of_prompts_than_classes_is_refused():
    for name in ("open_clip:ViT-B-32", "hf:openai/clip-vit-base-patch32"):
        config = ClassifierConfig(architecture=name, prompts=("a dog", "a cat"))
        with pytest.raises(RecipeError, match="has 2 prompts, but the data has 4 classes"):
            create_network(config, 4)
    with pytest.raises(RecipeError, match="has 0 prompts"):
        create_network(ClassifierConfig(architecture="open_clip:ViT-B-32"), 4)


def test_without_the_package_the_recipe_is_refused_with_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "open_clip", None)
    config = ClassifierConfig(architecture="open_clip:ViT-B-32", prompts=("a dog", "a cat"))
    with pytest.raises(RecipeError, match=r"needs the package open_clip_torch; install it with"):
        create_network(config, 2)


def test_weights_to_download_need_a_tag():
    config = ClassifierConfig(architecture="open_clip:ViT-B-32", prompts=("a dog", "a cat"))
    with pytest.raises(RecipeError, match=r"add the tag of some, such as open_clip:ViT-B-32/<tag>"):
        create_network(config, 2, pretrained=True)


def test_prompts_of_other_networks_are_refused(tmp_path):
    text = '[data]\nroot = "."\n[classifier]\narchitecture = "timm:resnet18"\nprompts = ["a dog"]\n'
    with pytest.raises(RecipeError, match=r"classifier.prompts is for zero-shot classifiers"):
        parse_recipe(text, "own.toml", tmp_path)
