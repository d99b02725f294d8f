import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))


def pytest_addoption(parser):
    parser.addoption("--screenshots", metavar="DIR", help="where to put a picture of every page, on a desk and a phone")
