"""The architectures whose cut is tried by `pv_engine.benchmarks.coverage`."""

CONVOLUTIONAL = (
    "torchvision:resnet18", "torchvision:densenet121", "torchvision:mobilenet_v2",
    "torchvision:efficientnet_b0", "torchvision:mnasnet0_5", "torchvision:shufflenet_v2_x0_5",
    "torchvision:regnet_y_400mf", "torchvision:googlenet", "torchvision:inception_v3",
    "torchvision:alexnet", "torchvision:squeezenet1_1", "torchvision:mobilenet_v3_small",
    "torchvision:convnext_tiny", "torchvision:vgg11", "timm:resnet18",
    "timm:tf_efficientnet_lite0", "timm:tf_efficientnet_lite2", "timm:efficientnet_b3",
    "timm:test_byobnet", "timm:dla34", "timm:hrnet_w18_small", "timm:test_convnext",
    "timm:mobilenetv3_small_050", "timm:mambaout_femto", "timm:nasnetalarge", "timm:ghostnet_100",
    "timm:repvgg_a0", "timm:focalnet_tiny_srf",
)  # fmt: skip
TRANSFORMERS = (
    "torchvision:swin_t", "torchvision:maxvit_t", "torchvision:vit_b_32",
    "timm:swin_tiny_patch4_window7_224", "timm:mixer_s32_224",
    "timm:vit_little_patch16_reg1_gap_256", "timm:vit_tiny_patch16_224",
    "timm:deit_tiny_patch16_224", "timm:deit_tiny_distilled_patch16_224",
    "timm:deit3_small_patch16_224", "timm:vit_small_patch14_reg4_dinov2",
    "timm:vit_base_patch32_clip_224", "timm:cait_xxs24_224", "timm:xcit_nano_12_p16_224",
    "timm:levit_128s", "timm:eva02_tiny_patch14_224", "timm:vit_base_patch16_siglip_224",
    "timm:hiera_tiny_224", "timm:efficientformer_l1", "timm:beit_base_patch16_224",
    "timm:pit_ti_224", "timm:twins_svt_small", "timm:volo_d1_224", "timm:coat_lite_tiny",
    "timm:crossvit_9_240", "timm:tnt_s_legacy_patch16_224", "timm:mvitv2_tiny", "timm:nest_tiny",
    "timm:resmlp_12_224", "timm:sequencer2d_s", "timm:mobilevit_xxs", "timm:edgenext_xx_small",
    "timm:swinv2_tiny_window8_256", "timm:tiny_vit_5m_224", "timm:davit_tiny",
    "timm:coatnet_nano_rw_224", "timm:convit_tiny", "timm:gcvit_xxtiny",
    "timm:vit_relpos_small_patch16_224",
)  # fmt: skip
ARCHITECTURES = (*CONVOLUTIONAL, *TRANSFORMERS)
