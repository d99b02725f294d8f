"""Fixtures for all scenarios: an instance of one's own, and one that a module shares."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from instance import Instance  # noqa: E402


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> Instance:
    """One for the whole module: for scenarios that only add to it."""
    instance = Instance(tmp_path_factory.mktemp("shared") / "sandbox")
    instance.up()
    yield instance
    instance.down()
