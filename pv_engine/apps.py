from django.apps import AppConfig


class PvEngineConfig(AppConfig):
    """Makes stimuli: trains decoders and renders explanations on a worker."""

    name = "pv_engine"
