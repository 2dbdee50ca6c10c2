"""What some tests need of the machine; where it is not there they skip, and say what to install."""

import os

import pytest

from proctor.trusted.remedy import remedy
from proctor.trusted.rooms import missing_walls, no_other_user

NO_WALLS = missing_walls()
walls = pytest.mark.skipif(bool(NO_WALLS), reason=f"no walls here ({NO_WALLS}): {remedy(NO_WALLS)}")

# Where root has neither walls nor another user whom it could send, proctor grades nothing.
NO_ROOM = NO_WALLS and os.geteuid() == 0 and no_other_user()
REFUSED = "submissions would run as root"  # what proctor says then
