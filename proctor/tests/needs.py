"""What some tests need of the machine; where it is not there they skip, and say what to install."""

import pytest

from proctor.trusted.rooms import missing_walls

NO_WALLS = missing_walls()
walls = pytest.mark.skipif(bool(NO_WALLS), reason=f"no walls here ({NO_WALLS}): apt-get install bubblewrap, and allow user namespaces")
