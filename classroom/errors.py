"""What goes wrong in a way that a person can fix."""


class ClassroomError(Exception):
    """One clear line that says what to do."""
