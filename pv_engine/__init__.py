"""Builds stimuli: data, networks, training, explanations, rendering."""

import os

# Read when torch loads OpenMP. Threads that spin while waiting slow training down tenfold once
# another program, such as a web server, uses the same cores.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
