"""Everything that only a GPU can show, in one bounded run.

`session.py` has the clock and the figures, each stage a file of its own, `stages.py` their order,
`carry.py` makes the folder of pictures that travels to the machine. docs/gpu.md says how to run it.
"""
