"""The console's pages for builds and stimulus sets."""
