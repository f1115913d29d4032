"""Networks that write about a picture, as the explained model: the logits of one further token.

The question and the tokens before it are fixed, so the network is a classifier of what comes next.
"""
