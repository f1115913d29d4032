"""Measures speed and memory; nothing here is asserted by a test."""
