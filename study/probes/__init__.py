"""One list of what an installation needs.

A probe looks at one part and says what it found and what to do about it. The doctor, /healthz, the
system checks and the checks before a study opens all ask the same probes.
"""
