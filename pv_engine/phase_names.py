"""What each phase of the engine is called for people, in the order in which they come."""

PHASES = {
    "data": "Prepare the images",
    "classifier": "Train or load the classifier",
    "select": "Choose the items",
    "decoder": "Train the decoder",
    "autoencoder": "Train the reference",
    "render": "Render the stimuli",
    "quality": "Measure the quality",
    "publish": "Write the stimulus set",
}
# What is trained in the phases that train something.
TRAININGS = {
    "classifier": "Classifier",
    "decoder": "Decoder",
    "autoencoder": "Reference autoencoder",
}
