"""The drawn scenes: the same numbers give the same picture, and every label can really be seen."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from pv_engine.data.scenes import CLASSES, Scene, compose_scene, draw_scene
from pv_engine.data.scenes.scene import Occluder
from pv_engine.data.scenes.settings import SETTINGS
from pv_engine.data.scenes.visibility import visible_labels, visible_shares
from pv_engine.errors import DataError


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    return [compose_scene(11, index) for index in range(600)]


def test_it_composes_the_same_scene_from_the_same_numbers() -> None:
    assert compose_scene(3, 17) == compose_scene(3, 17)


def test_it_composes_other_scenes_from_another_seed_or_index() -> None:
    assert len({compose_scene(seed, index) for seed in (1, 2) for index in range(20)}) == 40


def test_it_draws_the_same_pixels_from_the_same_scene(scenes: list[Scene]) -> None:
    for scene in scenes[:8]:
        assert draw_scene(scene, 96).tobytes() == draw_scene(scene, 96).tobytes()


def test_it_draws_each_scene_independently_of_what_was_drawn_before(scenes: list[Scene]) -> None:
    forwards = [draw_scene(scene, 64).tobytes() for scene in scenes[:6]]
    backwards = [draw_scene(scene, 64).tobytes() for scene in reversed(scenes[:6])]
    assert forwards == backwards[::-1]


def test_it_names_its_classes_in_order_and_once() -> None:
    assert list(CLASSES) == sorted(set(CLASSES))
    assert 12 <= len(CLASSES) <= 14


@pytest.mark.parametrize("size", [64, 128, 256])
def test_it_draws_a_square_picture_of_the_size_asked_for(size: int) -> None:
    picture = draw_scene(compose_scene(1, 2), size)
    assert isinstance(picture, Image.Image)
    assert picture.size == (size, size)
    assert picture.mode == "RGB"


@pytest.mark.parametrize("size", [-5, 0, 3, 100_000])
def test_it_says_which_sizes_can_be_drawn(size: int) -> None:
    with pytest.raises(DataError, match=rf"{size} pixels wide; the size must be from 16 to 1024"):
        draw_scene(compose_scene(1, 2), size)


@pytest.mark.parametrize(("seed", "index"), [(-1, 0), (0, -1)])
def test_it_says_that_seed_and_index_start_at_zero(seed: int, index: int) -> None:
    with pytest.raises(DataError, match="start at 0"):
        compose_scene(seed, index)


def test_it_labels_every_scene_with_one_to_three_classes(scenes: list[Scene]) -> None:
    for scene in scenes:
        assert 1 <= len(scene.labels) <= 3
        assert set(scene.labels) <= set(CLASSES)
        assert list(scene.labels) == sorted(set(scene.labels))


def test_it_labels_exactly_the_things_it_draws(scenes: list[Scene]) -> None:
    for scene in scenes:
        assert scene.labels == tuple(sorted(thing.label for thing in scene.things))


def test_it_shows_at_least_a_third_of_every_labelled_thing(scenes: list[Scene]) -> None:
    for scene in scenes:
        for share, area in visible_shares(scene.things, scene.occluders):
            assert share >= 0.35
            assert area >= 0.01


def test_it_draws_every_class_about_equally_often(scenes: list[Scene]) -> None:
    counts = Counter(label for scene in scenes for label in scene.labels)
    mean = sum(counts.values()) / len(CLASSES)
    assert all(0.6 * mean < counts[label] < 1.5 * mean for label in CLASSES), counts


def test_it_uses_every_setting(scenes: list[Scene]) -> None:
    assert {scene.backdrop.kind for scene in scenes} == set(SETTINGS)


def test_it_does_not_label_what_a_nearer_thing_hides(scenes: list[Scene]) -> None:
    near = next(scene for scene in scenes if scene.things[0].label == "house").things[0]
    near = replace(near, x=0.5, y=0.95, size=0.8)
    far = next(scene for scene in scenes if scene.things[0].label == "cat").things[0]
    far = replace(far, x=0.5, y=0.9, size=0.3)
    assert visible_labels((far, near)) == ("house",)
    assert visible_labels((near, far)) == ("cat", "house")


def test_it_does_not_label_what_lies_beyond_the_border(scenes: list[Scene]) -> None:
    thing = scenes[0].things[0]
    assert visible_labels((replace(thing, x=0.5),)) == (thing.label,)
    assert visible_labels((replace(thing, x=1.9),)) == ()


def test_it_does_not_label_what_a_bush_hides(scenes: list[Scene]) -> None:
    mushroom = next(scene for scene in scenes if scene.things[0].label == "mushroom").things[0]
    mushroom = replace(mushroom, x=0.5, y=0.9, size=0.3)
    bush = Occluder("bush", x=0.5, y=1.0, size=0.8, seed=1)
    assert visible_labels((mushroom,), (bush,)) == ()


def test_it_changes_the_picture_where_a_thing_is_added(scenes: list[Scene]) -> None:
    scene = next(scene for scene in scenes if len(scene.things) == 2)
    fewer = replace(scene, things=scene.things[:1])
    difference = np.asarray(draw_scene(scene, 96)) != np.asarray(draw_scene(fewer, 96))
    assert difference.any(axis=2).mean() > 0.01
