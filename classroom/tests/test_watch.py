"""`classroom watch`: what is handed in is graded at once, once, whatever somebody else hands in."""

from __future__ import annotations

import signal
import sys
import threading

import pytest

from classroom.tests.handing_in import hand_in, inbound, page_of, wait_for, with_exchange
from classroom.tests.small_class import ANSWERS, SmallClass, copy_of

if sys.platform == "win32":
    pytest.skip("nbgrader has no exchange on Windows", allow_module_level=True)

BOMB = "def double(x):\n    while True:\n        pass\n\nwhile True:\n    pass"


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    return SmallClass(tmp_path_factory.mktemp("watched") / "course")


@pytest.fixture
def watched(released, tmp_path):
    def make(more: str = "") -> SmallClass:
        made = copy_of(released, tmp_path / "course")
        return with_exchange(made, f"c.Proctor.limits = {{'cell_seconds': 1, 'notebook_seconds': 3}}\n{more}")

    return make


class Watching:
    """`classroom watch` in a process of its own, and what it has said."""

    def __init__(self, made: SmallClass):
        self.process = made.run("classroom", "watch")
        self.lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()
        wait_for(lambda: self.said("watching"), why=lambda: "\n".join(self.lines))

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def said(self, *words: str) -> list[str]:
        return [line for line in list(self.lines) if all(word in line for word in words)]

    def wait_for(self, *words: str, count: int = 1) -> None:
        wait_for(lambda: len(self.said(*words)) >= count, why=lambda: "\n".join(self.lines))

    def end(self, how: int = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(60)


def answers(made: SmallClass, learner: str, **more: str) -> dict:
    of = {**ANSWERS[learner], **more}
    return {"numbers": made.filled("numbers", of), "words": made.filled("words", of)}


def test_five_learners_one_bomb_and_a_restart(watched):
    made = watched("c.Watch.pause_minutes = 0\nc.Watch.tries = 2")
    first = Watching(made)
    try:
        hand_in(made, "eve", **answers(made, "ann", double=BOMB))
        secrets = {learner: hand_in(made, learner, **answers(made, learner)) for learner in ("ann", "bob", "cat")}
        broken = hand_in(made, "dan", numbers="{broken", words="")
        hand_in(made, "late", complete=False, **answers(made, "ann"))
        for learner in ("ann", "bob", "cat", "dan"):
            first.wait_for(f" {learner} ps1:", "feedback out")
        assert "5 of 16 points by tests, try 1 of 2" in first.said(" ann ps1:")[0]
        assert all(page_of(made, secret).exists() for secret in (*secrets.values(), broken))
        assert not first.said(" late ps1:")  # still being copied
        # A second watch is refused, with a sentence.
        assert "one is enough" in made.ran("classroom", "watch", "--once", status=1)
        page = page_of(made, secrets["ann"]).read_text()
        assert "check_double" not in page
        hand_in(made, "eve", **answers(made, "ann", double=BOMB))  # in hand, perhaps, when the process dies
        again = hand_in(made, "bob", **answers(made, "ann"))
    finally:
        first.end(signal.SIGKILL)
    graded = {row[:3]: row[3] for row in made.rows()["grades"]}
    second = Watching(made)
    try:
        second.wait_for(" eve ps1:", "try 1" if not first.said(" eve ps1:", "try 1") else "try")
        wait_for(page_of(made, again).exists)
        third = hand_in(made, "bob", **answers(made, "cat"))
        second.wait_for(" bob ps1:", "feedback waits for `classroom feedback`")
        assert not page_of(made, third).exists()
        # Nothing was done twice, for anybody.
        for learner in ("ann", "cat", "dan"):
            assert len(first.said(f" {learner} ps1:")) == 1 and not second.said(f" {learner} ps1:")
        bobs = [line for line in first.lines + second.lines if " bob ps1:" in line]
        assert {line.split("try ")[1][0] for line in bobs} == {"1", "2", "3"}
        assert graded[("ann", "numbers", "test_double")] == 2
    finally:
        assert second.end() == 0
    assert second.said("ended")
    rows = {row[:3]: row[3] for row in made.rows()["grades"]}
    assert (rows[("bob", "numbers", "test_halve")], rows[("dan", "numbers", "test_double")]) == (0, 0)


def test_once_does_what_there_is_and_shows_no_points_of_people(watched):
    """For cron; a submission that lies in submitted/ too; a broken gradebook is waited for, and marks stay inside."""
    made = watched("c.Watch.pause_minutes = 0")
    secret = hand_in(made, "ann", **answers(made, "ann"))
    made.hand_in("cat")
    said = made.ran("classroom", "watch", "--once")
    assert " ann ps1: 5 of 16 points by tests, try 1 of 10, feedback out" in said
    assert " cat ps1: 2 of 16 points by tests, try 1 of 10, feedback in feedback/" in said
    before = page_of(made, secret, "words").read_text()
    assert made.ran("classroom", "watch", "--once") == ""  # nothing is done twice
    # A grader marks; the learner hands in again: the page still says what the tests say, and no more.
    made.mark({("ann", "words", "why"): (3.5, 0.5, "Good; say which two.")})
    secret = hand_in(made, "ann", **answers(made, "ann", why="Because two is 2."))
    said = made.ran("classroom", "watch", "--once")
    assert " ann ps1: 5 of 16 points by tests, try 2 of 10, feedback out" in said
    page = page_of(made, secret, "words").read_text()
    assert "say which two" not in page and "3.5" not in page and len(page) == pytest.approx(len(before), abs=200)
    assert made.by_hand()[("ann", "words", "why")] == (3.5, 0.5, "Good; say which two.")
    # What a gradebook that is away meets: a sentence, status 1, and nothing lost.
    book = made.root / "gradebook.db"
    book.rename(made.root / "away.db")
    secret = hand_in(made, "bob", **answers(made, "bob"))
    assert "waiting: There is no gradebook at" in made.ran("classroom", "watch", "--once", status=1)
    assert not book.exists()
    (made.root / "away.db").rename(book)
    assert " bob ps1: 5 of 16 points by tests" in made.ran("classroom", "watch", "--once")
    assert page_of(made, secret).exists()
    # A name that is a link, or somebody else's, is a line.
    (inbound(made) / "mal+ps1+2027-01-01 10:00:00 UTC+x").symlink_to(made.root / "source")
    assert "a link" in made.ran("classroom", "watch", "--once")
    assert made.ran("classroom", "watch", "--once") == ""
    assert "is it 'ps1'?" in made.ran("classroom", "watch", "ps2", status=1)
