"""A protocol that uses every section, for tests of how they go together."""

COMPREHENSION = """
[comprehension]
tries = 2

[[comprehension.questions]]
question = "What do you guess?"
options = ["What is really in the image", "What the model answered"]
answer = 2

[[comprehension.questions]]
question = "Can you go back?"
options = ["Yes", "No"]
answer = 2
"""

QUESTIONNAIRE = """
[[questionnaire]]
title = "About you"

[[questionnaire.questions]]
name = "age"
question = "How old are you?"
options = ["18 to 29", "30 to 49", "50 or older"]
required = true

[[questionnaire.questions]]
name = "devices"
kind = "several"
question = "What do you use?"
options = ["Phone", "Laptop", "Neither"]

[[questionnaire]]
title = "About the study"

[[questionnaire.questions]]
name = "hard"
kind = "scale"
points = 5
low = "easy"
high = "hard"
question = "How hard was it?"
required = true

[[questionnaire.questions]]
name = "remarks"
kind = "text"
question = "Anything else?"
"""

PANEL = """
[panel]
name = "prolific"
return_url = "https://app.example.org/complete?cc={code}"

[panel.codes]
complete = "C0MPLETE"
screened_out = "SCREENED"
failed_checks = "FAILED"
no_consent = "NOCONSENT"
full = "FULL"
closed = "CLOSED"
partial = "PARTIAL"
withdrawn = "WITHDRAWN"
"""

TRIALS = """
[trials]
confidence = true
two_step = true
"""

CHECKS = """
[checks]
attention_after = [2]
repeats = 1
"""

DEBRIEFING = """
[texts]
debriefing = "We compared kinds of pictures."
"""

EVERYTHING = (
    'practice = 1\nquestion_order = "balanced"\nconsent_version = "2"\n'
    + TRIALS
    + CHECKS
    + COMPREHENSION
    + QUESTIONNAIRE
    + PANEL
    + DEBRIEFING
    + '\n[assignment]\nmode = "least_filled"\n'
)
