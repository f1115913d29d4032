"""How a visit ends: at its end, before it, and with everything taken back."""
