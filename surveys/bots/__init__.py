"""Simulated participants who walk the real pages."""
