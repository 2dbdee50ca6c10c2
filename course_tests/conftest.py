"""pytest gives a hidden test its reference by argument name."""

from __future__ import annotations

import pytest

from course_tests import bank


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if not getattr(metafunc.function, "hidden", False):
        return
    topic = metafunc.function.topic
    right = bank.reference(topic)
    for name in metafunc.fixturenames:
        if not hasattr(right, name):
            pytest.fail(
                f"{metafunc.function.__name__} asks for {name}: write it in course_tests/reference/{topic}.py",
                pytrace=False,
            )
        metafunc.parametrize(name, [getattr(right, name)], ids=["reference"])
