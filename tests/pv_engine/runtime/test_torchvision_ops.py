import subprocess
import sys


def test_torchvision_and_timm_import_after_it_whatever_torch_was_built_for():
    code = (
        "import pv_engine.runtime.torchvision_ops, torchvision.models, timm\n"
        "print(torchvision.__version__)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_declaring_twice_changes_nothing():
    code = "from pv_engine.runtime.torchvision_ops import declare_missing_operators as d; d(); d()"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
