"""No picture is left open in pyplot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from matplotlib import pyplot as plt


@pytest.fixture(autouse=True)
def nothing_is_left_in_pyplot() -> Iterator[None]:
    yield
    assert plt.get_fignums() == []
