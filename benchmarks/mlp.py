"""How fast is the course's own network? Time per epoch and accuracy beside scikit-learn's MLPClassifier and PyTorch on
CPU.

    python -m benchmarks.mlp                       # digits, and 60,000 made images of 784 pixels
    MNIST=/path/to/folder python -m benchmarks.mlp # and the MNIST files that lie there
    python -m benchmarks.mlp -r 3 --only digits

All contestants have the same data (float32), layers (relu), batch size, number of epochs and optimiser: plain SGD with
cross-entropy, without momentum
and penalty, reshuffled in each epoch. Each contestant is a process of its own that does nothing while another one's
turn is measured; turns go
round. One thread is asked for with OMP_NUM_THREADS=1 and OPENBLAS_NUM_THREADS=1; "default" sets neither. A contestant
that is not installed
in this Python does not take part: into a virtual environment with the course in it, `pip install scikit-learn
torch==2.13.0`. Run it on an otherwise idle machine.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course_tests.notebooks import SOURCE
from course_tests.reference.digits import fit, new_network, predict
from tools import mnist


@dataclass(frozen=True)
class Problem:
    """What everybody has to learn, and how."""

    hidden: list[int]
    epochs: int
    batch_size: int
    lr: float


PROBLEMS = {
    "digits": Problem([32], 40, 32, 0.3),
    "made": Problem([128, 64], 3, 128, 0.1),
    "mnist": Problem([128, 64], 5, 128, 0.1),
}
NEEDS = {"ours": "numpy", "sklearn": "sklearn", "torch": "torch"}
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


# ---------------------------------------------------------------- the data


def data(name: str) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """(X, y) to train on and (X, y) to test on."""
    rng = np.random.default_rng(0)
    if name == "mnist":
        folder = Path(os.environ["MNIST"])
        return mnist.parts({part: pair for part in mnist.PAIRS if (pair := mnist.read_pair(folder, part))})
    if name == "digits":
        with np.load(SOURCE / "10_digits" / "digits.npz") as file:
            X, y = file["images"].reshape(-1, 64).astype(np.float32) / 16, file["labels"].astype(int)
        order = rng.permutation(len(y))
        X, y, cut = X[order], y[order], 1437
    else:  # as many numbers as MNIST: ten faint prototypes under noise
        cut, y = 60_000, rng.integers(0, 10, 70_000)
        X = rng.random((10, 784), dtype=np.float32)[y] * 0.3 + rng.random((len(y), 784), dtype=np.float32) * 0.7
    return (X[:cut], y[:cut]), (X[cut:], y[cut:])


# ---------------------------------------------------------------- the contestants: train, then say the labels of X_test


def ours(
    problem: Problem, train: tuple[np.ndarray, np.ndarray], X_test: np.ndarray, seed: int
) -> Callable[[], np.ndarray]:
    rng = np.random.default_rng(seed)
    net = mnist.as_float32(new_network([train[0].shape[1], *problem.hidden, 10], rng))
    nothing = train[0][:1], train[1][:1]  # fit looks at a validation part after each epoch; the others have none
    fit(net, train, nothing, problem.epochs, problem.batch_size, problem.lr, rng)
    return lambda: predict(net, X_test)


def sklearn(
    problem: Problem, train: tuple[np.ndarray, np.ndarray], X_test: np.ndarray, seed: int
) -> Callable[[], np.ndarray]:
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        problem.hidden,
        activation="relu",
        solver="sgd",
        alpha=0.0,
        batch_size=problem.batch_size,
        learning_rate_init=problem.lr,
        max_iter=problem.epochs,
        n_iter_no_change=problem.epochs + 1,
        tol=0.0,
        momentum=0.0,
        nesterovs_momentum=False,
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "not converged": nobody trains to the end here
        model.fit(*train)
    return lambda: model.predict(X_test)


def torch(
    problem: Problem, train: tuple[np.ndarray, np.ndarray], X_test: np.ndarray, seed: int
) -> Callable[[], np.ndarray]:
    import torch
    from torch import nn

    torch.manual_seed(seed)
    sizes = [train[0].shape[1], *problem.hidden, 10]
    layers = [layer for pair in zip(sizes[:-1], sizes[1:]) for layer in (nn.Linear(*pair), nn.ReLU())][:-1]
    model, loss_of = nn.Sequential(*layers), nn.CrossEntropyLoss()
    X, y = torch.from_numpy(train[0]), torch.from_numpy(train[1])
    optimiser = torch.optim.SGD(model.parameters(), lr=problem.lr)
    for _ in range(problem.epochs):
        for rows in torch.randperm(len(y)).split(problem.batch_size):
            optimiser.zero_grad()
            loss_of(model(X[rows]), y[rows]).backward()
            optimiser.step()
    return lambda: model(torch.from_numpy(X_test)).argmax(dim=1).numpy()


def contestant(name: str, problem_name: str) -> None:
    """One process: for each line on stdin train once, and print seconds per epoch and accuracy."""
    problem, (train, test) = PROBLEMS[problem_name], data(problem_name)
    run = {"ours": ours, "sklearn": sklearn, "torch": torch}[name]
    run(
        Problem(problem.hidden, 1, problem.batch_size, problem.lr), (train[0][:1000], train[1][:1000]), test[0], 0
    )  # imports, first touches
    print("ready", flush=True)
    for seed, _ in enumerate(sys.stdin):
        start = time.perf_counter()
        labels = run(problem, train, test[0], seed)
        seconds = (time.perf_counter() - start) / problem.epochs
        print(json.dumps([seconds, float(np.mean(labels() == test[1]))]), flush=True)


# ---------------------------------------------------------------- the race


def race(problem_name: str, threads: str, repetitions: int) -> None:
    """All contestants on one problem, turn by turn; prints a table."""
    names = [name for name, module in NEEDS.items() if importlib.util.find_spec(module)]
    environment = {key: value for key, value in os.environ.items() if key not in THREADS} | (
        dict.fromkeys(THREADS, "1") if threads == "1" else {}
    )
    processes = {
        name: subprocess.Popen(
            [sys.executable, "-m", "benchmarks.mlp", "--contestant", name, "--only", problem_name],
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for name in names
    }
    for process in processes.values():
        process.stdout.readline()
    results = {name: [] for name in names}
    for _ in range(repetitions):
        for name, process in processes.items():
            process.stdin.write("\n")
            process.stdin.flush()
            results[name].append(json.loads(process.stdout.readline()))
    for process in processes.values():
        process.communicate()
    median = {name: statistics.median(seconds for seconds, _ in runs) for name, runs in results.items()}
    problem = PROBLEMS[problem_name]
    print(
        f"\n{problem_name}, {'one thread' if threads == '1' else 'default threads'}: hidden {problem.hidden}, batches "
        f"of {problem.batch_size}, "
        f"lr {problem.lr}, {problem.epochs} epochs, {repetitions} runs each"
    )
    print(f"{'':8} {'ms per epoch: median':>20} {'lowest':>8} {'highest':>8} {'accuracy':>9} {'ours / theirs':>14}")
    for name, runs in results.items():
        seconds = [1000 * s for s, _ in runs]
        print(
            f"{name:8} {1000 * median[name]:20.1f} {min(seconds):8.1f} {max(seconds):8.1f} "
            f"{statistics.mean(a for _, a in runs):9.4f} "
            f"{median['ours'] / median[name]:14.2f}"
        )
    others = [median[name] for name in names if name != "ours"]
    if others:
        print(f"ours takes {median['ours'] / min(others):.2f} times as long as the fastest of the others", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-r", type=int, default=5, help="runs of each contestant")
    parser.add_argument("--only", choices=PROBLEMS, help="one problem")
    parser.add_argument("--contestant", choices=NEEDS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.contestant:
        contestant(options.contestant, options.only)
        return
    versions = ", ".join(
        f"{module} {__import__(module).__version__}" for module in NEEDS.values() if importlib.util.find_spec(module)
    )
    print(f"Python {platform.python_version()}, {versions}; {os.cpu_count()} cores")
    for name in (
        [options.only] if options.only else [name for name in PROBLEMS if name != "mnist" or os.environ.get("MNIST")]
    ):
        for threads in ("1", "default"):
            race(name, threads, options.r)


if __name__ == "__main__":
    main()
