"""The lock file is that of requirements.txt, and every file in it has a hash."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]+\])?==([^\s;\\]+)", re.MULTILINE)


def pins(text):
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in PIN.findall(text)}


def test_the_lock_file_has_the_versions_of_the_requirements():
    wanted = pins((ROOT / "requirements.txt").read_text())
    locked = pins((ROOT / "requirements.lock").read_text())
    assert len(wanted) > 20
    assert {name: locked.get(name) for name in wanted} == wanted


def test_every_package_has_hashes():
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements.lock").read_text())
    packages = [block for block in blocks if PIN.match(block)]
    assert len(packages) > 50
    assert [
        block for block in packages if not re.search(r"--hash=sha256:[0-9a-f]{64}", block)
    ] == []
