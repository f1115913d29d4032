"""Running an installation: broker, error pages, processes, the demo."""
