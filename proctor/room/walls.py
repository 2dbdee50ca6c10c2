"""Inner walls round one submission: own processes, files, System V memory, user, limits. Linux only; through libc."""

from __future__ import annotations

import ctypes
import functools
import os
import platform
import resource
import struct

NEWNS, NEWIPC, NEWUSER, NEWPID = 0x20000, 0x8000000, 0x10000000, 0x20000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = (
    1,
    2,
    4,
    8,
    32,
    4096,
    16384,
    1 << 18,
)
PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_SECCOMP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 4, 24, 22, 36, 38

HOME = "/home/learner"
LEARNER = 1000  # the user inside, where the outside user is an ordinary one

# System calls that no exercise needs: (x86_64, aarch64) numbers.
FORBIDDEN = {
    "ptrace": (101, 117),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "setns": (308, 268),
    "unshare": (272, 97),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "io_uring_setup": (425, 425),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),  # memory that nobody counts
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "open_by_handle_at": (304, 265),
    "personality": (135, 92),
    "mount_setattr": (442, 442),
}
CLONE, CLONE3 = (56, 220), (435, 435)


def _libc():
    return ctypes.CDLL(None, use_errno=True)


def _check(result):
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _unshare(flags):
    _check(_libc().unshare(flags))


def _mount(source, target, kind, flags, options=""):
    _check(_libc().mount(source.encode(), target.encode(), kind.encode(), flags, options.encode()))


def split(as_root: bool) -> None:
    """Before the fork: the children get their own process numbers and System V memory; and their own user, if not
    root.
    """
    if as_root:
        return _unshare(NEWPID | NEWIPC)
    uid, gid = os.getuid(), os.getgid()
    _unshare(NEWUSER | NEWPID | NEWIPC)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{LEARNER} {uid} 1"), ("gid_map", f"{LEARNER} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def furnish(disk: int) -> None:
    """After the fork: private /proc, and private, empty /tmp, /dev/shm and home, on one small disk in memory."""
    _unshare(NEWNS)
    _mount("none", "/", "", MS_REC | MS_PRIVATE)
    _mount("none", "/home", "tmpfs", MS_NOSUID | MS_NODEV, f"size={disk},nr_inodes=20000,mode=755")
    furnish_proc()
    for name, target in (("learner", None), (".tmp", "/tmp"), (".shm", "/dev/shm")):
        os.mkdir(f"/home/{name}")
        os.chmod(f"/home/{name}", 0o1777)
        if target:
            _mount(f"/home/{name}", target, "", MS_BIND)
    link_fonts()
    os.chdir(HOME)


@functools.lru_cache(1)
def machine() -> dict:
    """What programs ask /proc about the machine. The zygote asks once for all rooms."""
    found = {}
    for name in ("cpuinfo", "filesystems", "loadavg", "meminfo", "stat", "uptime", "version"):
        try:
            with open(f"/proc/{name}", "rb") as file:
                found[name] = file.read()
        except OSError:
            pass
    return found


def furnish_proc() -> None:
    """A /proc with that and no more: the real one names the grader's folders, in /proc/self/mountinfo."""
    os.mkdir("/home/.proc")
    for name, data in machine().items():
        with open(f"/home/.proc/{name}", "wb") as file:
            file.write(data)
    _mount("/home/.proc", "/proc", "", MS_BIND)
    _mount("none", "/proc", "", MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)


def link_fonts() -> None:
    """Matplotlib's list of fonts, which takes a second to make, in the folder where it looks for it."""
    os.mkdir("/tmp/matplotlib")
    os.chmod("/tmp/matplotlib", 0o1777)
    if os.path.isdir("/fonts"):
        for name in os.listdir("/fonts"):
            os.symlink(f"/fonts/{name}", f"/tmp/matplotlib/{name}")


def drop(as_root: bool, uid: int) -> None:
    """Give up every privilege permanently."""
    libc = _libc()
    for capability in range(64):
        if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
            break
    if as_root:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    header = struct.pack("<Ii", 0x20080522, 0)
    _check(libc.capset(header, bytes(24)))
    _check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
    _forbid(libc)


def _forbid(libc):
    machine = platform.machine()
    if machine not in ("x86_64", "aarch64"):
        return
    column = 0 if machine == "x86_64" else 1
    audit = 0xC000003E if column == 0 else 0xC00000B7
    load, equal, at_least, and_set, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, deny, missing = 0x7FFF0000, 0x00050000 | 1, 0x00050000 | 38

    def step(code, k, yes=0, no=0):
        return struct.pack("<HBBI", code, yes, no, k)

    program = [step(load, 4), step(equal, audit, 1, 0), step(answer, 0x80000000), step(load, 0)]
    if column == 0:
        program += [step(at_least, 0x40000000, 0, 1), step(answer, deny)]  # the x32 system calls
    for numbers in FORBIDDEN.values():
        program += [step(equal, numbers[column], 0, 1), step(answer, deny)]
    program += [
        step(equal, CLONE3[column], 0, 1),
        step(answer, missing),
    ]  # libc then uses clone, whose flags can be seen
    program += [step(equal, CLONE[column], 0, 3), step(load, 16), step(and_set, 0x7E020000, 0, 1), step(answer, deny)]
    program += [step(answer, allow)]
    code = ctypes.create_string_buffer(b"".join(program))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(code)))
    _check(libc.prctl(PR_SET_SECCOMP, 2, header, 0, 0))


def limit(limits: dict, count_processes: bool) -> None:
    """Limits of one process. Their total is watched by the warden."""

    def lower(kind, value):
        hard = resource.getrlimit(kind)[1]
        value = int(value) if hard == resource.RLIM_INFINITY else min(int(value), hard)
        resource.setrlimit(kind, (value, value))

    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_FSIZE, limits["file_size"])
    lower(resource.RLIMIT_NOFILE, limits["open_files"])
    lower(resource.RLIMIT_CPU, limits["notebook_seconds"] + 10)
    lower(resource.RLIMIT_AS, limits["memory"] + _address_space())
    if hasattr(resource, "RLIMIT_MSGQUEUE"):
        lower(resource.RLIMIT_MSGQUEUE, 0)
    if count_processes:
        lower(resource.RLIMIT_NPROC, limits["processes"])


def _address_space():
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 2 << 30
