"""The course's configuration, with what differs on Gradescope."""

from pathlib import Path

c = get_config()  # noqa: F821  (nbgrader puts get_config here)
load_subconfig("course_config.py", path=str(Path(__file__).resolve().parent))  # noqa: F821

c.CourseDirectory.db_url = f"sqlite:///{Path(__file__).resolve().parent / 'gradebook.db'}"
# What the course makes for grading lies in source/ already; grade.py brings the notebook as learners have it.
c.Proctor.given_files = c.Proctor.first_cell = ""
c.Proctor.workers = 1
# A container may have less memory than a room may take elsewhere.
for _limit in map(Path, ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")):
    if _limit.exists() and _limit.read_text().strip().isdecimal():
        c.Proctor.limits = {"memory": min(2 * 1024**3, int(_limit.read_text()) // 2)}
