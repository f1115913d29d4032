"""One list of probes for what an installation needs.

A probe checks one part and returns what it found and how to fix it. The doctor, /healthz, the
system checks and the checks before opening share the probes.
"""
