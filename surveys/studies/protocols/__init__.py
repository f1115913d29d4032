"""A study's protocol: loaded, edited, versioned, and begun from a starter."""
