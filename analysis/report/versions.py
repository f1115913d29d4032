"""The releases of the libraries that computed a result."""

import platform
from importlib.metadata import PackageNotFoundError, version

LIBRARIES = ("numpy", "scipy", "pandas", "statsmodels", "matplotlib")


def library_versions() -> dict[str, str]:
    """The releases of Python and of the libraries behind the numbers and figures."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found
