"""The decoder profiles that a recipe may name: what creates each, and what trains it.

Free of torch and Django: functions and classes are named as `<module>:<name>` and imported when
they are used.
"""

from pv_engine.registry import DecoderProfile, registry

TRAINING = "pv_engine.pipeline.training"
OWN = {
    "paper": DecoderProfile(
        "pv_engine.networks.decoders.paper:build_decoder",
        "the decoder that the paper describes: one convolution after each doubling",
    ),
    "authors": DecoderProfile(
        "pv_engine.networks.decoders.paper:build_authors_decoder",
        "the network of the authors' published code: transposed kernels of 2, and two convolutions "
        "after each of the first three doublings",
    ),
    "residual": DecoderProfile(
        "pv_engine.pipeline.decoders:residual",
        "the paper's decoder on top of the best linear decoder",
    ),
    "upsampling": DecoderProfile(
        "pv_engine.networks.decoders.upsampling:build_upsampling_decoder",
        "a layout of colours learnt first, then details by up-sampling and convolution",
        stages=(
            ("layout", f"{TRAINING}.upsampling:LayoutTraining"),
            ("decoder", f"{TRAINING}.upsampling:DetailsTraining"),
        ),
        losses=("prediction_weight",),
    ),
    "resizing": DecoderProfile(
        "pv_engine.pipeline.decoders:resizing",
        "bilinear enlargement and convolutions, most of them at small sides",
        stages=(("decoder", f"{TRAINING}.resizing:ResizingTraining"),),
        losses=("prediction_weight", "views", "perceptual_weight", "adversarial_weight"),
    ),
}
PROFILES = registry("foresee.decoder_profiles", OWN)
