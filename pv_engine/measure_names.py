"""What is measured of reconstructions, and of which pictures. Free of torch and Django."""

MEASURES = ("mse", "psnr", "ssim", "feature_error", "feature_cosine", "top1_agreement")
STRATA = ("model_wrong", "model_right", "other")
