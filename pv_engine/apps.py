from django.apps import AppConfig


class PvEngineConfig(AppConfig):
    """Builds stimuli: trains decoders and renders explanations on workers."""

    name = "pv_engine"

    def ready(self) -> None:
        from pv_engine import tasks  # noqa: F401 - importing registers them
