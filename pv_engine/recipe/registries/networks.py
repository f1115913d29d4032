"""The families of networks that `classifier.architecture` may name as `<family>:<name>`.

Free of torch and Django: a family's class is imported when a recipe names it.
"""

from pv_engine.registry import NetworkFamily, registry

FAMILIES = "pv_engine.networks.families"
OWN = {
    "timm": NetworkFamily(
        f"{FAMILIES}.timm_models:TimmModels", "name", "image classifiers of timm"
    ),
    "torchvision": NetworkFamily(
        f"{FAMILIES}.torchvision_models:TorchvisionModels",
        "name",
        "image classifiers of torchvision, and its segmentation networks",
        tasks=("multi_label", "single_label", "segmentation"),
    ),
    "hf": NetworkFamily(
        f"{FAMILIES}.hugging_face:HuggingFace",
        "name or folder",
        "image classifiers, zero-shot classifiers, segmentation and captioning networks of Hugging "
        "Face's transformers (optional: `requirements-hf.txt`)",
        tasks=("multi_label", "single_label", "segmentation"),
        texts=("prompts", "answers"),
    ),
    "open_clip": NetworkFamily(
        f"{FAMILIES}.open_clip_models:OpenClipModels",
        "name, name/tag or folder",
        "zero-shot classifiers of open_clip, with a prompt for each class (optional: "
        "`requirements-hf.txt`)",
        texts=("prompts",),
    ),
}
NETWORKS = registry("foresee.networks", OWN)
# What the names look like, for messages and pages.
NAMED = ", ".join(f"{family}:<{each.names}>" for family, each in NETWORKS.items())
