"""All configuration of the course, each line with its reason. Read by every nbgrader command that runs in this
folder.
"""

import os
import sys
from pathlib import Path

root = Path(__file__).resolve().parent
c = get_config()  # noqa: F821  (nbgrader puts get_config here)

# Hidden cells import course_tests, which is never installed: learners' code sees what is. Here, and in the kernels of
# `nbgrader validate`.
# A notebook in source/ finds its `earlier` in tools/in_source; learners get a file beside the notebook, which comes
# first.
sys.path.insert(0, str(root))
os.environ["PYTHONPATH"] = os.pathsep.join(
    filter(None, [str(root), str(root / "tools" / "in_source"), os.environ.get("PYTHONPATH")])
)
# Where stock nbgrader runs the tests (nbgrader validate): a NumPy warning on stderr would cost the points of a passing
# test.
os.environ.setdefault("PYTHONWARNINGS", "ignore::RuntimeWarning")
# Figures need no display.
os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")

c.CourseDirectory.root = str(root)
c.CourseDirectory.course_id = "decision-committee"
# A real class keeps its own gradebook: a SQLite file or PostgreSQL. The committed one stays without learners.
c.CourseDirectory.db_url = os.environ.get("GRADEBOOK_URL", f"sqlite:///{root / 'gradebook.db'}")
# nbgrader's pages log errors until the exchange is a writable folder; inside the course nothing else is touched.
c.Exchange.root = str(root / "exchange")
(root / "exchange").mkdir(exist_ok=True)

# A deleted test cell comes back and fails, instead of waiting for ever as "needs manual grade".
c.OverwriteCells.add_missing_cells = True
# Without times in the notebook, the same submission gives the same bytes.
c.Execute.record_timing = False
# A learner's <script> stays out of the feedback page.
c.HTMLExporter.sanitize_html = True

# proctor grades: the learner's code in a locked room, the tests outside, many at once. Without this line stock nbgrader
# grades.
try:
    import proctor
except ImportError as error:  # nbgrader would only log it, and grade without walls
    raise SystemExit(f"{error}: run `make setup` in {root}, then {root / '.venv' / 'bin' / 'nbgrader'}.") from error

proctor.install(c)
# The figures of this course are for the learner's own eyes, and drawing them is most of the work of a run.
c.Proctor.figures = "graded"
# Cells with this tag only show something: a figure, or what an experiment prints. Where a learner left one as it was,
# it need not even run; to see them in formgrader, empty this.
c.Proctor.skip_tags = ["figure"]
# A mistake is paid for once: what fails because of an earlier wrong answer and passes with a right one has its points.
c.Proctor.follow_through = "full"
# practice.py, originals.json, known.json and earlier.py beside a notebook are made from the notebooks in source/.
c.Proctor.given_files = "tools.given:files"
# Of these, grading needs earlier.py alone.
c.Proctor.given_at_home = ["practice.py", "originals.json", "known.json"]
# A notebook that was downloaded alone brings these and its data along, in a folded cell that grading leaves out.
c.Proctor.first_cell = "tools.alone:cell"
# Dask workers see no disk of ours; this is sent to them.
c.Proctor.test_packages = ["course_tests"]
# Points for full marks where a bonus exercise comes on top: Canvas and its kin take this for the maximum.
c.GradeExport.full_marks = {"06_evaluation": 35, "10_digits": 45, "12_regularization": 47, "17_representations": 45}
