"""``make mnist``: the course's own network reads MNIST, or says in one line which files to put where.

With all four files it trains on 60,000 images and tests on 10,000; with the test pair alone it trains on 8,000 of these
and tests on 2,000.
The network, the training loop and the reader of files are those of 10_digits (course_tests/reference/digits.py).
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
from tqdm import tqdm

from course_tests.reference.digits import Network, network_loss, new_network, predict, read_idx, train_epoch

SIZES, EPOCHS, BATCH_SIZE, LR = [784, 128, 64, 10], 20, 32, 0.1
PAIRS = {part: (f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte") for part in ("train", "t10k")}
HELP = (
    "No MNIST here: put t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte (and train-images-idx3-ubyte, "
    "train-labels-idx1-ubyte for the full run), "
    "plain or .gz, into {folder}, or name their folder: make mnist MNIST=/path/to/folder"
)


def main(folder: Path) -> None:
    """Read what is in `folder`, train, and print accuracy and time per epoch."""
    try:
        pairs = {part: pair for part in PAIRS if (pair := read_pair(folder, part))}
    except (OSError, ValueError) as error:
        sys.exit(f"make mnist: {error}")
    if "t10k" not in pairs:
        print(HELP.format(folder=folder))
        return
    train, test = parts(pairs)
    rng = np.random.default_rng(0)
    net = as_float32(new_network(SIZES, rng))
    print(
        f"{SIZES}, {len(train[1]):,} images to train on, {len(test[1]):,} others to test on; batches of {BATCH_SIZE}, "
        f"lr {LR}"
    )
    seconds = []
    with tqdm(range(EPOCHS), unit="epoch", disable=None) as bar:
        for _ in bar:
            start = time.perf_counter()
            loss = train_epoch(net, *train, BATCH_SIZE, LR, rng)
            seconds.append(time.perf_counter() - start)
            bar.set_postfix(loss=f"{loss:.4f}")
    accuracy = np.mean(predict(net, test[0]) == test[1])
    print(
        f"accuracy {accuracy:.4f} (loss {network_loss(net, *test):.4f}) on the {len(test[1]):,} test images, "
        f"{np.median(seconds):.2f} s per epoch (median of {EPOCHS})"
    )


def read_pair(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray] | None:
    """The images (N, 28, 28) and labels (N,) of "train" or "t10k"; None if neither file is there.

    Raises
    ------
    ValueError
        If one is missing, damaged, or not what its name says.
    """
    paths = [find(folder, name) for name in PAIRS[part]]
    if not any(paths):
        return None
    for path, name in zip(paths, PAIRS[part]):
        if path is None:
            raise ValueError(f"{folder / name} is missing (plain or .gz), but its companion is present")
    images, labels = (read_idx(path) for path in paths)
    if images.ndim != 3:
        raise ValueError(
            f"{paths[0]}: images have 3 axes, this file has {images.ndim}; is it the file of labels under a wrong name?"
        )
    if labels.ndim != 1:
        raise ValueError(
            f"{paths[1]}: labels have 1 axis, this file has {labels.ndim}; is it the file of images under a wrong name?"
        )
    if images.shape[1:] != (28, 28):
        raise ValueError(
            f"{paths[0]}: images of MNIST have 28 x 28 pixels, these have {images.shape[1]} x {images.shape[2]}"
        )
    if len(images) != len(labels):
        raise ValueError(
            f"{paths[0]} has {len(images):,} images, {paths[1]} has {len(labels):,} labels: they do not match"
        )
    if len(labels) and labels.max() > 9:
        raise ValueError(f"{paths[1]}: a label is {labels.max()}, and digits end at 9")
    return images, labels


def find(folder: Path, name: str) -> Path | None:
    """The file called `name` or `name`.gz in `folder`, if there is one."""
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def parts(pairs: dict) -> tuple[tuple, tuple]:
    """(X, y) to train on and (X, y) to test on, as float32 between 0 and 1: the two pairs, or four fifths and one
    fifth of the test pair.
    """
    test = prepare(*pairs["t10k"])
    if "train" in pairs:
        return prepare(*pairs["train"]), test
    X, y = test
    order = np.random.default_rng(0).permutation(len(y))  # the second half of these files was written by other people
    cut = len(y) * 4 // 5
    return (X[order[:cut]], y[order[:cut]]), (X[order[cut:]], y[order[cut:]])


def prepare(images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Flat images in float32 between 0 and 1, and labels as whole numbers."""
    return images.reshape(len(images), -1).astype(np.float32) / 255, labels.astype(int)


def as_float32(net: Network) -> Network:
    """The net itself, now in float32: half the memory, twice the speed."""
    for layer in net.layers:
        layer.params.update({key: array.astype(np.float32) for key, array in layer.params.items()})
    return net


if __name__ == "__main__":
    main(Path(os.environ.get("MNIST") or "mnist"))
