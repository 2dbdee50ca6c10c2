"""proctor: grades notebooks with the learner's code in a locked room and the tests outside."""


def install(c):
    """Let `nbgrader autograde` and formgrader's button grade with proctor, and feedback name what each test found.

    Parameters
    ----------
    c : traitlets.config.Config
        `get_config()` of an nbgrader_config.py. Options are set as ``c.Proctor.<name>``.
    """
    from proctor.plugin.install import install as install_plugin

    install_plugin(c)
