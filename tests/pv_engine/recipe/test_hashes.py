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
        "112f4ecde27213d2637e1f35ecd2c53b8f373b9bc2eb9cfbb917082c6bfae342",
    ),
    "critic": (
        "14c36d012b841d249249e68881abdc367a7f685c53b310dfe4beb6a31b13b19a",
        "200263531ec7e410d8a47c1deb82551bccb0f7d21115eca3394ddcd5737b6d0a",
    ),
    "decoder": (
        "c74955425dab3b8a84eb45fce387cc69844573aec5d8ae3085f4d8489a4bb07a",
        "74dec20e5621f36df77a71a0d2c67f8975b25caa0a2c99d7f0cfaae7686411e7",
    ),
    "detail": (
        "e16c1bf4bab7b028eb56d6ee84fd7608ed3dc7ad213524aa4b9d6125f7822018",
        "f77018eb3c130dc432c571f0f51a7fcc0d9366de7bc7d333b68433bf649b2240",
    ),
    "white": (
        "914e86dd8e9dba55105ddc99e57e1161afcb9c7d961025c5920cfe75caf574e4",
        "c8d425b6f7188a60dacca0ca6c2136133018619175b21ae4b021d6c6e72d9d0b",
    ),
    "drawing": (
        "9d549275f56e1cbb69601be1fd319d85a7fb0eb82f25199b86a0e1e44bb31d78",
        "ae7ef2bcb7e095dbf7bd88c0529506691b8f72fa0299eb3dd81aaba2d9de160b",
    ),
    "exemplar": (
        "e03d42daf6321defd6b7518a927aa87d87a7326aa3d320db95b36091f96b7797",
        "08c8b46c23ab97ddf211321b92fd60c042eb2d4d5c13aa8f94974f3c05dd2577",
    ),
    "models": (
        "77dfc19646ec02a317155d79581e518cf5cc0bd7c43285b02d97d4d0c70cbee2",
        "4f5a12bc44d31cbccd30425afe0b907a27c6153ff6436f107a691f978f141b01",
    ),
    "quality": (
        "ae28937f4b381e80426b41fd214be4372a2f4c522ff96d0358c37a2b0d7fa7d4",
        "99131d70577fb3ba368f17e20d4b6e17ffdc0ac1e8d2682ea2a152835ddee08f",
    ),
    "reader": (
        "a98700ba1ed33d2d02ea6747f708adb7b1999d58caebbbc770183936e750fa46",
        "f2a6cfd87f606f6a66f1b4944eac326704eabcb2d7da2b09eb5fb14bc1913d29",
    ),
    "resizing": (
        "7168ecb95d020456f49de70f31f47a9d0c80969b4d593685277412dd9cd703be",
        "b388ba75fd38bedff71b58be26cfe065e51f285ffeffa33402c62abcaeb6813c",
    ),
    "segmentation": (
        "06520619b1822881336c6591dd20369c298ee060297ca8228ad767bdb090ffa9",
        "da94d5fb6981a1bce71a2e4c35864b9ca0ea9605552c272d5b0a4dd5411e344c",
    ),
    "targets": (
        "30e9e4492206e88dbe850bcc0be29511899402d1cc0620bdde21f23b84785faf",
        "3def9c7a3c52912f62e4536c5873e45bb4e006b695060aa3590e20d703426e2e",
    ),
    "prompts": (
        "f26374b995c716fe3052b5c212b7e1034a2b7e12e3ade44a51033242a4b5f068",
        "df88a174751987bb1ac0152909773dc508e72753706c2db51e48b8ffaf20d9be",
    ),
    "captions": (
        "011b14581961b9828b3b4b5ff108045c32e12c07b612c59bd9ab986f08530df4",
        "e48ce9ea9691adc67f1edf65b77d1945644e10ecac8ddaed12d9ec9f6b43c78c",
    ),
    "short": (
        "da193f72fdd1ba7b961292e984751a9474f106986321cb35aa0c7db5a7c836bf",
        "2a2adde4f5fc5c78590452f7ae6cc9b11812a0cac737b40ef2b68aae4c668182",
    ),
    "voc": (
        "dc1463657602464f7384764500d572e30b16c50965d36a55e12c149836db07ce",
        "d0a807470b33e5ea9996ef4f29be9cf28fbb4651bda9be397e918c40c1b12d0a",
    ),
    "demo": (
        "3594a58b6867b5a20486522474a24860e70c8bfe1739630266575482d456426d",
        "9c82cdd917769d9133143fa054f9a6d4402092a85b2d8959160f5fccdd1b7d68",
    ),
    "recipes/demo": (
        "a331539c648297038486344fcd17d59f5f65590dad41f2905c664e69210140d6",
        "03b3cb823f549c961c5012bd38b529e8705efc5ea3c1bec386b2156a12f02810",
    ),
    "recipes/imagenette": (
        "1850c12f9968e7151fc6a6bbf3484db60316d6709e272b0d4538b062d6a7ff2e",
        "f52a586f46f5bcb7ee05b80210026ba114f69cf0380bc2168523c15b0a661e23",
    ),
    "recipes/imagenette_fast": (
        "c25dc01da5fb8f2fa78f2eccfef5725d5e79305ddf03207081f8f5c01b730648",
        "e7b095d37ae6e0a67b822034784d3273096998f0c4596e34bed35e401f58fa60",
    ),
    "recipes/photographs": (
        "e14ed8a4f16a6c8488acb4d08ccda02cd4a6c224040bfae1d6f81b91da971848",
        "e7c657d1b3c171cd5f1ae75d1f3b2067cfe7d20b03e8eb92a6c6a3b31295470e",
    ),
    "recipes/voc2012": (
        "92b618c47ba01a0522e203fc02aa62732fa7ea2306269e6b0e7470ff33134e10",
        "2d7bed68f2a305c8b7ce84364fb0b322373d368bbc7b04fba3d1ec53f00190a2",
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
