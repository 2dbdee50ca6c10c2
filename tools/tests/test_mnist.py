"""`make mnist` and the reader of IDX files, on small files that are made here."""

import gzip

import numpy as np
import pytest

from course_tests.reference.digits import read_idx
from tools import mnist

PIXELS = np.random.default_rng(0).integers(0, 256, (20, 28, 28)).astype(np.uint8)
DIGITS = (np.arange(20) % 10).astype(np.uint8)


def idx(array, kind=8):
    """The bytes of an IDX file."""
    return bytes([0, 0, kind, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


IMAGES, LABELS = idx(PIXELS), idx(DIGITS)


def write(folder, images=IMAGES, labels=LABELS, part="t10k", packed=False):
    """The two files of a pair; None leaves one out."""
    for name, data in zip(mnist.PAIRS[part], (images, labels)):
        if data is not None:
            (folder / f"{name}{'.gz' if packed else ''}").write_bytes(gzip.compress(data) if packed else data)
    return folder


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
def test_files_are_read_plain_or_packed(tmp_path, packed):
    images, labels = mnist.read_pair(write(tmp_path, packed=packed), "t10k")
    assert images.dtype == np.uint8 and np.array_equal(images, PIXELS)
    assert np.array_equal(labels, DIGITS)
    assert mnist.read_pair(tmp_path, "train") is None


@pytest.mark.parametrize(
    "data, words",
    [
        (idx(PIXELS)[:-5], "promises 20 x 28 x 28 = 15680 numbers; 15675 are there"),
        (idx(PIXELS) + b"more", "15684 are there"),
        (idx(PIXELS)[:9], "ends within its head"),
        (b"", "starts with nothing"),
        (b"<html>not found</html>", "no IDX file of bytes: it starts with 3c 68 74 6d"),
        (idx(PIXELS, kind=0x0D), "starts with 00 00 0d 03"),
        (gzip.compress(idx(PIXELS))[:100], "end-of-stream"),
        (b"\x1f\x8bnonsense", "t10k-images"),
    ],
    ids=["truncated", "too long", "head only", "empty", "a web page", "floats", "truncated gzip", "no gzip"],
)
def test_a_damaged_file_is_refused_by_name(tmp_path, data, words):
    write(tmp_path, images=data)
    with pytest.raises(ValueError, match="t10k-images-idx3-ubyte") as caught:
        mnist.read_pair(tmp_path, "t10k")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "files, words",
    [
        ({"images": idx(DIGITS)}, "images have 3 axes, this file has 1"),
        ({"labels": idx(PIXELS)}, "labels have 1 axis, this file has 3"),
        ({"labels": idx(DIGITS[:7])}, "20 images"),
        ({"images": idx(PIXELS[:, :8, :8])}, "these have 8 x 8"),
        ({"labels": idx(DIGITS + 1)}, "a label is 10"),
        ({"labels": None}, "is missing"),
    ],
    ids=["labels for images", "images for labels", "counts differ", "other size", "no digits", "one missing"],
)
def test_a_mislabelled_file_is_refused(tmp_path, files, words):
    write(tmp_path, **files)
    with pytest.raises(ValueError) as caught:
        mnist.read_pair(tmp_path, "t10k")
    assert words in str(caught.value) and "idx" in str(caught.value)


def test_an_error_comes_as_one_line_without_a_traceback(tmp_path):
    write(tmp_path, images=idx(PIXELS)[:-1])
    with pytest.raises(SystemExit, match="^make mnist: .*15679 are there$"):
        mnist.main(tmp_path)


def test_without_files_one_line_says_what_to_put_where(tmp_path, capsys):
    mnist.main(tmp_path)
    words = capsys.readouterr().out
    assert "t10k-images-idx3-ubyte" in words and str(tmp_path) in words and words.count("\n") == 1


def test_the_test_pair_alone_is_cut_into_four_fifths_and_one(tmp_path):
    train, test = mnist.parts({"t10k": (PIXELS, DIGITS)})
    assert train[0].shape == (16, 784) and test[0].shape == (4, 784) and train[0].dtype == np.float32
    both = np.vstack([train[0], test[0]]), np.concatenate([train[1], test[1]])
    rows = {pixels.tobytes(): label for pixels, label in zip(*mnist.prepare(PIXELS, DIGITS))}
    assert len({pixels.tobytes() for pixels in both[0]}) == 20
    assert all(rows[pixels.tobytes()] == label for pixels, label in zip(*both))


def test_all_four_files_are_used_as_they_are(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(mnist, "EPOCHS", 2)
    write(tmp_path, packed=True)
    write(tmp_path, part="train")
    mnist.main(tmp_path)
    words = capsys.readouterr().out
    assert "20 images to train on, 20 others to test on" in words and "accuracy" in words and "s per epoch" in words


def test_read_idx_keeps_the_course_s_own_example():
    array = read_idx(mnist.Path(__file__).parents[2] / "source" / "10_digits" / "twenty-images-idx3-ubyte.gz")
    assert array.shape == (20, 9, 7) and array.dtype == np.uint8
