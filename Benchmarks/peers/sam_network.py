"""SAM in PyTorch from an official file: transformers' network, and MobileSAM's image encoder."""

import re

import torch
from safetensors.torch import load_file
from torch import nn
from transformers import SamConfig, SamMaskDecoderConfig, SamModel, SamVisionConfig

SIDE = 1024
# width, blocks, heads, blocks that attend over the whole image
TRANSFORMERS = {
    "sam-vit-b": (768, 12, 12, [2, 5, 8, 11]),
    "sam-vit-l": (1024, 24, 16, [5, 11, 17, 23]),
    "sam-vit-h": (1280, 32, 16, [7, 15, 23, 31]),
}
MODELS = [*TRANSFORMERS, "sam-vit-t"]

# Official names to those of transformers, in this order.
RENAMES = [
    (r"^image_encoder\.patch_embed\.proj\.", "vision_encoder.patch_embed.projection."),
    (r"^image_encoder\.blocks\.(\d+)\.norm", r"vision_encoder.layers.\1.layer_norm"),
    (r"^image_encoder\.blocks\.", "vision_encoder.layers."),
    (r"^image_encoder\.neck\.0\.", "vision_encoder.neck.conv1."),
    (r"^image_encoder\.neck\.1\.", "vision_encoder.neck.layer_norm1."),
    (r"^image_encoder\.neck\.2\.", "vision_encoder.neck.conv2."),
    (r"^image_encoder\.neck\.3\.", "vision_encoder.neck.layer_norm2."),
    (r"^image_encoder\.", "vision_encoder."),
    (r"\.pe_layer\.positional_encoding_gaussian_matrix$",
     ".shared_embedding.positional_embedding"),
    (r"\.point_embeddings\.", ".point_embed."),
    (r"\.mask_downscaling\.0\.", ".mask_embed.conv1."),
    (r"\.mask_downscaling\.1\.", ".mask_embed.layer_norm1."),
    (r"\.mask_downscaling\.3\.", ".mask_embed.conv2."),
    (r"\.mask_downscaling\.4\.", ".mask_embed.layer_norm2."),
    (r"\.mask_downscaling\.6\.", ".mask_embed.conv3."),
    (r"^(mask_decoder\.transformer\..*)\bnorm", r"\1layer_norm"),
    (r"\.output_upscaling\.0\.", ".upscale_conv1."),
    (r"\.output_upscaling\.1\.", ".upscale_layer_norm."),
    (r"\.output_upscaling\.3\.", ".upscale_conv2."),
    (r"(_mlps\.\d|_head)\.layers\.0\.", r"\1.proj_in."),
    (r"(_mlps\.\d|_head)\.layers\.1\.", r"\1.layers.0."),
    (r"(_mlps\.\d|_head)\.layers\.2\.", r"\1.proj_out."),
]


def renamed(name):
    for pattern, replacement in RENAMES:
        name = re.sub(pattern, replacement, name)
    return name


def load(model, weights):
    """The network with the weights of an official file; every name must be known."""
    width, depth, heads, everywhere = TRANSFORMERS.get(model, (32, 0, 1, []))
    config = SamConfig(
        vision_config=SamVisionConfig(
            hidden_size=width, num_hidden_layers=depth, num_attention_heads=heads,
            global_attn_indexes=everywhere, num_pos_feats=128),
        # As in the official code; transformers' own default differs.
        mask_decoder_config=SamMaskDecoderConfig(layer_norm_eps=1e-5))
    # Without storage: the file's tensors are taken as they are.
    with torch.device("meta"):
        network = SamModel(config)
        if model == "sam-vit-t":
            network.vision_encoder = TinyViT()
    tensors = {renamed(name): value for name, value in load_file(weights).items()}
    shared = "prompt_encoder.shared_embedding.positional_embedding"
    tensors["shared_image_embedding.positional_embedding"] = tensors[shared]
    found = network.load_state_dict(tensors, assign=True, strict=False)
    missing = [name for name in found.missing_keys if not name.endswith("num_batches_tracked")]
    unknown = [name for name in found.unexpected_keys if "encoder.head." not in name
               and "encoder.norm_head." not in name]
    if missing or unknown:
        raise SystemExit(f"{weights} does not fit {model}: missing {missing}, unknown {unknown}")
    for part in network.modules():
        if isinstance(part, WindowAttention):
            part.gather()
    return network.eval()


class NormedConvolution(nn.Sequential):
    """A convolution without bias, then batch normalisation."""

    def __init__(self, inputs, outputs, kernel, stride=1, groups=1):
        super().__init__()
        self.add_module("c", nn.Conv2d(
            inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False))
        self.add_module("bn", nn.BatchNorm2d(outputs))


