#!/usr/bin/env python3
"""Trains the yardstick's dense and its depthwise-separable network on Fashion-MNIST and writes them as ONNX.

Needs Debian's python3-torch and dataset-fashion-mnist; takes some minutes on one core:

    python3 tests/bench/networks/train_networks.py tests/bench/networks

Both take raw images scaled by 1/255. Seeded, but PyTorch does not promise equal bits on other machines: the committed
files are those whose accuracy the README states.
"""

import argparse
import pathlib
import sys

import torch
from torch import nn
from torch.nn import functional as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "examples/fashion-lenet"))
from train import accuracy, augment, load  # noqa: E402

BATCH = 128


def dense() -> nn.Module:
    """784-64-64-32-10 with ReLU."""
    widths = [784, 64, 64, 32, 10]
    layers: list[nn.Module] = [nn.Flatten()]
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def convolution(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    """With batch normalisation, which the export folds into its weights."""
    return [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    ]


def depthwise() -> nn.Module:
    """A small MobileNet: a convolution, five depthwise-separable blocks, global average pooling, a dense layer."""
    layers = convolution(1, 16, 3, stride=2)
    channels = 16
    for outputs, stride in ((32, 1), (48, 2), (64, 1), (64, 1), (96, 2)):
        layers += convolution(channels, channels, 3, stride, groups=channels) + convolution(channels, outputs, 1)
        channels = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))


def train(net: nn.Module, epochs: int) -> None:
    images, labels = load("train")
    test_images, test_labels = load("t10k")
    optimiser = torch.optim.AdamW(net.parameters(), weight_decay=2e-3)
    steps = epochs * (len(images) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=6e-3, total_steps=steps)
    for epoch in range(epochs):
        net.train()
        order = torch.randperm(len(images))[: len(images) // BATCH * BATCH]
        for index in order.split(BATCH):
            loss = F.cross_entropy(net(augment(images[index])), labels[index])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        print(f"epoch {epoch + 1}: test top-1 {accuracy(net, test_images, test_labels):.4f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="where the ONNX files are written")
    parser.add_argument("--epochs", type=int, default=20)
    arguments = parser.parse_args()

    torch.set_num_threads(1)
    for build in (dense, depthwise):
        torch.manual_seed(1)
        net = build()
        print(f"{build.__name__}: {sum(p.numel() for p in net.parameters())} parameters", flush=True)
        train(net, arguments.epochs)
        net.eval()
        torch.onnx.export(net, torch.zeros(1, 1, 28, 28), str(arguments.folder / f"{build.__name__}.onnx"),
                          opset_version=13, input_names=["image"], output_names=["scores"],
                          dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}})


if __name__ == "__main__":
    main()
