"""The picture that `make grade` ends with: one page, whatever the class, with its words for who cannot see it."""

import json

from PIL import Image

from tools import picture

HINT = "The bias is missing: add b once."


def class_of(learners: int) -> dict:
    return {
        (f"learner_{i:03}", name): (float(i % 11), 10.0, i % 2 == 0, i % 7 == 0)
        for i in range(learners)
        for name in ("01_pixels", "02_neuron")
    }


def test_the_picture_is_one_page_with_its_words(tmp_path):
    made = picture.draw(class_of(12), [picture.Mistake("02_neuron", HINT, 3, 2)], tmp_path / "report" / "grades.png")
    with Image.open(made) as page:
        assert page.size[0] == 1100 and 300 < page.size[1] < 1300
        words = page.text["Description"]
        assert page.text["Title"] == "The class at a glance"
    assert (
        "learner_001: 01_pixels 10%, 02_neuron 10%." in words
        and "learner_000: 01_pixels 0% late waits for a person" in words
    )
    assert f"02_neuron, 2 learners, 3 tests: {HINT}" in words


def test_a_large_class_stays_on_one_page(tmp_path):
    named = [picture.Mistake("02_neuron", HINT * 20, 3, 2)] * 10
    with Image.open(picture.draw(class_of(1000), named, tmp_path / "grades.png")) as page:
        assert page.size[0] == 1100 and page.size[1] < 2500


def test_odd_names_and_an_empty_class_are_drawn(tmp_path):
    odd = {("a$b^\x1b[2J" + "x" * 200, "01_pixels"): (1.0, 0.0, False, False), ("名前", "02"): (1.0, 2.0, True, True)}
    for totals in (odd, {}):
        assert picture.draw(
            totals, [picture.Mistake("01_pixels", "$x_{ \\alpha", 1, 1)], tmp_path / "grades.png"
        ).exists()


def test_mistakes_are_counted_by_learner_and_test(tmp_path):
    """By their names: the numbers in a hint may differ. Where a test could not tell two apart, neither is counted."""
    one, again = (
        {"name": "neuron-weighted_sum-forgets_bias", "hint": hint}
        for hint in (HINT, "The bias is missing: add 3 once.")
    )
    other = {"name": "neuron-weighted_sum-adds_one", "hint": "One too many."}
    for learner, named in (("ada", [[one], [one], [], [one, other]]), ("bob", [[again]])):
        folder = tmp_path / learner / "02_neuron"
        folder.mkdir(parents=True)
        cells = [{"metadata": {"proctor": {"mistakes": mistakes}}} for mistakes in named] + [{"metadata": {}}]
        (folder / "neuron.ipynb").write_text(json.dumps({"cells": cells}))
    assert picture.mistakes(tmp_path) == [picture.Mistake("02_neuron", HINT, 3, 2)]