class Bottleneck(nn.Module):
    """Widens, filters each channel, narrows; `stride` and `outputs` make it the step between stages."""

    def __init__(self, inputs, inner, outputs, stride=1, residual=True):
        super().__init__()
        self.conv1 = NormedConvolution(inputs, inner, 1)
        self.conv2 = NormedConvolution(inner, inner, 3, stride, groups=inner)
        self.conv3 = NormedConvolution(inner, outputs, 1)
        self.residual = residual

    def forward(self, x):
        gelu = nn.functional.gelu
        y = self.conv3(gelu(self.conv2(gelu(self.conv1(x)))))
        return gelu(x + y) if self.residual else y


class WindowAttention(nn.Module):
    def __init__(self, width, side, head=32):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.attention_biases = nn.Parameter(torch.zeros(width // head, side * side))
        self.side, self.head = side, head
        self.register_buffer("bias", None, persistent=False)  # (1, heads, N, N)

    def gather(self):
        """What each pair of tokens adds to its score, looked up once."""
        place = torch.arange(self.side * self.side)
        rows, columns = place // self.side, place % self.side
        entries = ((rows[:, None] - rows[None]).abs() * self.side
                   + (columns[:, None] - columns[None]).abs())
        with torch.no_grad():
            self.bias = self.attention_biases[:, entries][None]

    def forward(self, x):
        count, tokens, width = x.shape
        q, k, v = self.qkv(self.norm(x)).view(
            count, tokens, -1, 3 * self.head).split(self.head, dim=3)
        mixed = nn.functional.scaled_dot_product_attention(
            q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), attn_mask=self.bias)
        return self.proj(mixed.transpose(1, 2).reshape(count, tokens, width))


class Perceptron(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, x):
        return self.fc2(nn.functional.gelu(self.fc1(self.norm(x))))


class Block(nn.Module):
    """Attention within windows, a convolution over the map that stands alone, and a perceptron."""

    def __init__(self, width, window):
        super().__init__()
        self.attn = WindowAttention(width, window)
        self.local_conv = NormedConvolution(width, width, 3, groups=width)
        self.mlp = Perceptron(width)
        self.window = window

    def forward(self, x):
        x = x + self.attended(x)
        x = self.local_conv(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        return x + self.mlp(x)

    def attended(self, x):
        batch, height, width, channels = x.shape
        side = self.window
        rows, columns = -(-height // side), -(-width // side)
        x = nn.functional.pad(x, (0, 0, 0, columns * side - width, 0, rows * side - height))
        x = x.view(batch, rows, side, columns, side, channels).transpose(2, 3)
        x = self.attn(x.reshape(-1, side * side, channels))
        x = x.view(batch, rows, columns, side, side, channels).transpose(2, 3)
        return x.reshape(batch, rows * side, columns * side, channels)[:, :height, :width]


class Stage(nn.Module):
    def __init__(self, blocks, step):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)
        self.downsample = step

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        if self.downsample is None:
            return x
        return self.downsample(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)


class ChannelNorm(nn.LayerNorm):
    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class TinyViT(nn.Module):
    """The image encoder of MobileSAM: convolutions first, then windows, channels last in between."""

    def __init__(self, widths=(64, 128, 160, 320), depths=(2, 2, 6, 2), windows=(7, 7, 14, 7)):
        super().__init__()
        first = widths[0]
        self.patch_embed = nn.Module()
        self.patch_embed.seq = nn.Sequential(
            NormedConvolution(3, first // 2, 3, 2), nn.GELU(),
            NormedConvolution(first // 2, first, 3, 2))
        self.layers = nn.ModuleList()
        for stage, width in enumerate(widths):
            blocks = [
                Block(width, windows[stage]) if stage else Bottleneck(width, 4 * width, width)
                for _ in range(depths[stage])]
            # The last step keeps the size, so that the embedding is as fine as the large encoder's.
            step = Bottleneck(
                width, widths[stage + 1], widths[stage + 1], 2 if stage < 2 else 1,
                residual=False) if stage + 1 < len(widths) else None
            self.layers.append(Stage(blocks, step))
        self.neck = nn.Module()
        self.neck.conv1 = nn.Conv2d(widths[-1], 256, 1, bias=False)
        self.neck.layer_norm1 = ChannelNorm(256, eps=1e-6)
        self.neck.conv2 = nn.Conv2d(256, 256, 3, padding=1, bias=False)
        self.neck.layer_norm2 = ChannelNorm(256, eps=1e-6)

    def forward(self, x):
        x = self.patch_embed.seq(x)
        first, *rest = self.layers
        for block in first.blocks:
            x = block(x)
        x = first.downsample(x).permute(0, 2, 3, 1)
        for stage in rest:
            x = stage(x)
        neck = self.neck
        x = neck.layer_norm1(neck.conv1(x.permute(0, 3, 1, 2)))
        return (neck.layer_norm2(neck.conv2(x)),)
