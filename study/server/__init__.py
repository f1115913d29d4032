"""What a running installation needs: broker, error pages, processes, the demo."""
