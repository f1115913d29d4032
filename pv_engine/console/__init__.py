"""The console's pages of builds and stimulus sets."""
