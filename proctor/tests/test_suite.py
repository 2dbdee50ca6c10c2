"""What proctor/README says of nbgrader's own tests is what comes of them; `make peers` runs all, here run a few."""

from __future__ import annotations

import pytest
from nbgrader.tests.apps.test_nbgrader_autograde import TestNbGraderAutograde as Theirs

from benchmarks import suite

ALIKE = ("grade_timestamp", "grade_missing_notebook", "skip_extra_notebooks")
DIFFERENT = ("no_execute", "missing_files")


def test_the_list_names_tests_that_nbgrader_has():
    listed = suite.listed()
    assert len(listed) >= len(DIFFERENT) and all(hasattr(Theirs, f"test_{name}") for name in listed | {*ALIKE})


@pytest.mark.parametrize(
    "name, outcome, said",
    [
        ("a", "failed", "README does not say why"),
        ("b", "passed", "README says that it ends differently"),
        ("a", "passed", ""),
        ("b", "failed", ""),
        ("b", "skipped", ""),
    ],
)
def test_a_list_that_is_out_of_date_is_told(name, outcome, said):
    text = (
        "## Where it differs from stock nbgrader on purpose\n\n| Tests | Stock |\n| --- | --- |\n| `b`, `c` | `x` "
        "|\n\n## Next\n| `d` | |\n"
    )
    wrong = suite.disagreements({name: outcome}, suite.listed(text))
    assert len(wrong) == bool(said) and all(said in sentence for sentence in wrong)


def test_a_few_of_nbgraders_own_tests_end_as_the_list_says():
    found = suite.outcomes(ALIKE + DIFFERENT)
    assert set(found) == {*ALIKE, *DIFFERENT} and set(DIFFERENT) <= suite.listed()
    assert suite.disagreements(found, suite.listed()) == []
