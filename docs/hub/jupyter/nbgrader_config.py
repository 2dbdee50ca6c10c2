"""What everybody's nbgrader at the hub reads, in JupyterLab and in a terminal there: where to fetch and to hand in.

Copied to /etc/jupyter it counts for terminals of other kinds, too.
"""

import os

c = get_config()  # noqa: F821
c.Exchange.root = os.environ.get("EXCHANGE", "/srv/nbgrader/exchange")  # as in `classroom start --exchange`
c.CourseDirectory.course_id = os.environ.get("COURSE", "autumn")
c.Exchange.path_includes_course = True
