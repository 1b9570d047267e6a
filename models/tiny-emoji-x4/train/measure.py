"""Measure the engine's file on the held-out concepts, and draw the samples.

    python measure.py --png work/png --drawn drawn.png --out ../samples

`drawn.png` is a picture of 128x128 that the embedded model drew. The pairs of SAMPLES are what the
engine's test enlarges; the sheet shows small (each pixel a square), Lanczos, this model, and the truth.
"""
import argparse
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file

import pairs
from rrdb import FEATURES, GROWTH, RRDBNet
from train import enlarge, lanczos, psnr

SAMPLES = ["bullet-train", "cupcake", "penguin", "taxi"]
SHOWN = ["taxi", "ferris-wheel"]


def window(x, size=11, sigma=1.5):
    """Gaussian mean over the rows and columns of a grey picture."""
    line = np.exp(-((np.arange(size) - size // 2) ** 2) / (2 * sigma ** 2))
    line /= line.sum()
    for axis in (0, 1):
        x = np.apply_along_axis(lambda row: np.convolve(row, line, "valid"), axis, x)
    return x


def ssim(a, b):
    """Structural similarity of the brightness (Wang 2004: Gaussian window of 11, sigma 1.5)."""
    a, b = (np.asarray(Image.fromarray(p).convert("L"), np.float64) for p in (a, b))
    ma, mb = window(a), window(b)
    va, vb, both = window(a * a) - ma * ma, window(b * b) - mb * mb, window(a * b) - ma * mb
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return float((((2 * ma * mb + c1) * (2 * both + c2)) / ((ma ** 2 + mb ** 2 + c1) * (va + vb + c2))).mean())


def engine_model(path):
    """The file as it is: all channels, also those of zeros."""
    model = RRDBNet(FEATURES, GROWTH, FEATURES)
    model.load_state_dict({name: value.float() for name, value in load_file(path).items()})
    return model.eval()


def squares(small):
    return np.asarray(Image.fromarray(small).resize((pairs.SIDE, pairs.SIDE), Image.NEAREST))


def sheet(rows, path):
    """Middle parts, so that a pixel of the picture is a pixel of the sheet."""
    side, gap = 256, 4
    canvas = Image.new("RGB", (len(rows[0]) * (side + gap) - gap, len(rows) * (side + gap) - gap), "#888888")
    for y, row in enumerate(rows):
        for x, picture in enumerate(row):
            if picture is None:
                continue
            left = (pairs.SIDE - side) // 2
            part = Image.fromarray(picture).crop((left, left, left + side, left + side))
            canvas.paste(part, (x * (side + gap), y * (side + gap)))
    canvas.quantize(256).save(path, optimize=True)


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--png", default="work/png")
    args.add_argument("--drawn", default="")
    args.add_argument("--model", default="../tiny-emoji-x4.safetensors")
    args.add_argument("--out", default="../samples")
    args = args.parse_args()

    torch.set_num_threads(2)
    model = engine_model(args.model)
    held = {n: views for n, views in pairs.read(args.png).items() if pairs.held_out(n)}
    out = Path(args.out)
    out.mkdir(exist_ok=True)
    results, shown = [], {}
    for name, small, large in pairs.tests(held):
        ours, theirs = enlarge(model, small), lanczos(small)
        results.append((name, psnr(theirs, large), psnr(ours, large), ssim(theirs, large), ssim(ours, large)))
        print("%-20s Lanczos %.2f dB %.4f   this model %.2f dB %.4f" % (name, *(results[-1][i] for i in (1, 3, 2, 4))))
        shown[name] = [squares(small), theirs, ours, large]
        if name in SAMPLES:
            Image.fromarray(small).save(out / f"{name}.small.png", optimize=True)
            Image.fromarray(large).save(out / f"{name}.large.png", optimize=True)
    mean = np.mean([row[1:] for row in results], 0)
    worst = min(results, key=lambda row: row[2] - row[1])
    print("mean of %d: Lanczos %.2f dB, SSIM %.4f; this model %.2f dB, SSIM %.4f" % (len(results), *mean[[0, 2, 1, 3]]))
    print("least gain: %s, %.2f dB" % (worst[0], worst[2] - worst[1]))

    rows = [shown[name] for name in SHOWN]
    if args.drawn:
        drawn = np.asarray(Image.open(args.drawn).convert("RGB"))
        rows.append([squares(drawn), lanczos(drawn), enlarge(model, drawn), None])
    sheet(rows, out / "before-after.png")


if __name__ == "__main__":
    main()
