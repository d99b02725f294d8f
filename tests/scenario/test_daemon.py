"""What the daemon must withstand: two of them, a missed run, a wrong reload, a full disk, a mail server that is away."""

import json
import os
import pathlib
import re
import signal
import subprocess
import time

import pytest
import yaml

from instance import Instance, build_dir, csv, remove, state_of, wait_for

NAME = "jeugdhulp_2026H1.csv"


@pytest.fixture()
def instance(tmp_path):
    made = Instance(tmp_path / "i", providers=2).up()
    yield made
    made.down()
    remove(made.folder)


def change(instance: Instance, **sections):
    """Edits the configuration: change(instance, run={"at": "03:00"}); None takes a key away."""
    path = pathlib.Path(instance.info["config"])
    config = yaml.safe_load(path.read_text())
    for name, value in sections.items():
        if isinstance(value, dict):
            config[name] = {key: each for key, each in {**config.get(name, {}), **value}.items() if each is not None}
        else:
            config[name] = value
    path.write_text(yaml.safe_dump(config))


class Second:
    """Another sluisd on the same database, with folders of its own."""

    def __init__(self, instance: Instance, **env):
        self.folder = instance.folder.parent / "second"
        config = yaml.safe_load(pathlib.Path(instance.info["config"]).read_text())
        for key in ("state", "drop", "roster", "control"):
            config[key] = str(self.folder / key)
        for key in ("state", "drop", "roster"):
            (self.folder / key).mkdir(parents=True)
        self.config = self.folder / "sluis.yaml"
        self.config.write_text(yaml.safe_dump(config))
        self.control = pathlib.Path(config["control"])
        self.drop = pathlib.Path(config["drop"])
        self.log = (self.folder / "log").open("wb")
        self.process = subprocess.Popen([build_dir() / "bin" / "sluisd", "--config", self.config], stderr=self.log,
                                        env={**os.environ, **env})
        wait_for(lambda: (self.drop / "p0002" / "inbox").is_dir(), "the second daemon has made its folders")

    def run_now(self) -> subprocess.Popen:
        return subprocess.Popen([build_dir() / "bin" / "sluis", "--config", self.config, "run", "now"],
                                stdout=subprocess.PIPE, text=True)

    def stop(self):
        if state_of(self.process.pid) == "T":
            self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        assert self.process.wait(30) == 0
        self.log.close()


def test_two_runs_never_overlap_with_two_daemons_on_one_database(instance):
    second = Second(instance, SLUIS_STOP_AT="run.claimed")
    try:
        # A delivery for the second one: its provider's file lies in its drop folder.
        file = instance.write(NAME, csv(5))
        signature = instance.sign(file, "sluis:P0002:jeugdhulp_2026H1", provider=1)
        inbox = second.drop / "p0002" / "inbox"
        for each in (file, signature):
            (inbox / each.name).write_bytes(each.read_bytes())
        instance.wait_state("queued", NAME)
        theirs = second.run_now()
        wait_for(lambda: state_of(second.process.pid) == "T", "the second daemon is in its run")
        ours = instance.start_run()
        time.sleep(1.5)
        assert ours.poll() is None, "the first daemon waits"
        assert len(instance.query("select id from intake.run where finished is null")) == 1
        second.process.send_signal(signal.SIGCONT)
        assert theirs.wait(60) == 0
        assert ours.wait(60) == 0
        instance.wait_state("accepted", NAME)
        runs = instance.query("select started, finished from intake.run order by started")
        assert all(before[1] <= after[0] for before, after in zip(runs, runs[1:])), runs
    finally:
        second.stop()


def test_a_second_daemon_on_the_same_spool_is_refused(instance):
    done = subprocess.run([build_dir() / "bin" / "sluisd", "--config", instance.info["config"]], capture_output=True,
                          text=True, timeout=30)
    assert done.returncode == 3
    assert "another sluisd" in done.stderr


@pytest.mark.skipif(not os.path.isdir("/dev/shm"), reason="needs a second file system")
def test_folders_on_two_file_systems_are_refused_at_start(instance):
    instance.kill("sluisd")
    drop = pathlib.Path("/dev/shm") / f"sluis-test-{os.getpid()}"
    change(instance, drop=str(drop))
    try:
        done = subprocess.run([build_dir() / "bin" / "sluisd", "--config", instance.info["config"]],
                              capture_output=True, text=True, timeout=30)
        assert done.returncode == 3 and "different file systems" in done.stderr, done.stderr
    finally:
        remove(drop)


def test_a_missed_run_is_caught_up_at_start_and_not_repeated(instance):
    instance.deliver(NAME, csv(5))
    instance.wait_state("queued", NAME)
    instance.kill("sluisd")
    # As if it had been installed days ago and off at two o'clock this night.
    node = pathlib.Path(instance.info["state"]) / "spool" / "node"
    long_ago = time.time() - 3 * 86400
    os.utime(node, (long_ago, long_ago))
    instance.up()
    instance.wait_state("accepted", NAME)
    wait_for(lambda: instance.query("select outcome from intake.run where kind = 'catch-up'") == [("done",)],
             "the run was caught up")
    instance.kill("sluisd")
    instance.up()
    time.sleep(3)
    assert instance.query("select count(*) from intake.run") == [(1,)]


