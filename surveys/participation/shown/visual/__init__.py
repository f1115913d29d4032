"""Visual checks: drawings that people read easily, one file a kind; registry.py lists them.

Programs that answer studies by themselves often fail at them, since vision-language models read
simple geometry badly (Rahmanzadehgervi et al., 2024) and answer altered illusions as if they were
the known ones (Affonso, 2026). The drawings here are Foresee's own.
"""
