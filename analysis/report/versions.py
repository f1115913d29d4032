"""Which releases computed a result."""

import platform
from importlib.metadata import PackageNotFoundError, version

LIBRARIES = ("numpy", "scipy", "pandas", "statsmodels", "matplotlib")


def library_versions() -> dict[str, str]:
    """Releases of Python and of every library whose numbers or figures are in the results."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found
