"""The hashes of recipes never change: builds, work folders and manifests are found by them.

The files in `hashes/` use every section and key. The second hash is that of the settings, defaults
filled in, which a manifest holds.
"""

import hashlib
import json
from pathlib import Path

import pytest

from pv_engine.recipe.reading import SECTIONS, read_recipe

HASHES = Path(__file__).parent / "hashes"
FILES = {
    "decoder": (
        "c74955425dab3b8a84eb45fce387cc69844573aec5d8ae3085f4d8489a4bb07a",
        "0c93af73d772310306771b5d60053472a64518c9414809a2cf875aa931de5f1f",
    ),
    "drawing": (
        "9d549275f56e1cbb69601be1fd319d85a7fb0eb82f25199b86a0e1e44bb31d78",
        "8ac64672c076b4a2eb176853f92f09151e7f86e72744d592829a187ec8dd3a25",
    ),
    "exemplar": (
        "e03d42daf6321defd6b7518a927aa87d87a7326aa3d320db95b36091f96b7797",
        "b80399d09553f5cbabc1ec27a774fea925218bd7f7f03f412d30742a0b9e91f4",
    ),
    "models": (
        "77dfc19646ec02a317155d79581e518cf5cc0bd7c43285b02d97d4d0c70cbee2",
        "a4e55b9acd07b6b17dfd9ef1e9c0dc9dfe2a7900dee4c03c35fe1fa8b290aa33",
    ),
    "quality": (
        "ae28937f4b381e80426b41fd214be4372a2f4c522ff96d0358c37a2b0d7fa7d4",
        "c5dd68f609df4b826296e8979843666ce0107e8f412a6f919a116982730806b6",
    ),
    "reader": (
        "a98700ba1ed33d2d02ea6747f708adb7b1999d58caebbbc770183936e750fa46",
        "4521c8a42edcc249abd116a2fef7bace48269c6d1bd89dd88f1a2230ecd3de1c",
    ),
    "resizing": (
        "7168ecb95d020456f49de70f31f47a9d0c80969b4d593685277412dd9cd703be",
        "7b11dd8ba7352a38b5afa19351d69fb32565f9faf963dc1e2b0b078bb3d32234",
    ),
    "short": (
        "da193f72fdd1ba7b961292e984751a9474f106986321cb35aa0c7db5a7c836bf",
        "8f24502ef9149e1e65a339157c747f9effa1c68a3d291d4096b10dd4805848f8",
    ),
    "voc": (
        "dc1463657602464f7384764500d572e30b16c50965d36a55e12c149836db07ce",
        "3f2250d9129dc13e20b76f1657ed01d2784db82fb5a1eda9a569e8811af5e77f",
    ),
    "recipes/demo": (
        "3594a58b6867b5a20486522474a24860e70c8bfe1739630266575482d456426d",
        "2c6335c71d719dfb88d784406874a1584e3cf7335e486a8484d312c6edb55b24",
    ),
    "recipes/imagenette": (
        "1850c12f9968e7151fc6a6bbf3484db60316d6709e272b0d4538b062d6a7ff2e",
        "a55be8ec9b750ac8930ec5e4a1cbdddc278400a16274f87d73f722ea806c676d",
    ),
    "recipes/imagenette_fast": (
        "c25dc01da5fb8f2fa78f2eccfef5725d5e79305ddf03207081f8f5c01b730648",
        "3b1c0c695255e03ade90f948b35d2f45fe7b3740d52b803725b304bdebdf4b8f",
    ),
    "recipes/voc2012": (
        "92b618c47ba01a0522e203fc02aa62732fa7ea2306269e6b0e7470ff33134e10",
        "db2d09f8ae74737408fdbd74377160084090cdda0871c07430368de1ca9edde6",
    ),
}


def read(name: str):
    folder = Path(__file__).parents[3] if "/" in name else HASHES
    return read_recipe(folder / f"{name}.toml")


@pytest.mark.parametrize("name", FILES)
def test_a_recipe_keeps_its_hashes(name):
    recipe = read(name)
    digest = hashlib.sha256(json.dumps(recipe.settings).encode()).hexdigest()
    assert (recipe.sha256, digest) == FILES[name]


def test_the_files_use_every_key():
    used = {
        (section, key)
        for name in FILES
        for section, table in read(name).table.items()
        if isinstance(table, dict)
        for key in table
    }
    wanted = {(name, key) for name, kind in SECTIONS.items() for key in kind.__annotations__}
    assert wanted - used == set()
