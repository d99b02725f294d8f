"""SIGKILL at every step of the sequence, by name: nothing lost, nothing loaded twice, every end reached, every mail out."""

import contextlib
import os
import pathlib
import re
import signal
import subprocess
import threading
import time

import pytest

from instance import ROOT, Instance, csv, remove, state_of, wait_for

NAME = "jeugdhulp_2026H1.csv"
RECORDS = 12

ON_ARRIVAL = ["spool.prepared", "spool.taken", "spool.moved", "spool.copied", "spool.sealed", "arrival.judged",
              "arrival.recorded", "arrival.committed", "spool.queued"]
IN_THE_RUN = ["run.started", "run.claimed", "content.started", "content.batch", "run.read", "run.decided",
              "run.recorded", "run.committed", "spool.ended", "spool.destroyed", "run.processed", "run.finished"]
TELLING = ["folder.written", "mail.rendered", "mail.delivered", "mail.marked"]
IN_TEST = ["trial.written"]
REKEYING = ["rekey.begun", "rekey.changed", "rekey.committed", "rekey.finished"]  # in test_keys.py
HOLDING = ["hold.rejected"]  # in test_holds.py
PUBLISHING = ["snapshot.written", "snapshot.withheld", "snapshot.decided", "snapshot.committed",
              "snapshot.published", "snapshot.erased"]  # in test_snapshots.py
IN_THE_PORTAL = ["portal.written", "portal.placed"]  # in test_portal_upload.py
IN_THE_GATE = ["gate.opened", "gate.written", "gate.closed", "gate.renamed", "gate.removed"]


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    made = Instance(tmp_path_factory.mktemp("sequence") / "i").up()
    yield made
    made.down()
    remove(made.folder)


def test_every_step_in_the_code_is_in_this_list():
    passed = set()
    for source in (ROOT / "daemon").rglob("*.cpp"):
        passed |= set(re.findall(r'passed\("([a-z.]+)"\)', source.read_text()))
    assert passed == set(ON_ARRIVAL + IN_THE_RUN + TELLING + IN_TEST + REKEYING + HOLDING + PUBLISHING + IN_THE_GATE +
                         IN_THE_PORTAL)


