"""The kinds of questions that a trial may ask, one file each; registry.py lists them."""
