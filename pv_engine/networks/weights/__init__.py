"""Files of weights: reading and writing them, and fitting a network's head to them."""