def test_the_clock_starts_the_run_at_its_local_time(instance):
    instance.deliver(NAME, csv(5))
    instance.wait_state("queued", NAME)
    soon = time.localtime(time.time() + 62)
    change(instance, run={"at": f"{soon.tm_hour:02}:{soon.tm_min:02}", "timezone": "Etc/UTC"})
    assert time.tzname[0] == "UTC" or time.localtime().tm_gmtoff == 0
    os.kill(instance.info["pids"]["sluisd"], signal.SIGHUP)
    instance.wait_state("accepted", NAME, seconds=130)
    wait_for(lambda: instance.query("select kind, outcome from intake.run") == [("scheduled", "done")], "the run is done")


def test_a_wrong_configuration_is_not_taken_over_by_a_reload(instance):
    change(instance, run={"at": "25:00"})
    pid = instance.info["pids"]["sluisd"]
    os.kill(pid, signal.SIGHUP)
    wait_for(lambda: "the old one stays in force" in instance.log(), "it is told")
    assert state_of(pid) not in ("", "Z")
    change(instance, run={"at": "02:00"})
    instance.deliver(NAME, csv(5))
    instance.wait_state("queued", NAME)
    assert instance.sluis("run", "now").returncode == 0


def test_a_polite_end_leaves_the_delivery_in_hand_whole(instance):
    instance.kill("sluisd")
    instance.up(SLUIS_STOP_AT="content.batch")
    instance.deliver(NAME, csv(20000))
    instance.wait_state("queued", NAME)
    asked = instance.start_run()
    pid = instance.info["pids"]["sluisd"]
    wait_for(lambda: state_of(pid) == "T", "the delivery is in hand")
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 60
    while state_of(pid) not in ("", "Z") and time.monotonic() < deadline:
        if state_of(pid) == "T":
            os.kill(pid, signal.SIGCONT)
        time.sleep(0.02)
    assert state_of(pid) in ("", "Z"), "it ends"
    asked.wait(30)
    assert instance.deliveries(file=NAME)[0]["state"] in ("accepted", "queued")
    instance.up()
    wait_for(lambda: instance.query("select count(*) from intake.run where finished is null") == [(0,)], "no run hangs")
    instance.sluis("run", "now")
    instance.wait_state("accepted", NAME)
    assert instance.query("select count(*) from care.trajectory") == [(20000,)]


def test_mail_waits_for_a_mailbox_that_is_away_and_the_run_does_not(instance):
    maildir = pathlib.Path(instance.info["maildir"])
    aside = maildir.with_name("aside")
    maildir.rename(aside)
    maildir.write_text("not a folder")
    instance.deliver(NAME, csv(5))
    instance.wait_state("queued", NAME)
    assert instance.sluis("run", "now").returncode == 0
    instance.wait_state("accepted", NAME)
    pending = instance.query("select count(*) from outbox.message where channel = 'mail' and state = 'pending'")[0][0]
    assert pending >= 1
    status = json.loads(instance.sluis("status", "--json", check=False).stdout)
    assert "mail" in json.dumps(status)
    maildir.unlink()
    aside.rename(maildir)
    instance.query("update outbox.message set next_attempt = now() where state = 'pending'")
    wait_for(lambda: instance.mails(X_Sluis_Kind="verwerkingsbewijs"), "the mail goes out")


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_holds_deliveries_up_and_loses_nothing(instance):
    instance.kill("sluisd")
    instance.kill("gate")
    # state and drop on one small disk, as they must share a file system.
    small = instance.folder.parent / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", small], check=True)
    try:
        for key in ("state", "drop"):
            (small / key).mkdir()
        change(instance, state=str(small / "state"), drop=str(small / "drop"))
        instance.up()
        content = csv(20000)
        assert 1_000_000 < len(content) < 1_900_000
        wait_for(lambda: (small / "drop" / "p0001" / "inbox").is_dir(), "folders made")
        # Room for the delivery to arrive, none for sluisd's copy of it.
        ballast = small / "ballast"
        ballast.write_bytes(b"\0" * (small_free(small) - len(content) - 300_000))
        instance.deliver(NAME, content)
        wait_for(lambda: "No space left" in instance.log(), "the disk is full")
        assert [row["state"] for row in instance.deliveries(file=NAME)] in (["receiving"], ["waiting"])
        status = instance.sluis("status", check=False).stdout
        assert "waiting" in status
        instance.kill("sluisd")
        instance.up()
        wait_for(lambda: instance.mails(X_Sluis_Kind="limiet"), "the operators are told that the disk fills up")
        # The tired clerk sends another under the same name: it waits for the first, and harms nobody.
        instance.deliver(NAME, csv(20))
        time.sleep(2)
        ballast.unlink(missing_ok=True)
        wait_for(lambda: len(instance.deliveries(file=NAME, state="queued")) == 2, "both are queued", 60)
        instance.sluis("run", "now")
        ended = [(row["state"], row["records"]) for row in instance.deliveries(file=NAME)]
        assert ended == [("superseded", None), ("accepted", 20)]
        assert instance.query("select count(*) from care.trajectory") == [(20,)]
    finally:
        instance.down()
        subprocess.run(["umount", "-l", small], check=True)


def small_free(folder: pathlib.Path) -> int:
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize
