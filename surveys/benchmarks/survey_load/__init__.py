"""Plays many participants at once through a running survey, and verifies what was stored."""