class Delivery:
    """One delivery with bytes of its own, and what must be true of it in the end."""

    number = 0

    def __init__(self, instance: Instance):
        Delivery.number += 1
        self.instance = instance
        self.accepted_before = len(instance.deliveries(state="accepted"))
        # The same records each time, other bytes: a replacement that deletes nothing.
        content = csv(RECORDS, mark=1 + Delivery.number % 10).replace(b"\r\n", b"\r\n" if Delivery.number % 2 else b"\n")
        self.content = content + b"\n" * (Delivery.number // 10)

    def put(self):
        self.instance.deliver(NAME, self.content)

    def must_be_loaded_once(self):
        instance = self.instance
        accepted = instance.deliveries(state="accepted")
        assert len(accepted) == self.accepted_before + 1, instance.deliveries()
        mine = accepted[-1]
        assert instance.query("select count(*) from care.trajectory") == [(RECORDS,)]
        assert instance.query("select count(distinct delivery) from care.trajectory") == [(1,)]
        for kind in ("ontvangst", "verwerkingsbewijs"):
            mails = instance.mails(X_Sluis_Kind=kind, X_Sluis_Delivery=mine["id"])
            assert len({mail["Message-ID"] for mail in mails}) == 1, f"{kind}: {len(mails)}"
        assert f"{NAME}.{mine['id']}.receipt.json" in instance.sftp("ls -1 outbox").stdout
        state = pathlib.Path(instance.info["state"])
        left = [path for path in (state / "spool").rglob("*") if path.is_file() and path.name not in ("lock", "node")]
        assert left == []
        assert instance.deliveries(state="queued") == []
        assert instance.sluis("audit", "verify").returncode == 0


@contextlib.contextmanager
def going_on(pid: int):
    """Sends SIGCONT whenever the process stops itself: the step that was asked for may come by again."""
    done = threading.Event()

    def push():
        while not done.wait(0.05):
            if state_of(pid) == "T":
                os.kill(pid, signal.SIGCONT)
    thread = threading.Thread(target=push)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def stopped(instance: Instance, which: str = "sluisd"):
    return state_of(instance.info["pids"][which]) == "T"


def restart_sluisd(instance: Instance, step: str = ""):
    instance.kill("sluisd")
    instance.up(**({"SLUIS_STOP_AT": step} if step else {}))


def finish(instance: Instance, delivery: Delivery):
    """What anybody would do after a crash: start it again and let the run come by."""
    wait_for(lambda: not instance.deliveries(state="waiting") and not instance.deliveries(state="receiving"),
             "everything in the inbox has been judged")
    instance.sluis("run", "now")
    delivery.must_be_loaded_once()


@pytest.mark.parametrize("step", ON_ARRIVAL)
def test_sluisd_killed_on_arrival(instance, step):
    delivery = Delivery(instance)
    restart_sluisd(instance, step)
    delivery.put()
    wait_for(lambda: stopped(instance), f"sluisd is at {step}")
    restart_sluisd(instance)
    instance.wait_state("queued", NAME)
    finish(instance, delivery)


@pytest.mark.parametrize("step", IN_THE_RUN + TELLING)
def test_sluisd_killed_in_the_run(instance, step):
    delivery = Delivery(instance)
    if step in TELLING:  # these also come by for the arrival's own mail: first let that go out
        delivery.put()
        instance.wait_state("queued", NAME)
        wait_for(lambda: instance.query("select count(*) from outbox.message where state = 'pending'") == [(0,)],
                 "the mail of arrival is out")
        restart_sluisd(instance, step)
    else:
        restart_sluisd(instance, step)
        delivery.put()
        instance.wait_state("queued", NAME)
    asked = instance.start_run()
    wait_for(lambda: stopped(instance), f"sluisd is at {step}")
    restart_sluisd(instance)
    asked.wait(30)
    finish(instance, delivery)


@pytest.mark.parametrize("step", ["arrival.judged", "arrival.recorded", "run.started", "run.claimed", "content.batch",
                                  "run.decided", "run.recorded", "run.committed", "run.processed", "mail.rendered",
                                  "mail.delivered", "folder.written"])
def test_postgresql_killed(instance, step):
    delivery = Delivery(instance)
    restart_sluisd(instance, step)
    delivery.put()
    asked = None
    if not step.startswith("arrival"):
        if not step.startswith("mail"):
            instance.wait_state("queued", NAME)
        asked = instance.start_run()
    wait_for(lambda: stopped(instance), f"sluisd is at {step}")
    postgres = instance.info["pids"]["postgres"]
    instance.kill("postgres")
    time.sleep(0.3)  # the server's children notice
    pid = instance.info["pids"]["sluisd"]
    with going_on(pid):
        time.sleep(2)
        # While the database is away, the gate keeps taking files.
        some = instance.write("some", b"x")
        instance.sftp(f"put {some} inbox/in-progress.part", "rm inbox/in-progress.part")
        instance.up()
        assert instance.info["pids"]["postgres"] != postgres
        assert instance.info["pids"]["sluisd"] == pid, "sluisd lives through it"
        if asked:
            wait_for(lambda: asked.poll() is not None, "the run that was asked for has ended", 60)
    restart_sluisd(instance)
    finish(instance, delivery)


def test_sluisd_killed_in_test(instance):
    restart_sluisd(instance, "trial.written")
    instance.deliver("jeugdhulp_2026H1_proef.csv", csv(3), signature=None, folder="test")
    wait_for(lambda: stopped(instance), "sluisd is at trial.written")
    restart_sluisd(instance)
    wait_for(lambda: "jeugdhulp_2026H1_proef.csv" in instance.sftp("ls -1 outbox").stdout, "the verdict is there")
    wait_for(lambda: not any((pathlib.Path(instance.info["state"]) / "spool" / "incoming").iterdir()), "content wiped")


@pytest.mark.parametrize("step", IN_THE_GATE)
def test_the_gate_killed(instance, step):
    delivery = Delivery(instance)
    instance.kill("gate")
    instance.up(SLUIS_STOP_AT=step)
    file = instance.write(NAME, delivery.content)
    who, sftp = instance.provider(), instance.info["sftp"]
    client = subprocess.Popen(
        ["sftp", "-q", "-b", "-", "-i", who["ssh_key"], "-P", str(sftp["port"]), "-o", "IdentitiesOnly=yes", "-o",
         f"UserKnownHostsFile={sftp['known_hosts']}", "-o", "BatchMode=yes", f"{who['user']}@{sftp['host']}"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    last = f"rm inbox/{NAME}.part" if step == "gate.removed" else f"rename inbox/{NAME}.part inbox/{NAME}"
    client.stdin.write(f"put {file} inbox/{NAME}.part\n{last}\n".encode())
    client.stdin.close()

    def sessions():
        listener = instance.info["pids"]["gate"]
        children = pathlib.Path(f"/proc/{listener}/task/{listener}/children").read_text().split()
        return [int(child) for child in children if state_of(int(child)) == "T"]
    wait_for(sessions, f"the session is at {step}")
    for child in sessions():
        os.kill(child, signal.SIGKILL)
    instance.kill("gate")
    client.wait(30)
    instance.up()
    instance.sftp(f"-rm inbox/{NAME}.part", f"-rm inbox/{NAME}")
    delivery.put()
    instance.wait_state("queued", NAME)
    finish(instance, delivery)
