"""The portal in a browser, as each role: on a desk and on a phone, by keyboard alone, and without scripts.

One sandbox with figures, findings and deliveries that wait for a word; one browser; walks/*.mjs are what is done in it."""

import datetime
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


def periods() -> dict[str, str]:
    """The two latest finished months, quarters and halves: what may be delivered today."""
    today = datetime.date.today()
    month, quarter, half = (today.year * parts + (today.month - 1) * parts // 12 for parts in (12, 4, 2))
    return {"month": f"{(month - 1) // 12}-{(month - 1) % 12 + 1:02d}", "month before": f"{(month - 2) // 12}-{(month - 2) % 12 + 1:02d}",
            "quarter": f"{(quarter - 1) // 4}Q{(quarter - 1) % 4 + 1}", "quarter before": f"{(quarter - 2) // 4}Q{(quarter - 2) % 4 + 1}",
            "half": f"{(half - 1) // 2}H{(half - 1) % 2 + 1}"}


def furnish(instance: Instance) -> dict[str, str]:
    """Figures of three providers, a delivery that is refused, two that are held; files to upload, and what they are."""
    when = periods()
    latest, quarter = f"jeugdhulp_{when['month']}.csv", f"jeugdhulp_{when['quarter']}.csv"
    for provider in range(PROVIDERS):
        instance.deliver(latest, sample(instance.work, provider + 1, when["month"], 700), provider=provider)
    for provider in (1, 2):
        instance.deliver(quarter, sample(instance.work, 10 + provider, when["quarter"], 60), provider=provider)
    wait_for(lambda: len(instance.deliveries(state="queued")) == PROVIDERS + 2, "all are queued")
    instance.sluis("run", "now")
    for provider in (1, 2):
        instance.deliver(quarter, sample(instance.work, 20 + provider, when["quarter"], 12), provider=provider)
    broken = csv(20, start=920000000).replace(b";V;1315AB", b";X;1315AB").replace(b"20120514", b"20120540")
    instance.deliver(f"jeugdhulp_{when['month before']}.csv", broken)
    wait_for(lambda: len(instance.deliveries(state="queued")) == 3, "the second ones are queued")
    instance.sluis("run", "now")
    instance.sluis("report", "snapshot")
    assert len(instance.deliveries(state="held")) == 2, instance.deliveries()
    files = {"test": f"jeugdhulp_{when['half']}.csv", "deliver": f"jeugdhulp_{when['quarter']}.csv",
             "deliver too": f"jeugdhulp_{when['quarter before']}.csv"}
    for seed, file in enumerate(files.values(), 30):
        (instance.work / file).write_bytes(sample(instance.work, seed, file[10:-4], 40))
    (instance.work / "wrong").mkdir(exist_ok=True)
    (instance.work / "wrong" / files["test"]).write_bytes(broken)
    return {"wrong": str(instance.work / "wrong" / files["test"])} | {
        what: str(instance.work / file) for what, file in files.items()}


@pytest.fixture(scope="session")
def walked(tmp_path_factory, request):
    instance = Instance(tmp_path_factory.mktemp("browser") / "sandbox", providers=PROVIDERS)
    instance.up()
    try:
        files = furnish(instance)
        told = instance.work / "walked.json"
        words = ["--portal", json.dumps(instance.info["portal"]), "--files", json.dumps(files), "--out", str(told)]
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
