"""What a running installation needs: broker, static files, error pages, probes, the demo."""
