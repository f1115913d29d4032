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
        "f1d8350a195e1552a49f1221be685e9b9a0e9f8e6e0bce0cdf90806f75d519f9",
    ),
    "drawing": (
        "9d549275f56e1cbb69601be1fd319d85a7fb0eb82f25199b86a0e1e44bb31d78",
        "49bb21dbf43229357529185ae4f6ea836de46c32249683c6544b9298a338a811",
    ),
    "exemplar": (
        "e03d42daf6321defd6b7518a927aa87d87a7326aa3d320db95b36091f96b7797",
        "60fc3b7149a307ebd20ca01fe247bb81ef2060a2a7cf9e5442a031b359a210e0",
    ),
    "quality": (
        "ae28937f4b381e80426b41fd214be4372a2f4c522ff96d0358c37a2b0d7fa7d4",
        "0a1a53c95da6c416159a4440be1347f1e667ba6b762fff29c61a09603e86b567",
    ),
    "resizing": (
        "7168ecb95d020456f49de70f31f47a9d0c80969b4d593685277412dd9cd703be",
        "b388ba75fd38bedff71b58be26cfe065e51f285ffeffa33402c62abcaeb6813c",
    ),
    "short": (
        "da193f72fdd1ba7b961292e984751a9474f106986321cb35aa0c7db5a7c836bf",
        "8a3ac2960d6c6e07747cc43536229fa0fee9b000624746e18310bf025cc32006",
    ),
    "voc": (
        "dc1463657602464f7384764500d572e30b16c50965d36a55e12c149836db07ce",
        "56aa541e44c0507feac256d38518c28d5a4d488dd2a517bf022088a19aa1bf57",
    ),
    "recipes/demo": (
        "3594a58b6867b5a20486522474a24860e70c8bfe1739630266575482d456426d",
        "615d729b0a142faa360f9f072637cd10ddc587d88fe3d0730c03786d90fcf36e",
    ),
    "recipes/imagenette": (
        "1850c12f9968e7151fc6a6bbf3484db60316d6709e272b0d4538b062d6a7ff2e",
        "5fb47ad5bf4310ebdc49990bdc60e1d55551146fd62c6fb462eedcb08bf8e499",
    ),
    "recipes/imagenette_fast": (
        "c25dc01da5fb8f2fa78f2eccfef5725d5e79305ddf03207081f8f5c01b730648",
        "670e36dda5235aac2617f19f946bc7dffb09ac35ff2994b00071775489b17ad9",
    ),
    "recipes/voc2012": (
        "92b618c47ba01a0522e203fc02aa62732fa7ea2306269e6b0e7470ff33134e10",
        "91cfaa9a59ac498a07429463a96a6eb8fffcf87fa6e7721da1d1e2ec64a0562d",
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
