"""What to do where no walls can be built: what forbids user namespaces on this machine."""

from __future__ import annotations

import os

SWITCHES = "/proc/sys/"
CONTAINERS = ("/.dockerenv", "/run/.containerenv")


def remedy(why: str) -> str:
    """The command that helps.

    Parameters
    ----------
    why : str
        What `missing_walls` says.
    """
    if "on Linux only" in why:
        return "grade in a virtual machine or container with Linux"
    if "not installed" in why:
        return "apt-get install bubblewrap"
    if "switched off" in why:
        return "remove c.Proctor.sandbox = 'none' from the configuration"
    if _switch("user/max_user_namespaces") == "0":
        return "sysctl -w user.max_user_namespaces=15000 (for good: a line in /etc/sysctl.d/)"
    if _switch("kernel/unprivileged_userns_clone") == "0":
        return "sysctl -w kernel.unprivileged_userns_clone=1 (for good: a line in /etc/sysctl.d/)"
    if any(map(os.path.exists, CONTAINERS)) or os.environ.get("KUBERNETES_SERVICE_HOST"):
        return (
            "start this container with --security-opt seccomp=unconfined --security-opt apparmor=unconfined "
            "--security-opt systempaths=unconfined; "
            "where the host is Ubuntu 24.04, with the profile for AppArmor too: see Walls in proctor/README.md"
        )
    if _switch("kernel/apparmor_restrict_unprivileged_userns") == "1" or "RTM_NEWADDR" in why or "uid map" in why:
        return (
            "allow bubblewrap user namespaces in AppArmor, as Ubuntu needs since 24.04: the profile is under "
            "Walls in proctor/README.md "
            "(to try it until the next start: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0)"
        )
    return "allow bubblewrap user namespaces; see Walls in proctor/README.md"


def _switch(name: str) -> str:
    try:
        with open(SWITCHES + name) as file:
            return file.read().strip()
    except OSError:
        return ""
