"""JupyterHub for one class on one machine, as docs/hub.md tells it: cd /srv/hub && jupyterhub, as root.

What differs from class to class stands in the first lines, or in the environment under the same names.
"""

import csv
import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821
hub = Path(__file__).resolve().parent
COURSE = os.environ.get("COURSE", "autumn")  # the class's course_id
GRADER = os.environ.get("GRADER", "grader")  # the account that owns the class, and alone reads it
CLASS = os.environ.get("CLASS", os.path.expanduser(f"~{GRADER}/{COURSE}"))
ROSTER = os.environ.get("ROSTER", os.path.expanduser(f"~{GRADER}/roster.csv"))  # its column id: the learners' accounts
TEACHERS = os.environ.get("TEACHERS", "").split()  # who else may open formgrader
EXCHANGE = os.environ.get("EXCHANGE", "/srv/nbgrader/exchange")
PORT = int(os.environ.get("PORT", 8000))  # PORT+1: the proxy, +81: the hub, +99: formgrader, all for this machine only

with open(ROSTER, newline="", encoding="utf-8-sig") as file:
    learners = [row["id"] for row in csv.DictReader(file)]
programs = Path(sys.executable).parent
environment = {
    "PATH": f"{programs}:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "COURSE": COURSE,
    "EXCHANGE": EXCHANGE,
    "JUPYTER_CONFIG_PATH": str(hub / "jupyter"),  # nbgrader_config.py and JupyterLab's page_config.json, for everybody
}

c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}"  # a web server in front of it has the certificate
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORT + 81}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PORT + 1}"
if (hub / "node_modules").exists():  # npm install configurable-http-proxy, in this folder
    c.ConfigurableHTTPProxy.command = [str(hub / "node_modules" / ".bin" / "configurable-http-proxy")]
c.JupyterHub.db_url = f"sqlite:///{hub / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(hub / "jupyterhub_cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(hub / "jupyterhub-proxy.pid")

c.JupyterHub.authenticator_class = os.environ.get("AUTHENTICATOR", "pam")
c.PAMAuthenticator.open_sessions = False  # a container has no session to open
c.Authenticator.allowed_users = {*learners, *TEACHERS, GRADER}  # nobody else, since JupyterHub 5
c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.cmd = [str(programs / "jupyterhub-singleuser")]
c.Spawner.default_url = "/lab"
c.Spawner.environment = environment
c.Spawner.start_timeout = c.Spawner.http_timeout = 120

# Formgrader: a server of the grader's account in the folder of the class, which teachers open as /services/COURSE/.
c.JupyterHub.load_groups = {
    f"formgrade-{COURSE}": {"users": [*TEACHERS, GRADER]},
    f"nbgrader-{COURSE}": {"users": learners},
}
c.JupyterHub.services = [
    {
        "name": COURSE,
        "url": f"http://127.0.0.1:{PORT + 99}",
        "user": GRADER,
        "cwd": CLASS,
        "oauth_no_confirm": True,
        "command": [
            str(programs / "jupyterhub-singleuser"),
            f"--group=formgrade-{COURSE}",
            f"--config={hub / 'formgrader_config.py'}",
        ],
        "environment": environment,
    }
]
c.JupyterHub.load_roles = [
    {"name": "formgraders", "groups": [f"formgrade-{COURSE}"], "scopes": [f"access:services!service={COURSE}"]},
    {
        "name": "rosters",
        "services": [COURSE],
        "scopes": ["list:users", "read:users:name", "read:users:groups", "list:groups"],
    },
]
