"""Running an installation: broker, static files, error pages, probes, the demo."""
