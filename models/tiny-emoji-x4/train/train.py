"""Train the upscaler on the embedded model's emoji and write the engine's file.

    python train.py --png work/png --out ../tiny-emoji-x4.safetensors --minutes 35
    python train.py --resume ../tiny-emoji-x4.safetensors --out ../tiny-emoji-x4.safetensors --lr 2e-4 --minutes 6

L1 loss, Adam, moving average of the weights; the best average on the held-out concepts is kept. The four
corners of a crop weigh more: nothing else in a picture looks like them, so they would stay grey.
Prints the mean PSNR of the held-out concepts beside that of Lanczos.
"""
import argparse
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file, save_file

import pairs
from rrdb import RRDBNet, padded, thinned


def psnr(a, b):
    """Decibels between two 8-bit pictures."""
    return -10 * np.log10(((a.astype(np.float64) - b) ** 2).mean() / 255 ** 2)


def lanczos(small):
    return np.asarray(Image.fromarray(small).resize((pairs.SIDE, pairs.SIDE), Image.LANCZOS))


@torch.no_grad()
def enlarge(model, small):
    x = torch.from_numpy(small.copy()).permute(2, 0, 1)[None].float() / 255
    y = model(x.contiguous(memory_format=torch.channels_last))[0].clamp(0, 1)
    return (y.permute(1, 2, 0) * 255).round().byte().numpy()


def score(model, tests):
    return float(np.mean([psnr(enlarge(model, small), large) for _, small, large in tests]))


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--png", default="work/png")
    args.add_argument("--out", default="../tiny-emoji-x4.safetensors")
    args.add_argument("--minutes", type=float, default=35)
    args.add_argument("--batch", type=int, default=8)
    args.add_argument("--lr", type=float, default=1e-3)
    args.add_argument("--resume", default="")
    args.add_argument("--threads", type=int, default=2)
    args = args.parse_args()

    torch.manual_seed(0)
    torch.set_num_threads(args.threads)
    icons = pairs.read(args.png)
    crops, tests = pairs.Crops(icons), pairs.tests(icons)
    quick = tests[::5]
    base = [float(np.mean([psnr(lanczos(s), l) for _, s, l in part])) for part in (tests, quick)]
    model, average = RRDBNet(), RRDBNet()
    if args.resume:
        thinned(model, load_file(args.resume))
    model = model.to(memory_format=torch.channels_last)
    average.load_state_dict(model.state_dict())
    count = sum(p.numel() for p in model.parameters())
    print(f"{count} parameters; {len(icons) - len(tests)} concepts, {len(tests)} held out; "
          f"Lanczos {base[0]:.2f} dB (every fifth: {base[1]:.2f}), start {score(average, quick):.2f} dB", flush=True)

    optimiser = torch.optim.Adam(model.parameters(), lr=args.lr, betas=(0.9, 0.99))
    start, step, mean, best, seen = time.time(), 0, None, 0.0, 0.0
    while (elapsed := (time.time() - start) / 60) < args.minutes:
        part = elapsed / args.minutes
        for group in optimiser.param_groups:
            group["lr"] = args.lr * min(1, (step + 1) / 50) * (0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * part)))
        small, large = crops.batch(args.batch)
        small = small.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            out = model(small)
        corners = (out.float() - large)[:, :, [0, -1]][:, :, :, [0, -1]].abs().mean()
        loss = F.l1_loss(out.float(), large) + 0.02 * corners
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimiser.step()
        step += 1
        with torch.no_grad():
            decay = min(0.998, (step + 1) / (step + 20))
            torch._foreach_lerp_(list(average.parameters()), list(model.parameters()), 1 - decay)
        mean = loss.item() if mean is None else 0.98 * mean + 0.02 * loss.item()
        if step in (5, 50) or step % 100 == 0:
            print(f"step {step} {elapsed:.1f} min loss {mean:.5f}", flush=True)
        if elapsed - seen > 4 or elapsed + 1 / 20 > args.minutes:
            seen = elapsed
            now = score(average, quick)
            print(f"step {step} {elapsed:.1f} min held out {now:.2f} dB", flush=True)
            if now > best:
                best = now
                save_file(padded(average), args.out)

    print(f"done: {step} steps; every fifth {best:.2f} dB (Lanczos {base[1]:.2f}), "
          f"all held out {score(average, tests):.2f} dB (Lanczos {base[0]:.2f})")


if __name__ == "__main__":
    main()
