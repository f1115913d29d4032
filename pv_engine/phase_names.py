"""What each phase of the engine is called for people, in the order in which they come."""

PHASES = {
    "data": "Prepare the images",
    "classifier": "Train or load the classifier",
    "select": "Choose the items",
    "layout": "Train the layout",
    "decoder": "Train the decoder",
    "autoencoder": "Train the reference",
    "render": "Render the stimuli",
    "quality": "Measure the quality",
    "publish": "Write the stimulus set",
}
# Phases of some builds only, each with the word in the recipe that asks for it.
ASKED_FOR_BY = {"layout": '"upsampling"', "autoencoder": "reference_autoencoder"}
# What is trained in the phases that train something.
TRAININGS = {
    "classifier": "Classifier",
    "layout": "Layout",
    "decoder": "Decoder",
    "autoencoder": "Reference autoencoder",
}
