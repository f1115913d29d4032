"""The hashes of stored protocols never change, nor does what their stored JSON is read as.

Participants' data are found by these hashes. The files in `hashes/` use every section and option.
"""

import json
from dataclasses import fields
from pathlib import Path

import pytest
from django.conf import settings

from surveys.protocol.schema import Protocol, protocol_sha256
from tests.surveys.protocol_files import read_file

HASHES = Path(__file__).parent / "hashes"
FILES = {
    "assignment": "10140f8d36a692ae632e5771641f71baac35976b5e3a9953f55e3cdf42857bba",
    "checks": "d4d602e1bf75acde258677fff4483ed3462458215161de3c36874654290fd5d5",
    "deviations": "73fbf7a6c2d7fe4719fe4dfc511f32be25902931f0bde70c58be712b48d2d4f7",
    "device": "abfe8009d52576ea8825d0ca66f6961ad32aa229a24a89a29221edff69f91e5b",
    "designs": "6dce6138ac26ae45995d492a3e0455f86b1aec332e1857e97376cf5b6265e346",
    "empty-tables": "e76fcca7ce3c33f1cfd35dd220bade77b99e9bcc8986d75f5364c9a0c07a426a",
    "ends": "2bc2f70602355fda2f0e9729bb8d9ab15e3a8259b8ce0b87dfbdf2c5bcc1da76",
    "everything": "a3bc889c95e5ab3fc3e3798798898f779631ee22821d5024f983c0c755b3f3f6",
    "items": "a0880034238380fd974d9c86c41796480263f86fea5d0509d4d80a7a968c5cd0",
    "languages": "91b64984f78853a0ec918eb53a49436e79593f56f5b688e95341d0f749d61865",
    "panel": "67bd7dff184bac09881aee5c0602af727d3cf7c7e20762662cdf519b520758b5",
    "pay": "b3ffd79dd5cccb11ac625e8ea612ccf749a46aaf553a79a4378ec9105d21b95f",
    "planned": "86b101a2cdce13474ec8a628716836fc291903591b2e191a64066afb71421f14",
    "questionnaire": "b7360ccd42655bccd74f20f4abc13ed96f945dca9a6d57042252b660fc0d413e",
    "smallest": "bc99d66b51a86454a960a45cd4646894007824e2bf9132e1f03dedece95c58cf",
    "study": "6a22b905e1e3a243e3ee07acd098d899302df993465a93ef2cd174573cd869d5",
    "task": "6032ad3fbecea081af11c6f642756cf3b540c58f540b4e86aed9eff683331e06",
    "texts": "0404e6b4f6511e7d6e772f33d6f64367430e168cc27a67bf0a8a42f943e979d4",
    "trials": "8475c2202dcc0d52227c1338d0b70ad115953b4602edf6f3c534ecd8ceecbd6b",
    "demo": "a7e3e6d0bea6ae91e5ff0b15086f55cb059c768c9bdaed5082d8609fcba12b5f",
    "fixtures/demo_protocol": "618d515ed6541c797fe864caa20d7b3a4811d7fac62c39a2266a9c96aa92e85a",
    "protocols/replication": "dbfc81cd4080765b426587ad29479c92bd44efc90623dab50943329ecbab7535",
}


def read(name: str) -> Protocol:
    folder = Path(settings.BASE_DIR) if "/" in name else HASHES
    return read_file(folder / f"{name}.toml")


@pytest.mark.parametrize("name", FILES)
def test_a_protocol_keeps_its_hash(name):
    protocol = read(name)
    assert protocol_sha256(protocol) == FILES[name]
    assert Protocol.from_json(json.loads(json.dumps(protocol.as_json()))) == protocol


def test_stored_json_is_read_as_it_was_written():
    stored = json.loads((HASHES / "everything.json").read_text(encoding="utf-8"))
    assert Protocol.from_json(stored) == read("everything")
    assert Protocol.from_json(stored).as_json() == stored


def test_every_file_is_listed():
    assert {file.stem for file in HASHES.glob("*.toml")} == {
        name for name in FILES if "/" not in name
    }


def test_the_files_change_every_default():
    protocols = [read(name) for name in FILES]
    plain = read("smallest")
    changed = {
        row.name
        for row in fields(Protocol)
        for protocol in protocols
        if getattr(protocol, row.name) != getattr(plain, row.name)
    }
    assert changed == {row.name for row in fields(Protocol)}
