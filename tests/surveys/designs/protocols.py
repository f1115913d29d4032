"""Protocols in blocks and with within-person conditions, for tests."""

CROSSOVER = '[within]\nconditions = ["gradcam", "pv"]'

BLOCKS = """
before = ["about"]
[[questionnaire]]
name = "about"
title = "About you"
questions = [{name = "age", question = "How old are you?", kind = "text"}]
[[questionnaire]]
name = "trust"
title = "Trust"
questions = [{name = "trust", question = "Do you trust it?", kind = "scale", points = 5}]
[[questionnaire]]
title = "Last"
questions = [{name = "remarks", question = "Anything else?", kind = "text"}]
[[blocks]]
name = "pre"
items = {model_wrong = 1, model_right = 1}
condition = "none"
[[blocks]]
name = "learn"
pool = "examples"
items = 2
feedback = "after_each"
keep_at_hand = true
introduction = "Now look at what the model answers."
questionnaire = ["trust"]
[[blocks]]
name = "post"
items = 4
feedback = "at_end"
questionnaire = ["trust"]
"""

MIXED = """
[[conditions]]
name = "none"
[within]
conditions = ["gradcam", "pv"]
[[blocks]]
name = "base"
items = 2
condition = "arm"
[[blocks]]
name = "first"
condition = "within"
[[blocks]]
name = "again"
items = 1
condition = "same"
[[blocks]]
name = "second"
condition = "within"
"""

# A block of each kind for a set of three items and two examples.
SMALL = """
before = ["about"]
[panel]
name = "prolific"
[[questionnaire]]
name = "about"
title = "About you"
questions = [{name = "age", question = "How old are you?", kind = "text"}]
[[questionnaire]]
name = "trust"
title = "Trust"
questions = [{name = "trust", question = "Do you trust it?", kind = "scale", points = 5}]
[checks]
attention_after = [1]
[[blocks]]
name = "learn"
pool = "examples"
items = 1
feedback = "after_each"
keep_at_hand = true
questionnaire = ["trust"]
[[blocks]]
name = "ask"
feedback = "at_end"
[[blocks]]
name = "again"
again = "ask"
condition = "none"
questionnaire = ["trust"]
"""
