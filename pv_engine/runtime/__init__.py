"""Device, durations and extension points that the engine's torch code runs on."""
