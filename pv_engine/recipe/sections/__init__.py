"""The sections of a recipe, one file each, and the kinds of values that they share."""
