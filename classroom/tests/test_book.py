"""What the gradebook says is what nbgrader says: one rule for points, in Python and in the database."""

from __future__ import annotations

import itertools

import pytest
import sqlalchemy
from nbgrader import api

from classroom import book
from proctor.plugin.gradebook import score_of

GIVEN = list(itertools.product((None, 0.0, 1.5), (None, 0.0, 2.0), (None, 0.0, 0.5)))  # by tests, by hand, extra


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """A gradebook with one learner and a cell for every way in which points can be given."""
    address = f"sqlite:///{tmp_path_factory.mktemp('book') / 'gradebook.db'}"
    with api.Gradebook(address, "course") as made:
        made.add_assignment("ps1")
        made.add_notebook("work", "ps1")
        for number in range(len(GIVEN)):
            made.add_grade_cell(f"cell_{number:02}", "work", "ps1", max_score=3, cell_type="code")
        made.add_student("ada")
        submission = made.add_submission("ps1", "ada")
        for grade in submission.notebooks[0].grades:
            grade.auto_score, grade.manual_score, grade.extra_credit = GIVEN[int(grade.name[-2:])]
        made.db.commit()
    return address


def test_a_score_is_the_same_everywhere(url):
    """In nbgrader's objects, in its SQL, in proctor, in classroom, and in classroom's SQL."""
    with api.Gradebook(url, "course") as nbgrader:
        theirs = {grade.name: grade.score for grade in nbgrader.find_submission_notebook("work", "ps1", "ada").grades}
        total = nbgrader.find_submission("ps1", "ada").score
    with book.opened(url) as connection:
        ours = {mark.cell: mark.score for mark in book.marks(connection)}
        rows = connection.execute(sqlalchemy.select(book.score_of_grade())).scalars().all()
        assert [one.score for one in book.submissions(connection)] == [total]
    assert ours == theirs == {f"cell_{number:02}": score_of(*given) for number, given in enumerate(GIVEN)}
    assert sorted(map(float, rows)) == sorted(ours.values()) and sum(ours.values()) == total


def test_what_a_release_wrote_is_compared_without_ids_and_times(url, tmp_path):
    with book.opened(url) as connection:
        found = book.released(connection)
        assert found == book.released(connection, "ps1") and not book.released(connection, "ps2")
    assert len(found) == len(GIVEN) + 2 and ("ps1", "work", "") in found and ("ps1", "work", "cell_00") in found
