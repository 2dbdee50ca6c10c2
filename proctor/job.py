"""What goes into grading one notebook and what comes out: plain values, so that both cross to any worker by value."""

from __future__ import annotations

from dataclasses import dataclass, field

from .cells import HIDDEN


class GraderDied(RuntimeError):
    """The process that graded a notebook ended without an answer."""


@dataclass(frozen=True)
class Limits:
    """Bounds on one submission: seconds and bytes.

    Seconds are those in which the room computes (CPU time of all its processes and threads together) or sleeps (none of
    them has anything
    to compute), whatever else the machine does. In wall-clock time everything may take `wall_factor` times as long:
    the last resort.
    """

    cell_seconds: float = 30.0
    call_seconds: float = 30.0
    notebook_seconds: float = 180.0
    wall_factor: float = 10.0
    memory: int = 2 * 1024**3
    processes: int = 64
    open_files: int = 256
    file_size: int = 64 * 1024**2
    disk: int = 256 * 1024**2
    cell_output: int = 1 * 1024**2
    notebook_output: int = 8 * 1024**2
    message: int = 64 * 1024**2


@dataclass(frozen=True)
class Job:
    """One submitted notebook, repaired and with the hidden tests put back, ready to run.

    Attributes
    ----------
    notebook : dict
        nbformat 4 JSON. Locked test cells hold the instructor's full source.
    files : dict of str to bytes
        Other plain files of the submission and of the assignment, by relative path; they appear in the room's working
        folder.
    own_files : tuple of str
        Those of them that are the instructor's: checks in them run on the trusted side.
    import_paths : tuple of str
        Put on sys.path of the trusted side only, so that hidden tests find their references.
    private : tuple of str
        Names of packages, and folders, that the room must not see wherever they lie: what hidden tests import, the
        course.
    limits : Limits
    sandbox : str
        "auto" (walls where the system can build them), "strict" (refuse without), "none".
    warm : bool
        Fork the room from a zygote that has imported NumPy, Matplotlib and IPython. False starts each from nothing.
    figures : str
        Which figures of Matplotlib are drawn, by far the most expensive part of a notebook: "all", "graded" (only in
        cells that a person or
        nbgrader grades, and those in `draw`; the others keep their "<Figure ...>" text, and plt.savefig writes one
        white pixel), "none".
    draw : tuple of int
        Indices of further cells whose figures a grader must see.
    skip : tuple of int
        Indices of ordinary cells that are not run: the instructor's own, unchanged, that only show something. If a name
        turns out to be
        missing that one of them defines, the notebook is run again with all its cells.
    given : str
        All text of the instructor's notebook that learners were given: what it names may be the learner's to define.
    marks : tuple of (str, str)
        How the parts of a test cell that the learner has not seen begin and end; a course may have its own.
    inside : dict of str to str
        Grade ids of the tests that run in the room, as calibrated by the instructor's own solution: "alone", or "after"
        all earlier tests.
    trusted_names : dict of str to str
        Names that a test cell takes from the trusted side and never from the learner: {"np": "numpy",
        "assert_allclose": "numpy.testing:assert_allclose"}; the imports of the instructor's own version of the
        notebook.
    """

    notebook: dict
    files: dict = field(default_factory=dict)
    own_files: tuple = ()
    import_paths: tuple = ()
    private: tuple = ()
    limits: Limits = Limits()
    sandbox: str = "auto"
    warm: bool = True
    figures: str = "all"
    draw: tuple = ()
    skip: tuple = ()
    given: str = ""
    marks: tuple = HIDDEN
    inside: dict = field(default_factory=dict)
    trusted_names: dict = field(default_factory=dict)


@dataclass
class TestResult:
    """What the trusted side saw of one locked test cell.

    `score` is None for "full points if passed", or the number that the cell ended in (partial credit).
    `message` is what the learner may read: the hint, or their own error with their own lines; never the test.
    `headline` is what of it comes first, a sentence or two.
    `figure` is a drawing for the learner: an SVG, what it shows in words, and its caption. `read_again` says what to
    read: grade ids or
    lines of text. `mistakes` are the known mistakes that the message names, for those who teach: (name, hint) each.
    `fault` is why no learner could pass this test: for the instructor to fix. `reason` is for the instructor alone:
    what ended the test, with
    what it may say about a hidden one. `carried` is (points, names): what the test earned though it failed, since it
    passes
    once the earlier answers of these names are right. `alone`: it fails with right earlier answers, too.
    """

    grade_id: str
    passed: bool
    score: float | None = None
    message: str = ""
    figure: tuple = ()
    headline: tuple = ()
    read_again: tuple = ()
    mistakes: tuple = ()
    fault: str = ""
    reason: str = ""
    carried: tuple = ()
    alone: bool = False


@dataclass
class Report:
    """The outcome: outputs by cell index, results by grade id, and what a grader should look at."""

    outputs: dict = field(default_factory=dict)  # cell index -> list of nbformat outputs
    execution_counts: dict = field(default_factory=dict)  # cell index -> int
    results: dict = field(default_factory=dict)  # grade id -> TestResult
    stopped: dict = field(default_factory=dict)  # cell index -> proctor.trusted.stopped.Stopped
    notes: list = field(default_factory=list)  # sentences: why this one needs a look
    told: list = field(default_factory=list)  # sentences for the learner, about the notebook as a whole
    walls: str = ""  # "" with a sandbox, else why there is none
    late: bool = False  # whether any time limit was reached
    unfinished: set = field(default_factory=set)  # indices of ordinary cells that did not come to their end
    seconds: dict = field(default_factory=dict)  # phase -> seconds
