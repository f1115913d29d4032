"""TOML files that people write: read into typed tables, with every problem named at once.

Knows no Django and no torch. Recipe, analysis plan and protocol each declare their tables with it.
"""
