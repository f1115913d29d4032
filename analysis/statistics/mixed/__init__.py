"""A logistic mixed model of single answers, in which participants and images are both random.

Answers are counted into cells (`cells`), the likelihood of which is Laplace's (`laplace`, with its
gradient in `gradient`) and is maximised in `fit`; `effects` reads odds ratios and percentage points
from the fit, and `model` puts them together.
"""
