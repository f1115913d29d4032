"""Where networks come from, one file per family; `known.py` lists them."""
