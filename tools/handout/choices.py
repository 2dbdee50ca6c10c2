"""What of the notebooks is not in the handout, and why."""

from __future__ import annotations

SHORT = 12  # lines; a longer experiment shows only what it prints: a reader wants the result
SHOWN = [
    ("09_graph", "def accuracy(model, X, targets):")
]  # (assignment, first line): longer ones that the text asks the reader to look at

# Cells that a reader does not need: how figures are drawn, and switches.
HOUSEKEEPING = ("setup", "drawing", "drawings")  # grade ids
SWITCHES = ("import ipywidgets", "practice.quiz()", "MY_OWN = ")  # words in them

# Figures from which an answer could be copied: where the exercise asks for numbers and the figure shows these numbers.
# A figure that shows what a function *does* stays: the text says that too. (assignment, how the alt text begins, whose
# answer it is)
LEFT_OUT = [
    ("02_neuron", "Four 3x3 pictures: a noisy vertical line", "vertical_detector"),
    ("06_evaluation", "Two mixed images with their pixel values", "non_separable_certificate"),
    ("06_evaluation", "Two triangles whose corners", "non_separable_certificate"),
    ("06_evaluation", "The four XOR points, twice", "xor_certificate"),
    ("07_layers", "For each of the three specialists, her weights", "lines_committee"),
    ("07_layers", "The image of line", "lines_committee"),
]
# The first figure of "Two mixed images" is drawn from numbers that are given, not from an answer.
KEPT = [("06_evaluation", "Two mixed images with their pixel values", 0)]
