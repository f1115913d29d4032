"""How far the conditions differ, and how firmly."""
