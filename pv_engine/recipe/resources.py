"""What of the machine a build may use; nothing here changes what a recipe asks for.

Free of torch and Django.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Resources:
    """Speed for memory, disk, or time to compile."""

    feature_cache_mib: int = 8192
    """How much a frozen encoder's features may take, in device memory or on disk; 0 for none."""
    compile_networks: bool = False
    """Whether torch.compile makes the networks faster, where it can."""
    foresee: str = ""
    """The version of Foresee, for the manifest; the engine itself knows no settings."""
