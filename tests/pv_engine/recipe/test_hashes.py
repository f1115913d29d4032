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
    "consensus": (
        "a10e53b47b31b06d48c0f242c73d7d370ac87fb02fd810d4c554da297d8c5c96",
        "6d40608b1bf3fee9bcad508d3db9ab1c35370fab71aa368f7cc726552ef81173",
    ),
    "decoder": (
        "c74955425dab3b8a84eb45fce387cc69844573aec5d8ae3085f4d8489a4bb07a",
        "473d5e566f0db858fe96823ecdbe075d8a65e6333f3ab684256f35f2a9eeaa30",
    ),
    "drawing": (
        "9d549275f56e1cbb69601be1fd319d85a7fb0eb82f25199b86a0e1e44bb31d78",
        "99f270619b6830014ef60cee44787f86e8730a5df70379e135a9aa00eb96bc70",
    ),
    "exemplar": (
        "e03d42daf6321defd6b7518a927aa87d87a7326aa3d320db95b36091f96b7797",
        "b7849d25a2fdf75010ef73d48fde7f95d3e44f0466edaf39bd08e3c15ecc5629",
    ),
    "quality": (
        "ae28937f4b381e80426b41fd214be4372a2f4c522ff96d0358c37a2b0d7fa7d4",
        "83f278ff148329ccda4fa0bd66f398ac231870877b53bc01f469ac087ef677b0",
    ),
    "reader": (
        "a98700ba1ed33d2d02ea6747f708adb7b1999d58caebbbc770183936e750fa46",
        "f2a6cfd87f606f6a66f1b4944eac326704eabcb2d7da2b09eb5fb14bc1913d29",
    ),
    "short": (
        "da193f72fdd1ba7b961292e984751a9474f106986321cb35aa0c7db5a7c836bf",
        "080e4a9758104bc0d9beac4e083459f757e7567d743e8ff18ee5427a9924254c",
    ),
    "voc": (
        "dc1463657602464f7384764500d572e30b16c50965d36a55e12c149836db07ce",
        "8f66c020cf5310326f17ce3fa801f1a2294dd6393020a365b8ae7b626412aa12",
    ),
    "recipes/demo": (
        "3594a58b6867b5a20486522474a24860e70c8bfe1739630266575482d456426d",
        "2a50fc74e45b8ec6523e4aacf4b95b994a5a61434f9fd96dfb20e42d842663f0",
    ),
    "recipes/imagenette": (
        "1850c12f9968e7151fc6a6bbf3484db60316d6709e272b0d4538b062d6a7ff2e",
        "df88876707cd1c3b537c2f064e71ebe16acf079c0b4187367aced1988133db8f",
    ),
    "recipes/imagenette_fast": (
        "c25dc01da5fb8f2fa78f2eccfef5725d5e79305ddf03207081f8f5c01b730648",
        "04c05cada70cc9a313efbc190f3dca079fdeb70ff1e9c2544f910b92cdfc7d27",
    ),
    "recipes/voc2012": (
        "92b618c47ba01a0522e203fc02aa62732fa7ea2306269e6b0e7470ff33134e10",
        "2af4892645127ef2cfdaba30e595f8291eba4f3d97e4f2baa1b459829b8e6ec1",
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
