"""The phases of a build, from data to a published stimulus folder."""
