import shutil

from pv_engine.data.folder_source import FolderSource
from pv_engine.recipe import DataConfig


def source(photos, **settings):
    return FolderSource(DataConfig(kind="image_folder", root="photos", **settings), photos, seed=1)


def test_it_lists_what_torchvisions_image_folder_lists(photos):
    from torchvision.datasets import ImageFolder

    deep = photos / "train" / "red" / "2024" / "may"
    deep.mkdir(parents=True)
    shutil.move(photos / "train" / "red" / "00.png", deep / "00.PNG")
    (photos / "train" / "red" / "notes.txt").write_text("no image")
    theirs = ImageFolder(str(photos / "train"))
    images = source(photos)
    assert list(images.classes) == theirs.classes
    assert sorted(images.names("train")) == sorted(
        path.removeprefix(f"{photos}/") for path, _ in theirs.samples
    )
    assert images.labels("train/red/2024/may/00.PNG") == ("red",)
    assert images.load("train/red/2024/may/00.PNG", 32).size == (32, 32)


def test_splits_may_lie_deeper(photos):
    (photos / "v2").mkdir()
    for split in ("train", "val"):
        shutil.move(photos / split, photos / "v2" / split)
    images = source(photos, train_split="v2/train", held_out_split="v2/val")
    assert images.labels(images.names("held_out")[0]) == ("amber",)


def test_a_limit_takes_a_seeded_choice_in_the_old_order(photos):
    names = source(photos, train=10).names("train")
    assert len(names) == 10
    assert names == sorted(names) == source(photos, train=10).names("train")
