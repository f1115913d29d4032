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


def test_hidden_files_and_folders_are_no_images_and_no_classes(photos):
    for split in ("train", "val"):
        shutil.copytree(photos / split / "red", photos / split / ".thumbnails")
        shutil.copy(photos / split / "red" / "00.png", photos / split / "red" / "._00.png")
        (photos / split / "red" / ".cache").mkdir()
        shutil.copy(photos / split / "red" / "00.png", photos / split / "red" / ".cache" / "0.png")
    images = source(photos)
    assert images.classes == ("amber", "blue", "green", "red")
    assert len(images.names("train")) == 48
    assert images.notes() == (f"{photos}/train/red/._00.png and other hidden files are no images.",)


def test_empty_classes_and_links_to_folders_are_said(photos):
    (photos / "train" / "violet").mkdir()
    (photos / "train" / "red" / "more").symlink_to(photos / "train" / "blue")
    images = source(photos)
    images.names("train")
    assert images.classes == ("amber", "blue", "green", "red", "violet")
    assert images.notes() == (
        f"{photos}/train/red/more is a link to a folder, which is not followed.",
        f"The class folder {photos}/train/violet has no images.",
    )


def test_a_class_folder_may_itself_be_a_link(photos):
    shutil.move(photos / "train" / "red", photos / "elsewhere")
    (photos / "train" / "red").symlink_to(photos / "elsewhere")
    images = source(photos)
    assert "train/red/00.png" in images.names("train")
    assert images.notes() == ()
