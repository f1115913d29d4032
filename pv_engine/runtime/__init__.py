"""Device, durations and extension points of the engine."""
