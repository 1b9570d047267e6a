"""Small and large versions of the emoji: crops for training, whole pictures for the test."""
import sys
import zlib
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file

EMBEDDED = Path(__file__).resolve().parents[2] / "tiny-emoji"
sys.path.insert(0, str(EMBEDDED / "train"))
import autoencoder  # noqa: E402

SIDE, FACTOR, CROP = 512, 4, 32
VIEWS = (448, 384)  # the sizes in which the embedded model knows its emoji, times four


def held_out(name):
    """One concept in ten is kept for the test, whatever the order of the list."""
    return zlib.crc32(name.encode()) % 10 == 0


def on(colour, rgba):
    """The icon in the middle of a plain square."""
    canvas = Image.new("RGB", (SIDE, SIDE), colour)
    corner = (SIDE - rgba.width) // 2
    canvas.paste(rgba, (corner, corner), rgba)
    return np.asarray(canvas)


def shrink(picture):
    """Area average, 8 bits."""
    blocks = picture.reshape(SIDE // FACTOR, FACTOR, SIDE // FACTOR, FACTOR, 3)
    return np.rint(blocks.mean((1, 3))).astype(np.uint8)


def read(folder):
    """name -> its icons, one for each view."""
    names = sorted({path.name.rsplit("@", 1)[0] for path in Path(folder).glob("*.png")})
    return {n: [Image.open(f"{folder}/{n}@{v}.png").convert("RGBA") for v in VIEWS] for n in names}


def tests(icons):
    """(name, small, large) of every held-out concept, on white."""
    large = [(n, on("white", views[0])) for n, views in icons.items() if held_out(n)]
    return [(n, shrink(picture), picture) for n, picture in large]


def embedded_autoencoder():
    """The embedded model's autoencoder, thin again (its file is filled up with zeros)."""
    full = load_file(EMBEDDED / "tiny-emoji.tae.safetensors")
    model = autoencoder.AutoEncoder()
    state = model.state_dict()
    for name, value in state.items():
        if name in ("shift", "scale"):
            continue
        side, index, rest = name.split(".", 2)
        rest = {"b": "conv.4.bias"}.get(rest, rest.replace("c0.", "conv.0.").replace("c2.", "conv.2.").replace("c4.", "conv.4."))
        source = full[f"{side}.layers.{index}.{rest}"].float()
        value.copy_(source[tuple(slice(n) for n in value.shape)])
    return model.eval()


@torch.no_grad()
def through(model, small, noise):
    """What the embedded model's decoder makes of a small picture: soft, as its own pictures are."""
    x = torch.from_numpy(small).permute(2, 0, 1)[None].float() / 255
    z = model.latent(x)
    y = model.decode(z + noise * torch.randn_like(z))[0].clamp(0, 1)
    return (y.permute(1, 2, 0) * 255).round().byte().numpy()


class Crops:
    """Random pairs of crops, most of them on edges. Nothing of the held-out concepts is in them."""

    def __init__(self, icons, seed=0):
        torch.manual_seed(seed)
        self.random = np.random.default_rng(seed)
        model = embedded_autoencoder()
        self.icons, self.soft, self.edges = [], [], []
        # All large views, then all smaller ones: only the former have a soft version.
        views = [(v, views[v]) for v in range(len(VIEWS)) for n, views in icons.items() if not held_out(n)]
        for view, icon in views:
            small = shrink(on("white", icon))
            grey = small.astype(np.float32).mean(-1)
            slope = np.abs(np.diff(grey, axis=0))[:, :-1] + np.abs(np.diff(grey, axis=1))[:-1]
            edges = np.argwhere(slope > 6)
            if not len(edges):
                continue
            self.edges.append(edges)
            if view == 0:
                self.soft.append(through(model, small, 0.2 * self.random.random()))
            margin = (SIDE - icon.width) // 2
            self.icons.append(np.pad(np.asarray(icon), ((margin, margin), (margin, margin), (0, 0))))

    def corner(self, index):
        """Upper left of a crop of the small picture."""
        if self.random.random() < 0.1:
            return self.random.integers(0, SIDE // FACTOR - CROP + 1, 2)
        centre = self.edges[index][self.random.integers(len(self.edges[index]))]
        return np.clip(centre - self.random.integers(4, CROP - 4, 2), 0, SIDE // FACTOR - CROP)

    def one(self, soft):
        """(small, large); `small` is None where it is to be made from the large one."""
        index = self.random.integers(len(self.soft if soft else self.icons))
        y, x = self.corner(index)
        size = CROP * FACTOR
        rgba = self.icons[index][y * FACTOR:y * FACTOR + size, x * FACTOR:x * FACTOR + size].astype(np.float32)
        plain = soft or self.random.random() < 0.6
        ground = 255 if plain else self.random.integers(0, 256, 3)
        alpha = rgba[..., 3:] / 255
        large = np.rint(rgba[..., :3] * alpha + ground * (1 - alpha))
        small = self.soft[index][y:y + CROP, x:x + CROP].astype(np.float32) if soft else None
        turns, mirror, invert = self.random.integers(4), self.random.random() < 0.5, self.random.random() < 0.1
        order = self.random.permutation(3)

        def changed(picture):
            picture = np.rot90(picture, turns)[..., order]
            picture = picture[:, ::-1] if mirror else picture
            return torch.from_numpy((255 - picture if invert else picture).astype(np.float32)).permute(2, 0, 1)

        return (None if small is None else changed(small)), changed(large)

    def batch(self, count):
        """Tensors (small, large) in 0..1, turned, mirrored and with their colours swapped."""
        pairs = [self.one(soft=i < count // 4) for i in range(count)]
        large = torch.stack([large for _, large in pairs])
        if self.random.random() < 0.7:
            small = F.avg_pool2d(large, FACTOR)
        else:
            small = F.interpolate(large, scale_factor=1 / FACTOR, mode="bicubic", antialias=True)
        small[:count // 4] = torch.stack([small for small, _ in pairs[:count // 4]])
        return small.round().clamp(0, 255) / 255, large / 255
