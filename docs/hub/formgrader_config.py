"""Formgrader's server at the hub."""

c = get_config()  # noqa: F821
# Formgrader is a frame in JupyterLab, and JupyterHub refuses frames. Only this server, for teachers, allows its own.
c.ServerApp.tornado_settings = {"headers": {"Content-Security-Policy": "frame-ancestors 'self'"}}
