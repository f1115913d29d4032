"""Makes stimuli: data, networks, training, explanations, rendering."""

import os

# Read when torch loads OpenMP. Threads that spin while they wait for each other stall training by
# an order of magnitude as soon as another program uses the same cores, a web server for example.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
