"""A domain's key is rotated while runs go on: killed at every step, compared halfway, refused when it must be."""

import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import time

import psycopg2
import pytest

from instance import Instance, build_dir, csv, remove, state_of, wait_for
from test_sequence import REKEYING, going_on, stopped

THIS, BEFORE, QUARTER = "jeugdhulp_2026H1.csv", "jeugdhulp_2025H2.csv", "jeugdhulp_2026Q2.csv"
MANY = 24_000  # two batches
REKEY_LOCK = 0x736C756973000005  # postgres::Lock::rekey


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    made = Instance(tmp_path_factory.mktemp("keys") / "i").up()
    # The same children in two deliveries, one of them large enough for several batches.
    for name, records in ((THIS, MANY), (BEFORE, 500)):
        made.deliver(name, csv(records, begin="20251101"))
        made.wait_state("queued", name)
    made.sluis("run", "now")
    made.wait_state("accepted", THIS)
    made.wait_state("accepted", BEFORE)
    yield made
    made.down()
    remove(made.folder)


def restart_sluisd(instance: Instance, step: str = ""):
    instance.kill("sluisd")
    instance.up(**({"SLUIS_STOP_AT": step} if step else {}))


def start_rotation(instance: Instance) -> subprocess.Popen:
    return subprocess.Popen([build_dir() / "bin" / "sluis", "--config", instance.info["config"], "key", "rotate", "GM0034"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def version(instance: Instance) -> int:
    return instance.query("select version from care.domain where municipality = 34")[0][0]


def wait_until_rotated(instance: Instance):
    wait_for(lambda: instance.query("select count(*) from care.rotation where finished is null") == [(0,)],
             "the rotation is over")


def must_be_whole(instance: Instance, records: int = MANY + 500):
    """Nothing lost, all of one version, and the same child is the same pseudonym in both deliveries."""
    assert instance.query("select domain_version, count(*) from care.trajectory group by 1") == [
        (version(instance), records)]
    assert instance.query("select count(distinct pseudonym) from care.trajectory") == [(MANY,)]
    same = instance.query("select count(*) from care.trajectory_named a join care.trajectory_named b "
                          "using (pseudonym, unit_key) "
                          "where a.delivery < b.delivery and a.row = b.row")
    assert same == [(500,)]
    assert instance.sluis("audit", "verify").returncode == 0


def test_a_rotation_gives_every_child_a_new_pseudonym_and_comes_back_to_none(instance):
    before = instance.query("select row, pseudonym from care.trajectory where row <= 20 order by 1, delivery")
    keys = "select row, unit_key, youth_key, parent_key from care.trajectory_named where row <= 20 order by 1, delivery"
    keys_before = instance.query(keys)
    assert all(unit for _, unit, _, _ in keys_before)
    rotated = json.loads(instance.sluis("key", "rotate", "GM0034", "--json").stdout)
    assert (rotated["from"], rotated["to"], rotated["records"]) == (1, 2, MANY + 500)
    after = instance.query("select row, pseudonym from care.trajectory where row <= 20 order by 1, delivery")
    assert not {pseudonym for _, pseudonym in before} & {pseudonym for _, pseudonym in after}
    assert instance.query(keys) == keys_before, "or all noise would be drawn anew"
    must_be_whole(instance)
    entries = json.loads(instance.sluis("audit", "show", "--subject", "domain-GM0034", "--json").stdout)
    text = json.dumps(entries)
    for event in ("key.created", "key.rotation-begun", "key.rotated"):
        assert event in text


def test_the_old_key_is_retired_only_when_nothing_needs_it(instance):
    listed = {(key["name"], key["version"]): key for key in json.loads(instance.sluis("key", "list", "--json").stdout)}
    newest = version(instance)
    assert listed["domain-GM0034", newest]["in_force"] is True
    assert listed["domain-GM0034", newest]["records"] == MANY + 500
    assert listed["domain-GM0034", newest - 1]["records"] == 0
    assert listed["pseudonym", 1]["records"] is None
    refused = instance.sluis("key", "retire", "GM0034", "--version", str(newest), check=False)
    assert refused.returncode == 2
    instance.query("update care.trajectory set domain_version = 1 where row = 1 and delivery = 1")
    refused = instance.sluis("key", "retire", "GM0034", "--version", "1", check=False)
    assert refused.returncode == 2 and "1 records" in refused.stderr
    instance.query("update care.trajectory set domain_version = %s where row = 1 and delivery = 1", newest)
    instance.sluis("key", "retire", "GM0034", "--version", "1")
    assert instance.sluis("key", "retire", "GM0034", "--version", "1", check=False).returncode == 2
    keys = pathlib.Path(instance.info["config"]).parent
    assert list(keys.rglob("domain-GM0034.1.retired")) and not list(keys.rglob("domain-GM0034.1.key"))
    assert instance.sluis("key", "rotate", "GM9999", check=False).returncode == 2
    assert instance.sluis("key", "new", "pseudonym", check=False).returncode == 2


def rotate_until(instance: Instance, step: str):
    """Starts a rotation that stops at the step; the version before it, and who asked."""
    newest = version(instance)
    restart_sluisd(instance, step)
    asked = start_rotation(instance)
    wait_for(lambda: stopped(instance), f"sluisd is at {step}")
    return newest, asked


@pytest.mark.parametrize("step", REKEYING)
def test_sluisd_killed_in_a_rotation(instance, step):
    newest, asked = rotate_until(instance, step)
    restart_sluisd(instance)
    asked.wait(30)
    wait_until_rotated(instance)
    assert version(instance) == newest + 1
    must_be_whole(instance)


def test_postgresql_killed_in_a_rotation(instance):
    newest, asked = rotate_until(instance, "rekey.changed")
    instance.kill("postgres")
    with going_on(instance.info["pids"]["sluisd"]):
        time.sleep(0.3)
        instance.up()
        wait_until_rotated(instance)
    asked.wait(30)
    restart_sluisd(instance)
    assert version(instance) == newest + 1
    must_be_whole(instance)


def test_a_run_that_meets_a_rotation_halfway_compares_one_version(instance):
    """A correction of a delivery of which one half is old and the other new; the rotation is held up meanwhile."""
    newest = version(instance)
    restart_sluisd(instance, "rekey.committed")
    asked = start_rotation(instance)
    wait_for(lambda: stopped(instance), "the first batch is committed")
    instance.kill("sluisd")
    asked.wait(30)
    gone = MANY // 100
    content = b"\r\n".join(csv(MANY, begin="20251101").split(b"\r\n")[: MANY + 1 - gone]) + b"\r\n"
    other_daemon = psycopg2.connect(instance.info["dsn"])
    other_daemon.autocommit = True
    with other_daemon.cursor() as cursor:
        wait_for(lambda: cursor.execute("select pg_try_advisory_lock(%s)", [REKEY_LOCK]) or cursor.fetchone()[0],
                 "the lock of those who re-key is ours")
    instance.up()
    instance.deliver(THIS, content)
    instance.wait_state("queued", THIS)
    halfway = instance.query("select domain_version, count(*) from care.trajectory join care.batch using (delivery) "
                             "where period = '2026H1' group by 1")
    assert len(halfway) == 2, "or this test proves nothing"
    instance.sluis("run", "now")
    accepted = instance.wait_state("accepted", THIS, count=2)
    replaced, deleted = instance.query("select replaced, deleted from intake.delivery where id = %s", accepted["id"])[0]
    assert (replaced, deleted) == (MANY - gone, gone)
    assert instance.query("select domain_version from care.trajectory where delivery = (select number from intake.delivery "
                          "where id = %s) group by 1", accepted["id"]) == [(newest + 1,)]
    other_daemon.close()
    wait_until_rotated(instance)
    assert version(instance) == newest + 1
    assert instance.query("select domain_version, count(*) from care.trajectory group by 1") == [
        (newest + 1, MANY - gone + 500)]
    assert instance.query("select count(distinct pseudonym) from care.trajectory") == [(MANY - gone,)]


def test_keys_may_come_as_credentials_of_the_service(instance, tmp_path):
    keys = next(pathlib.Path(instance.info["config"]).parent.rglob("pseudonym.1.key")).parent
    for key in keys.glob("*.key"):
        target = tmp_path / f"keys_{key.name}"
        target.write_bytes(key.read_bytes())
        target.chmod(0o400)
    # The key in force is nowhere else: with the folder's keys nothing could be loaded.
    current = keys / f"domain-GM0034.{version(instance)}.key"
    away = current.with_suffix(".away")
    instance.kill("sluisd")
    current.rename(away)
    try:
        instance.up()
        instance.deliver(QUARTER, csv(10, begin="20251101"))
        instance.wait_state("queued", QUARTER)
        failed = instance.sluis("run", "now", check=False)
        assert failed.returncode == 3 and f"{current.name} back" in failed.stdout + failed.stderr + instance.log()
        instance.kill("sluisd")
        instance.up(CREDENTIALS_DIRECTORY=str(tmp_path))
        instance.sluis("run", "now")
        instance.wait_state("accepted", QUARTER)
        assert instance.query("select count(*) from care.trajectory join care.batch using (delivery) "
                              "where period = '2026Q2' and pseudonym in (select pseudonym from care.trajectory t "
                              "join care.batch b using (delivery) where b.period = '2025H2')") == [(10,)]
    finally:
        away.rename(current)
    restart_sluisd(instance)


def test_nothing_is_loaded_without_the_key_of_the_noise(instance, tmp_path):
    for key in next(pathlib.Path(instance.info["config"]).parent.rglob("cell.1.key")).parent.glob("*.key"):
        if key.name != "cell.1.key":
            (tmp_path / f"keys_{key.name}").write_bytes(key.read_bytes())
            (tmp_path / f"keys_{key.name}").chmod(0o400)
    instance.kill("sluisd")
    instance.up(CREDENTIALS_DIRECTORY=str(tmp_path))
    instance.deliver(QUARTER, csv(11, begin="20251101"))
    instance.wait_state("queued", QUARTER)
    failed = instance.sluis("run", "now", check=False)
    assert failed.returncode == 3 and "sluis key new cell" in failed.stdout + failed.stderr + instance.log()
    restart_sluisd(instance)
    instance.sluis("run", "now")
    assert instance.query("select records from care.batch where period = '2026Q2'") == [(11,)]


def test_records_of_before_get_their_keys_afterwards_the_same(instance):
    keys = "select delivery, row, unit_key, youth_key, parent_key from care.trajectory_named order by 1, 2"
    before = instance.query(keys)
    instance.kill("sluisd")
    for (part,) in instance.query("select distinct mod(delivery, 128)::int from care.batch"):
        # As the migration finds them.
        instance.query(f"update care.trajectory_{part:03} set codes = substr(codes, 1, 23)")
        instance.query("insert into care.unkeyed (part) values (%s)", part)
    assert instance.query("select count(unit_key) from care.trajectory_named") == [(0,)]
    instance.up()
    wait_for(lambda: instance.query("select count(*) from care.unkeyed") == [(0,)], "all have their keys")
    assert instance.query(keys) == before


def test_sluisd_killed_by_a_fault_leaves_no_core(instance, tmp_path):
    instance.kill("sluisd")
    config = instance.info["config"]

    def every_core():
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

    def dies(command) -> bool:
        """Of SIGSEGV, in an empty folder; whether the system wrote a core."""
        folder = tmp_path / re.sub(r"\W", "", str(command[0]))
        folder.mkdir()
        process = subprocess.Popen(command, cwd=folder, preexec_fn=every_core, stderr=subprocess.DEVNULL)
        if "sluisd" in str(command[0]):
            wait_for(lambda: json.loads(instance.sluis("status", "--json", check=False).stdout)["daemon"], "sluisd answers")
        else:
            wait_for(lambda: state_of(process.pid) == "S", "it sleeps")
        os.kill(process.pid, signal.SIGSEGV)
        _, status = os.waitpid(process.pid, 0)
        process.returncode = status
        assert os.WIFSIGNALED(status)  # SIGSEGV, or SIGABRT out of Poco's handler for it
        return os.WCOREDUMP(status) or bool(list(folder.iterdir()))
    if not dies(["/usr/bin/sleep", "60"]):
        pytest.skip("this system writes no cores at all")
    assert not dies([build_dir() / "bin" / "sluisd", "--config", config])
    instance.up()
