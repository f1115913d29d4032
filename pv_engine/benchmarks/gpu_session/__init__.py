"""Everything that only a GPU can show, in one bounded run.

`session.py` has the clock and the figures, each stage a file of its own, `stages.py` their order,
`photographs.py` makes a copy of pictures small enough to be sent. docs/gpu.md says how to run it.
"""
