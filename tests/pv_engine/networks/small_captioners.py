"""Small captioning networks of transformers with random weights, and a tokenizer of whole words."""

import pytest
import torch
from torch import nn

SIZE = 64
VISION = {
    "hidden_size": 48, "num_hidden_layers": 3, "num_attention_heads": 3, "intermediate_size": 64,
    "image_size": SIZE, "patch_size": 16,
}  # fmt: skip
TEXT = {"vocab_size": 12, "hidden_size": 48, "num_hidden_layers": 1, "num_attention_heads": 3,
        "intermediate_size": 64, "bos_token_id": 2, "pad_token_id": 0}  # fmt: skip
WORDS = ["<pad>", "<unk>", "<start>", "<end>", "a", "photo", "of", "amber", "blue", "green", "red"]


def vision_bert(transformers):
    decoder = transformers.BertConfig(**TEXT, is_decoder=True, add_cross_attention=True)
    return encoder_decoder(transformers, decoder)


def vision_gpt2(transformers):
    decoder = transformers.GPT2Config(
        vocab_size=12, n_embd=48, n_layer=1, n_head=3, is_decoder=True, add_cross_attention=True,
        bos_token_id=2, eos_token_id=3,
    )  # fmt: skip
    return encoder_decoder(transformers, decoder)


def encoder_decoder(transformers, decoder):
    config = transformers.VisionEncoderDecoderConfig.from_encoder_decoder_configs(
        transformers.ViTConfig(**VISION), decoder
    )
    config.decoder_start_token_id = 2
    return transformers.VisionEncoderDecoderModel(config), "encoder.layernorm"


def blip(transformers):
    text = TEXT | {"encoder_hidden_size": 48, "sep_token_id": 3}
    config = transformers.BlipConfig(text_config=text, vision_config=VISION)
    model = transformers.BlipForConditionalGeneration(config)
    # The layer norm before it also reads the class token alone, so a layer of its own is hooked.
    model.text_decoder.tap = nn.Identity()
    model.text_decoder.register_forward_pre_hook(tapped, with_kwargs=True)
    return model, "text_decoder.tap"


def tapped(decoder, given, named):
    read = decoder.tap(named["encoder_hidden_states"])
    return given, {**named, "encoder_hidden_states": read}


def blip_asked(transformers):
    """Answers questions; its own forward gives no logits."""
    text = TEXT | {"encoder_hidden_size": 48, "sep_token_id": 3}
    config = transformers.BlipConfig(text_config=text, vision_config=VISION)
    model = transformers.BlipForQuestionAnswering(config)
    model.text_encoder.tap = nn.Identity()
    model.text_encoder.register_forward_pre_hook(tapped, with_kwargs=True)
    return model, "text_encoder.tap"


def git(transformers):
    config = transformers.GitConfig(vision_config=VISION, eos_token_id=3, **TEXT)
    model = transformers.GitForCausalLM(config)
    return model, "git.image_encoder.vision_model.post_layernorm"


KINDS = [vision_bert, vision_gpt2, blip, git]


def small(kind):
    """A model in eval mode, and the layer after which the rest of it reads the picture."""
    torch.manual_seed(0)
    model, layer = kind(pytest.importorskip("transformers"))
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(std=0.2)
    return model.eval(), layer


def tokenizer():
    """Makes a token of each of WORDS."""
    tokenizers = pytest.importorskip("tokenizers")
    table = {word: number for number, word in enumerate(WORDS)}
    whole = tokenizers.Tokenizer(tokenizers.models.WordLevel(table, unk_token="<unk>"))
    whole.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    return pytest.importorskip("transformers").PreTrainedTokenizerFast(
        tokenizer_object=whole, pad_token="<pad>", unk_token="<unk>", bos_token="<start>",
        eos_token="<end>",
    )  # fmt: skip
