#!/usr/bin/env python3
"""Trains the LeNet-5 of the bundled example on Fashion-MNIST and writes it as ONNX.

Needs Debian's python3-torch and dataset-fashion-mnist; takes some minutes on two cores:

    python3 examples/fashion-lenet/train.py examples/fashion-lenet/lenet5.onnx

The network takes raw images scaled by 1/255 (`roofscape model import --scale 1/255`). Seeded, but PyTorch does not
promise equal bits on other machines: the committed file is the one whose accuracy the README states.
"""

import argparse
import gzip
import pathlib

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

DATA = pathlib.Path("/usr/share/datasets/fashion-mnist")


def read_idx(path: pathlib.Path) -> np.ndarray:
    """Reads an IDX file of unsigned bytes, gzip-compressed or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        raw = file.read()
    rank = raw[3]
    shape = np.frombuffer(raw, ">u4", rank, 4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(shape)


def load(prefix: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Images in [0, 1], [N, 1, 28, 28], and labels."""
    images, labels = (next(DATA.glob(f"{prefix}-{part}*")) for part in ("images-idx3", "labels-idx1"))
    pixels = torch.from_numpy(read_idx(images).astype(np.float32) / 255).unsqueeze(1)
    return pixels, torch.from_numpy(read_idx(labels).astype(np.int64))


class LeNet5(nn.Module):
    """LeCun's shape with ReLU and max pooling."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


def augment(images: torch.Tensor) -> torch.Tensor:
    """Mirrors half of the images and shifts each batch by up to one pixel."""
    mirrored = torch.rand(len(images), 1, 1, 1) < 0.5
    images = torch.where(mirrored, images.flip(3), images)
    dy, dx = torch.randint(-1, 2, (2,)).tolist()
    return F.pad(images, (1, 1, 1, 1))[:, :, 1 + dy : 29 + dy, 1 + dx : 29 + dx]


def accuracy(net: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    net.eval()
    with torch.no_grad():
        hits = sum((net(x).argmax(1) == y).sum().item() for x, y in zip(images.split(1000), labels.split(1000)))
    return hits / len(labels)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", help="ONNX file to write")
    parser.add_argument("--epochs", type=int, default=20)
    arguments = parser.parse_args()

    torch.manual_seed(1)
    torch.set_num_threads(1)
    images, labels = load("train")
    test_images, test_labels = load("t10k")
    net = LeNet5()
    optimiser = torch.optim.AdamW(net.parameters(), weight_decay=2e-3)
    batch, steps = 128, arguments.epochs * (len(images) // 128)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=4e-3, total_steps=steps)
    for epoch in range(arguments.epochs):
        net.train()
        order = torch.randperm(len(images))[: len(images) // batch * batch]
        for index in order.split(batch):
            loss = F.cross_entropy(net(augment(images[index])), labels[index])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        print(f"epoch {epoch + 1}: test top-1 {accuracy(net, test_images, test_labels):.4f}", flush=True)

    net.eval()
    torch.onnx.export(net, torch.zeros(1, 1, 28, 28), arguments.output, opset_version=13, input_names=["image"],
                      output_names=["scores"], dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}})


if __name__ == "__main__":
    main()
