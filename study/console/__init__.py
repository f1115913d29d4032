"""The console's frame: navigation and sorted tables."""
