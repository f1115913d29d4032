"""The saliency methods that a recipe may name: what each reads, and what computes it.

Free of torch and Django: a formula is named as `<module>:<name>` and imported when it is used.
"""

from pv_engine.registry import SaliencyMethod, registry

# What a method reads, in the words of the reference page.
READS = {
    "features": "features alone; the same map for every class",
    "gradient": "features and gradient",
    "head": "features and the head",
    "network": "the whole network, on changed images",
    "attention": "attention in every block, by one more pass; the same map for every class",
}


OWN = {
    "gradcam": SaliencyMethod(
        "pytorch_grad_cam:GradCAM",
        "gradient",
        "channels weighed by their mean gradient",
        "https://arxiv.org/abs/1610.02391",
    ),
    "gradcam++": SaliencyMethod(
        "pytorch_grad_cam:GradCAMPlusPlus",
        "gradient",
        "channels weighed by higher powers of the gradient, so that several objects show",
        "https://arxiv.org/abs/1710.11063",
    ),
    "xgradcam": SaliencyMethod(
        "pytorch_grad_cam:XGradCAM",
        "gradient",
        "gradients weighed by the features themselves",
        "https://arxiv.org/abs/2008.02312",
    ),
    "hirescam": SaliencyMethod(
        "pytorch_grad_cam:HiResCAM",
        "gradient",
        "features times gradient in each cell",
        "https://arxiv.org/abs/2011.08891",
    ),
    "layercam": SaliencyMethod(
        "pytorch_grad_cam:LayerCAM",
        "gradient",
        "features times positive gradient in each cell",
        "https://doi.org/10.1109/TIP.2021.3089943",
    ),
    "eigencam": SaliencyMethod(
        "pytorch_grad_cam:EigenCAM",
        "features",
        "first principal component: what is salient, not what supports the prediction",
        "https://arxiv.org/abs/2008.00299",
    ),
    "eigengradcam": SaliencyMethod(
        "pytorch_grad_cam:EigenGradCAM",
        "gradient",
        "first principal component of features times gradient",
        "https://arxiv.org/abs/2008.00299",
    ),
    "gradcamelementwise": SaliencyMethod(
        "pytorch_grad_cam:GradCAMElementWise",
        "gradient",
        "positive features times gradient in each cell",
        "https://github.com/jacobgil/pytorch-grad-cam",
    ),
    "segeigencam": SaliencyMethod(
        "pytorch_grad_cam:SegEigenCAM",
        "gradient",
        "first principal component, its sign corrected",
        "https://github.com/jacobgil/pytorch-grad-cam",
    ),
    "kpcacam": SaliencyMethod(
        "pytorch_grad_cam:KPCA_CAM",
        "features",
        "first kernel principal component",
        "https://github.com/jacobgil/pytorch-grad-cam",
    ),
    "fem": SaliencyMethod(
        "pytorch_grad_cam:FEM",
        "features",
        "cells with rare, high features",
        "https://github.com/jacobgil/pytorch-grad-cam",
    ),
    "finercam": SaliencyMethod(
        "pytorch_grad_cam:GradCAM",
        "gradient",
        "Grad-CAM of the target's logit minus those of its three most similar classes",
        "https://arxiv.org/abs/2501.11309",
        gradient="pv_engine.explain.head_gradients:finer_gradients",
    ),
    "shapleycam": SaliencyMethod(
        "pytorch_grad_cam:GradCAM",
        "gradient",
        "Grad-CAM with the Hessian; the same as Grad-CAM for a head that is linear in its features",
        "https://arxiv.org/abs/2501.06261",
        gradient="pv_engine.explain.head_gradients:shapley_gradients",
    ),
    "scorecam": SaliencyMethod(
        "pv_engine.explain.gradient_free:score_cam",
        "network",
        "channels weighed by the score of the image that they mask",
        "https://arxiv.org/abs/1910.01279",
    ),
    "ablationcam": SaliencyMethod(
        "pv_engine.explain.gradient_free:ablation_cam",
        "head",
        "channels weighed by what the logit loses without them, set to zero; pytorch-grad-cam sets "
        "them far below zero, so its numbers differ",
        "https://doi.org/10.1109/WACV45572.2020.9093360",
    ),
    "rollout": SaliencyMethod(
        "pv_engine.explain.attention_rollout:attention_rollout",
        "attention",
        "attention multiplied through the blocks of a vision transformer: what is attended to, not "
        "what supports the prediction",
        "https://arxiv.org/abs/2005.00928",
    ),
}
SALIENCY = registry("foresee.saliency_methods", OWN)
