"""The portal in a browser, as each role: on a desk and on a phone, by keyboard alone, and without scripts.

One sandbox with figures, findings and deliveries that wait for a word; one browser; walks/*.mjs are what is done in it."""

import json
import os
import pathlib
import shutil
import subprocess

import pytest

from instance import Instance, build_dir, csv, wait_for

HERE = pathlib.Path(__file__).resolve().parent
SLUIS = build_dir() / "bin" / "sluis"
PROVIDERS = 3
WALKS = ["anybody", "municipality", "provider", "operator", "auditor"]
WAYS = ["every page", "by keyboard", "on a phone without scripts"]


def sample(folder: pathlib.Path, seed: int, period: str, records: int) -> bytes:
    file = folder / f"sample-{seed}-{period}.csv"
    subprocess.run([SLUIS, "sample", "--period", period, "--records", str(records), "--seed", str(seed), "--out", file],
                   check=True, capture_output=True, timeout=60)
    return file.read_bytes()


def furnish(instance: Instance):
    """Figures of three providers, a delivery with findings, one that is refused, and two that are held."""
    for provider in range(PROVIDERS):
        instance.deliver("jeugdhulp_2026-10.csv", sample(instance.work, provider + 1, "2026-10", 700), provider=provider)
    for provider in (1, 2):
        instance.deliver("jeugdhulp_2026-08.csv", csv(60, start=910000000 + 10000 * provider), provider=provider)
    wait_for(lambda: len(instance.deliveries(state="queued")) == PROVIDERS + 2, "all are queued")
    instance.sluis("run", "now")
    for provider in (1, 2):
        instance.deliver("jeugdhulp_2026-08.csv", csv(12, start=910000000 + 10000 * provider), provider=provider)
    broken = csv(20, start=920000000).replace(b";V;1315AB", b";X;1315AB").replace(b"20120514", b"2012-05-40")
    instance.deliver("jeugdhulp_2026-09.csv", broken)
    wait_for(lambda: len(instance.deliveries(state="queued")) == 3, "the second ones are queued")
    instance.sluis("run", "now")
    instance.sluis("report", "snapshot")
    assert len(instance.deliveries(state="held")) == 2
    # For a person to upload: right, wrong, and one that says nothing of itself.
    for period in ("2026-05", "2026-06", "2026-07"):
        (instance.work / f"jeugdhulp_{period}.csv").write_bytes(csv(20, start=930000000, begin="20260201"))
    (instance.work / "wrong").mkdir(exist_ok=True)
    (instance.work / "wrong" / "jeugdhulp_2026-07.csv").write_bytes(broken)


@pytest.fixture(scope="session")
def walked(tmp_path_factory, request):
    instance = Instance(tmp_path_factory.mktemp("browser") / "sandbox", providers=PROVIDERS)
    instance.up()
    try:
        furnish(instance)
        told = instance.work / "walked.json"
        words = ["--portal", json.dumps(instance.info["portal"]), "--files", str(instance.work), "--out", str(told)]
        if request.config.getoption("--screenshots"):
            shots = pathlib.Path(request.config.getoption("--screenshots")).resolve()
            shutil.rmtree(shots, ignore_errors=True)
            words += ["--screenshots", str(shots)]
        done = subprocess.run(["node", HERE / "walk.mjs", *words], capture_output=True, text=True, timeout=280,
                              env={**os.environ, "NODE_NO_WARNINGS": "1"})
        assert done.returncode == 0, done.stdout + done.stderr + instance.log()
        yield json.loads(told.read_text())
    finally:
        instance.down()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", WALKS)
def test_walk(walked, who, way):
    problems = walked[f"{who}: {way}"]
    assert problems == [], "\n" + "\n".join(problems)
