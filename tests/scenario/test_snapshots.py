"""Snapshots for the figures: made after a run and on request, only when enough changed, whole or not at all."""

import json
import os
import pathlib
import signal
import subprocess

import pytest

from instance import HEADER, Instance, bsns, remove, state_of, wait_for

STEPS = ["snapshot.written", "snapshot.withheld", "snapshot.decided", "snapshot.committed", "snapshot.published"]
CHILDREN = 40


def records(changed: int, children: int = CHILDREN, to: int = 9) -> bytes:
    """As many children; of the first `changed` the mark is another than before."""
    lines = [HEADER]
    for number, bsn in enumerate(bsns(children)):
        mark = to if number < changed else 5 + number % 4
        lines.append(f"{bsn};20120514;V;1315AB;GM0034;02;0{1 + number % 3};N;20260201;20260601;01;{mark};J")
    return ("\r\n".join(lines) + "\r\n").encode()


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    made = Instance(tmp_path_factory.mktemp("snapshots") / "i").up()
    yield made
    made.down()
    remove(made.folder)


def load(instance: Instance, content: bytes):
    accepted = len(instance.deliveries(state="accepted"))
    instance.deliver("jeugdhulp_2026H1.csv", content)
    instance.wait_state("queued", "jeugdhulp_2026H1.csv")
    instance.sluis("run", "now")
    assert len(instance.deliveries(state="accepted")) == accepted + 1


def snapshots(instance: Instance) -> list[str]:
    return [row[0] for row in instance.query("select id from report.snapshot where erased is null order by id")]


def files(instance: Instance) -> list[str]:
    folder = instance.folder / "snapshots" / "GM0034"
    return sorted(path.name for path in folder.glob("GM*")) if folder.exists() else []


def ask(instance: Instance) -> dict:
    answer = json.loads(instance.sluis("report", "snapshot", "--json").stdout)
    (one,) = answer
    return one


def worker_of(sluisd: int) -> int | None:
    """The process sluis-snapshot that this sluisd has started."""
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == sluisd and (folder / "comm").read_text().startswith("sluis-snapshot"):
                return int(folder.name)
        except OSError:
            continue
    return None


def test_a_run_that_loads_something_is_followed_by_a_snapshot(instance):
    load(instance, records(0))
    wait_for(lambda: snapshots(instance) == ["GM0034-000001"], "the first snapshot is published")
    wait_for(lambda: files(instance) == ["GM0034-000001.snapshot", "GM0034-000001.withheld"], "its files are in place")
    ((run, rows, children),) = instance.query("select run, rows, children from report.snapshot")
    assert (rows, children) == (CHILDREN, CHILDREN) and run is not None
    assert instance.query("select count(*) from audit.entry where event = 'snapshot.published'") == [(1,)]
    assert instance.query("select count(*) > 0 from report.figure where shown") == [(True,)]
    assert instance.query("select min(count) >= 10 from report.figure where shown") == [(True,)]


def figures(instance: Instance, *words: str) -> str:
    return instance.sluis("report", "tevredenheid", "--as", "municipality:GM0034", "--json", *words).stdout


def test_what_did_not_change_is_not_published_again(instance):
    one = ask(instance)
    assert one["published"] is False and one["id"] == "GM0034-000001" and "nothing was loaded" in one["reason"]


def test_fewer_than_ten_changed_children_are_not_published(instance):
    load(instance, records(9))
    one = ask(instance)
    assert one["published"] is False and "fewer than 10" in one["reason"] or "nothing was loaded" in one["reason"]
    assert snapshots(instance) == ["GM0034-000001"]
    assert files(instance) == ["GM0034-000001.snapshot", "GM0034-000001.withheld"]
    before = figures(instance)
    assert '"shown": true' in before
    load(instance, records(10))
    ask(instance)
    assert snapshots(instance) == ["GM0034-000001", "GM0034-000002"]
    wait_for(lambda: "GM0034-000002" in figures(instance), "the new one is in service")
    assert figures(instance, "--snapshot", "GM0034-000001") == before  # made again exactly


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_it_is_published_once_and_nothing_is_left(instance, step):
    before = snapshots(instance)
    mark = (1, 2, 3, 4, 10)[STEPS.index(step)]  # other bytes each time: what was accepted once is not loaded again
    instance.kill("sluisd")
    instance.up(SLUIS_STOP_AT=step)
    try:
        load(instance, records(20, to=mark))
        sluisd = instance.info["pids"]["sluisd"]
        worker = wait_for(lambda: (pid := worker_of(sluisd)) and state_of(pid) == "T" and pid, f"it is at {step}")
        os.kill(worker, signal.SIGKILL)
    finally:
        instance.kill("sluisd")
        instance.up()
    one = ask(instance)
    after = snapshots(instance)
    assert len(after) == len(before) + 1, (before, after)
    assert one["id"] == after[-1]
    assert files(instance) == sorted(f"{each}.{kind}" for each in after for kind in ("snapshot", "withheld"))
    assert instance.query("select count(*) from audit.entry where event = 'snapshot.published'") == [(len(after),)]
    assert instance.sluis("audit", "verify").returncode == 0


def test_an_erased_snapshot_is_gone_for_good(instance):
    all_of_them = snapshots(instance)
    instance.sluis("report", "erase", all_of_them[0])
    assert snapshots(instance) == all_of_them[1:]
    assert not any(name.startswith(all_of_them[0]) for name in files(instance))
    again = instance.sluis("report", "erase", all_of_them[0], check=False)
    assert again.returncode == 2 and "no such snapshot" in again.stderr
    unknown = instance.sluis("report", "snapshot", "--municipality", "GM9999", check=False)
    assert unknown.returncode == 2 and "nothing was ever loaded" in unknown.stderr
    assert instance.query("select count(*) from audit.entry where event = 'snapshot.erased'") == [(1,)]


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_is_named_and_nothing_of_the_snapshot_stays(instance):
    before = snapshots(instance)
    folder = instance.folder / "snapshots"
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k,mode=0755", "none", folder], check=True)
    try:
        load(instance, records(2))
        done = instance.sluis("report", "snapshot", check=False)
        assert done.returncode == 3 and "No space left" in done.stderr, done.stderr
        assert snapshots(instance) == before and files(instance) == []
    finally:
        subprocess.run(["umount", folder], check=True)
    assert ask(instance)["published"] is True
    assert len(snapshots(instance)) == len(before) + 1


def test_only_so_many_are_kept(instance):
    config = pathlib.Path(instance.info["config"])
    text = config.read_text()
    assert "keep: 12" in text
    config.write_text(text.replace("keep: 12", "keep: 2", 1))
    load(instance, records(CHILDREN))
    last = ask(instance)["id"]
    kept = snapshots(instance)
    assert len(kept) == 2 and kept[-1] == last
    assert {name.split(".")[0] for name in files(instance)} == set(kept)
