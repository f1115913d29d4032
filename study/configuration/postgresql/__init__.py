"""Django's backend for PostgreSQL, named as ENGINE: `base.py` is where Django looks for it."""
