"""Segmentation networks whose last part reads maps of several sizes, the smallest one explained."""

import json

import pytest
import torch
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import SemanticSegmentationTarget
from torch import nn
from torchvision.models.segmentation import lraspp_mobilenet_v3_large

from pv_engine.errors import RecipeError, WeightsError
from pv_engine.explain.saliency import saliency_maps
from pv_engine.networks.classifier import build_classifier
from pv_engine.networks.cutting.backbones import cut
from pv_engine.networks.cutting.identity import identity_error
from pv_engine.networks.cutting.prefix import MAPS, parted
from pv_engine.networks.families.known import create_network, preset_of
from pv_engine.networks.segmentation.masks import predicted_masks
from pv_engine.networks.segmentation.segmenter import SegmentationHead, segmenter_of
from pv_engine.networks.weights.files import save_weights
from pv_engine.recipe import ClassifierConfig

SIZE, CLASSES = 96, 4
STAGES = ["stage1", "stage2", "stage3", "stage4"]


def lraspp():
    network = lraspp_mobilenet_v3_large(
        weights=None, weights_backbone=None, num_classes=CLASSES + 1
    )
    return network, "classifier"


def segformer():
    transformers = pytest.importorskip("transformers")
    config = transformers.SegformerConfig(
        hidden_sizes=[8, 16, 20, 24], depths=[1, 1, 1, 1], num_attention_heads=[1, 2, 5, 4],
        decoder_hidden_size=16, num_labels=CLASSES, image_size=64,
    )  # fmt: skip
    return transformers.SegformerForSemanticSegmentation(config), "decode_head"


def upernet():
    transformers = pytest.importorskip("transformers")
    backbone = transformers.ConvNextConfig(
        hidden_sizes=[8, 8, 16, 16], depths=[1, 1, 1, 1], out_features=STAGES
    )
    config = transformers.UperNetConfig(
        backbone_config=backbone, hidden_size=16, num_labels=CLASSES, use_auxiliary_head=False
    )
    return transformers.UperNetForSemanticSegmentation(config), "decode_head"


def beit():
    transformers = pytest.importorskip("transformers")
    config = transformers.BeitConfig(
        hidden_size=16, num_hidden_layers=4, num_attention_heads=2, intermediate_size=32,
        image_size=SIZE, patch_size=16, num_labels=CLASSES, out_indices=[1, 2, 3, 4],
        use_auxiliary_head=False,
    )  # fmt: skip
    return transformers.BeitForSemanticSegmentation(config), "decode_head"


def convolutions(before, after):
    return nn.Sequential(nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU())


class Contracting(nn.Module):
    """The left side of a U-Net: four maps, each half as large as the one before."""

    def __init__(self):
        super().__init__()
        widths = [3, 8, 16, 24, 32]
        self.levels = nn.ModuleList(map(convolutions, widths[:-1], widths[1:]))

    def forward(self, images):
        maps = [images]
        for place, level in enumerate(self.levels):
            maps.append(level(nn.functional.max_pool2d(maps[-1], 2) if place else images))
        return maps[1:]


class Expanding(nn.Module):
    """The right side: enlarges the smallest map step by step beside the others."""

    def __init__(self):
        super().__init__()
        widths = [8, 16, 24, 32]
        pairs = list(zip(widths[1:], widths[:-1], strict=True))
        self.enlarging = nn.ModuleList(nn.ConvTranspose2d(*pair, 2, stride=2) for pair in pairs)
        self.levels = nn.ModuleList(convolutions(2 * width, width) for _, width in pairs)
        self.last = nn.Conv2d(8, CLASSES + 1, 1)

    def forward(self, maps):
        found = maps[-1]
        for place in (2, 1, 0):
            beside = torch.cat([maps[place], self.enlarging[place](found)], dim=1)
            found = self.levels[place](beside)
        return self.last(found)


class UNet(nn.Module):
    """A network of one's own, as Ronneberger et al. (2015) drew it."""

    def __init__(self):
        super().__init__()
        self.encoder = Contracting()
        self.decoder = Expanding()

    def forward(self, images):
        return {"out": self.decoder(self.encoder(images))}


def unet():
    return UNet(), "decoder"


@pytest.fixture(params=[lraspp, segformer, upernet, beit, unet])
def network_and_part(request):
    """A network of random weights whose answer differs from place to place."""
    torch.manual_seed(0)
    network, part = request.param()
    with torch.no_grad():
        for module in network.eval().get_submodule(part).modules():
            if isinstance(module, nn.Conv2d):
                module.weight.normal_(std=0.3)
    return network, part


@pytest.fixture
def images():
    return torch.rand(2, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))


def smallest_tapped(network, part):
    """Let the smallest map that the last part reads pass through a layer, which is returned."""
    tap = nn.Identity()

    def replaced(module, given):
        (maps,) = given
        if isinstance(maps, dict):
            return ({**maps, "high": tap(maps["high"])},)
        return ([*maps[:-1], tap(maps[-1])],)

    network.get_submodule(part).register_forward_pre_hook(replaced)
    return tap


class Enlarged(nn.Module):
    """The library's own network, its logits as large as the picture."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, images):
        found = self.network(images)
        logits = found["out"] if "out" in found else found["logits"]
        return nn.functional.interpolate(logits, images.shape[2:], mode="bilinear")


def test_the_smallest_map_is_explained_exactly_and_as_pytorch_grad_cam_does(
    network_and_part, images
):
    network, part = network_and_part
    segmenter = segmenter_of(network, CLASSES, "a network")
    encoder, head = cut(segmenter, "a network")
    assert identity_error(segmenter, encoder, head, images) <= 1e-5
    encoded = encoder(images)
    features, bound = parted(encoded, head)
    assert features.shape[2] == min(each.shape[2] for each in encoded)
    with torch.no_grad():
        masks = predicted_masks(segmenter.pixels(images))
        targets = segmenter(images).argmax(dim=1)
        first = int(segmenter.pixels(images).shape[1] > CLASSES)  # after the background
    wanted = [
        SemanticSegmentationTarget(int(each) + first, (mask == each + first).float().numpy())
        for each, mask in zip(targets, masks, strict=True)
    ]
    layer = smallest_tapped(network, part)
    theirs = GradCAM(Enlarged(network), [layer])(input_tensor=images, targets=wanted)
    ours = saliency_maps("gradcam", bound, features, targets, SIZE, "library")
    assert torch.allclose(ours, torch.from_numpy(theirs), atol=1e-4)
    assert float(ours.std()) > 0.01


def test_the_other_maps_stay_those_of_the_same_pictures(images):
    torch.manual_seed(0)
    segmenter = segmenter_of(lraspp()[0].eval(), CLASSES, "a network")
    encoder, head = segmenter.parts()
    assert encoder.beside == MAPS
    features, bound = parted(encoder(images), head)
    _, other = parted(encoder(images.flip(0)), head)
    assert isinstance(bound, SegmentationHead)
    assert isinstance(other, SegmentationHead)
    with torch.no_grad():
        assert torch.equal(bound.pixels(features), segmenter.pixels(images))
        assert not torch.equal(other.pixels(features), segmenter.pixels(images))


@pytest.fixture
def folder(tmp_path):
    """A small SegFormer as `save_pretrained` writes it."""
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    model = segformer()[0].eval()
    model.save_pretrained(tmp_path / "segformer")
    transformers.SegformerImageProcessor(size={"height": 64, "width": 64}).save_pretrained(
        tmp_path / "segformer"
    )
    return tmp_path / "segformer", model


def test_a_folder_of_hugging_face_is_explained_and_its_stored_parts_read_again(
    folder, tiny_recipe, tmp_path
):
    path, model = folder
    changes = (
        f"classifier.architecture=hf:{path}", "classifier.task=segmentation",
        "classifier.train=none", "data.masks=true", "data.kind=voc", "data.image_size=64",
    )  # fmt: skip
    recipe = tiny_recipe(*changes, "classifier.weights=default")
    pictures = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(2))
    classifier = build_classifier(recipe, CLASSES, pictures).eval()
    assert classifier.identity_error == 0.0
    with torch.no_grad():
        features, head = classifier.seen(pictures)
        logits = model(classifier.normalised(pictures)).logits
        enlarged = nn.functional.interpolate(logits, (64, 64), mode="bilinear")
        assert isinstance(head, SegmentationHead)
        assert torch.allclose(head.pixels(features), enlarged, atol=1e-5)
    save_weights(classifier, tmp_path / "classifier.safetensors")
    stored = tiny_recipe(*changes, f"classifier.weights={tmp_path / 'classifier.safetensors'}")
    again = build_classifier(stored, CLASSES).eval()
    with torch.no_grad():
        assert torch.equal(again(pictures), classifier(pictures))


@pytest.mark.parametrize(
    ("first", "reduces", "refused"),
    [
        ("wall", False, "its first is 'wall' and not the background"),
        ("LABEL_0", True, "its first is a class and not the background"),
        ("LABEL_0", False, ""),
        ("__background__", False, ""),
        ("unlabeled", False, ""),
    ],
)
def test_a_class_is_never_taken_for_the_background(folder, tiny_recipe, first, reduces, refused):
    path, model = folder
    names = [first, *(f"{first[:-1]}{number}" for number in range(1, model.config.num_labels))]
    model.config.id2label = dict(enumerate(names))
    model.config.label2id = {name: number for number, name in enumerate(names)}
    model.config.save_pretrained(path)
    settings = json.loads((path / "preprocessor_config.json").read_text())
    settings["do_reduce_labels"] = reduces
    (path / "preprocessor_config.json").write_text(json.dumps(settings))
    recipe = tiny_recipe(
        f"classifier.architecture=hf:{path}", "classifier.task=segmentation",
        "classifier.train=none", "data.masks=true", "data.kind=voc", "data.image_size=64",
        "classifier.weights=default",
    )  # fmt: skip
    assert preset_of(recipe.classifier).skips_zero is reduces
    assert build_classifier(recipe, model.config.num_labels)
    if refused:
        with pytest.raises(WeightsError, match=f"one output more.*{refused}; list all its classes"):
            build_classifier(recipe, model.config.num_labels - 1)
    else:
        assert build_classifier(recipe, model.config.num_labels - 1)


def test_an_image_classifier_of_hugging_face_is_refused_as_a_segmentation_network(tmp_path):
    transformers = pytest.importorskip("transformers")
    transformers.ResNetConfig().save_pretrained(tmp_path)
    config = ClassifierConfig(architecture=f"hf:{tmp_path}", task="segmentation", train="none")
    with pytest.raises(RecipeError, match="cannot be loaded as a segmentation network"):
        create_network(config, CLASSES)
