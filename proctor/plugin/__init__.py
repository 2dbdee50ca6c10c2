"""The nbgrader plugin: collects submissions, repairs them, grades them in parallel and keeps the gradebook.

Nothing is imported here: a worker needs `proctor.plugin.grading` only, and must not pay for nbgrader's imports.
"""
