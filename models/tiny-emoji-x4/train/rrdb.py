"""The engine's ESRGAN layout for a factor of 4, with widths to choose.

The engine reads the number of blocks and the factor from the tensors' names; its widths are fixed
(64 features, growth 32). A thinner network is trained, and `padded` fills it up with zeros: what a
channel of zeros adds is zero, so both compute the same.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

FEATURES, GROWTH = 64, 32


def conv(cin, cout):
    layer = nn.Conv2d(cin, cout, 3, 1, 1)
    with torch.no_grad():
        nn.init.kaiming_normal_(layer.weight, a=0.2)
        layer.weight *= 0.1
        layer.bias.zero_()
    return layer


def lrelu(x):
    return F.leaky_relu(x, 0.2)


def up(x):
    return F.interpolate(x, scale_factor=2, mode="nearest")


class DenseBlock(nn.Module):
    def __init__(self, features, growth):
        super().__init__()
        for i in range(5):
            out = growth if i < 4 else features
            self.add_module(f"conv{i + 1}", conv(features + growth * i, out))

    def forward(self, x):
        parts = [x]
        for layer in (self.conv1, self.conv2, self.conv3, self.conv4):
            parts.append(lrelu(layer(torch.cat(parts, 1))))
        return x + 0.2 * self.conv5(torch.cat(parts, 1))


class Block(nn.Module):
    def __init__(self, features, growth):
        super().__init__()
        self.rdb1, self.rdb2, self.rdb3 = (DenseBlock(features, growth) for _ in range(3))

    def forward(self, x):
        return x + 0.2 * self.rdb3(self.rdb2(self.rdb1(x)))


class RRDBNet(nn.Module):
    """`features` and `growth` where the picture is small, `wide` channels where it has grown."""

    def __init__(self, features=32, growth=16, wide=24, blocks=1):
        super().__init__()
        self.sizes = dict(features=features, growth=growth, wide=wide, blocks=blocks)
        self.conv_first = conv(3, features)
        self.body = nn.ModuleList(Block(features, growth) for _ in range(blocks))
        self.conv_body = conv(features, features)
        self.conv_up1, self.conv_up2 = conv(features, wide), conv(wide, wide)
        self.conv_hr, self.conv_last = conv(wide, wide), conv(wide, 3)
        self.start_bilinear()

    @torch.no_grad()
    def start_bilinear(self):
        """Let the first three channels carry the picture, so that training starts at bilinear."""
        tent = torch.tensor([1.0, 2.0, 1.0]) / 4
        point = torch.tensor([0.0, 1.0, 0.0])
        kernels = {"conv_first": point, "conv_up1": tent, "conv_up2": tent, "conv_hr": point, "conv_last": point}
        for name, line in kernels.items():
            weight = self.get_submodule(name).weight
            weight[:3] = 0
            for c in range(3):
                weight[c, c] = line[:, None] * line[None, :]

    def forward(self, x):
        x = self.conv_first(x)
        y = x
        for block in self.body:
            y = block(y)
        x = x + self.conv_body(y)
        x = lrelu(self.conv_up1(up(x)))
        x = lrelu(self.conv_up2(up(x)))
        return self.conv_last(lrelu(self.conv_hr(x)))


def places(name, count, features, growth):
    """Where the input channels of a thin layer lie among those of the engine's."""
    if ".rdb" not in name:
        return list(range(count))
    starts = [(0, features)] + [(FEATURES + GROWTH * i, growth) for i in range(4)]
    return [start + i for start, width in starts for i in range(width)][:count]


@torch.no_grad()
def thinned(model, tensors):
    """The other way round: the engine's tensors into a thin network."""
    features, growth = model.sizes["features"], model.sizes["growth"]
    for name, layer in model.named_modules():
        if isinstance(layer, nn.Conv2d):
            cout, cin = layer.weight.shape[:2]
            layer.weight.copy_(tensors[f"{name}.weight"][:cout, places(name, cin, features, growth)])
            layer.bias.copy_(tensors[f"{name}.bias"][:cout])


def padded(model):
    """The tensors as the engine wants them, f16."""
    features, growth = model.sizes["features"], model.sizes["growth"]
    tensors = {}
    for name, layer in model.named_modules():
        if not isinstance(layer, nn.Conv2d):
            continue
        cout, cin = layer.weight.shape[:2]
        last = name.split(".")[-1]
        inner = ".rdb" in name
        full_out = 3 if last == "conv_last" else GROWTH if inner and last != "conv5" else FEATURES
        full_in = 3 if last == "conv_first" else FEATURES + GROWTH * (int(last[-1]) - 1) if inner else FEATURES
        weight, bias = torch.zeros(full_out, full_in, 3, 3), torch.zeros(full_out)
        weight[:cout, places(name, cin, features, growth)] = layer.weight.detach().float().cpu()
        bias[:cout] = layer.bias.detach().float().cpu()
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = weight.half(), bias.half()
    return tensors
