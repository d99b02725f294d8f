"""What is held waits, with its bytes, for somebody's word; what a replacement means; and the rules that look back."""

import json
import pathlib
import re
import socket
import subprocess

import pytest

from instance import HEADER, Instance, build_dir, csv, remove, state_of, wait_for

NAME = "jeugdhulp_2026H1.csv"
EMPTY = (HEADER + "\r\n").encode()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    made = Instance(tmp_path_factory.mktemp("holds") / "i", providers=7).up()
    yield made
    made.down()
    remove(made.folder)


def loaded(instance: Instance, provider: int) -> int:
    return instance.query("select coalesce(sum(records), 0)::int from care.batch where provider = %s",
                          instance.provider(provider)["code"])[0][0]


def last(instance: Instance, provider: int) -> dict:
    code = instance.provider(provider)["code"]
    return [row for row in instance.deliveries() if row["provider"] == code][-1]


def run(instance: Instance, content: bytes, provider: int, name: str = NAME, **how) -> dict:
    """Delivers, runs, and tells what became of it."""
    before = len(instance.deliveries())
    instance.deliver(name, content, provider=provider, **how)
    wait_for(lambda: len(instance.deliveries()) > before and last(instance, provider)["state"] == "queued", "queued")
    instance.sluis("run", "now")
    return last(instance, provider)


def test_a_delivery_that_deletes_too_much_waits_and_is_loaded_when_it_is_released(shared):
    run(shared, csv(20), 0)
    held = run(shared, csv(3, mark=7), 0)
    assert (held["state"], held["code"], held["records"]) == ("held", "DEL01", 3)
    assert loaded(shared, 0) == 20, "nothing changes while it waits"
    mail, = shared.mails(X_Sluis_Kind="wacht-op-bevestiging", X_Sluis_Delivery=held["id"])
    assert "Eerdere records die zouden verdwijnen: 17" in mail.get_body(("plain",)).get_content()
    assert shared.mails(X_Sluis_Kind="aanlevering-vastgehouden"), "the operators are told too"
    assert json.loads(shared.sluis("delivery", "show", held["id"], "--json").stdout)["deleted"] == 17

    done = shared.sluis("delivery", "release", held["id"], "--reason", "bevestigd per telefoon", "--json")
    assert json.loads(done.stdout)["state"] == "queued"
    assert loaded(shared, 0) == 20, "the run loads, not the release"
    shared.sluis("run", "now")
    now = last(shared, 0)
    assert (now["id"], now["state"], now["code"]) == (held["id"], "accepted", None)
    assert loaded(shared, 0) == 3
    log = shared.sluis("audit", "show", "--json").stdout
    assert "delivery.held" in log and "delivery.released" in log and "bevestigd per telefoon" in log
    receipt = shared.work / "receipt.json"
    shared.sftp(f"get outbox/{NAME}.{held['id']}.receipt.json {receipt}")
    counts = json.loads(receipt.read_text())
    assert counts["verdict"] == "accepted" and counts["counts"]["deleted"] == 17


def test_an_empty_delivery_is_always_held_and_a_rejected_one_is_gone(shared):
    run(shared, csv(10), 1)
    held = run(shared, EMPTY, 1, signature="cms")
    assert (held["state"], held["code"], held["records"]) == ("held", "DEL01", 0)
    for reason in (b"caf\xe9", b"over 123456782", "é".encode() * 301, b"a\nb"):
        wrong = subprocess.run([build_dir() / "bin" / "sluis", "--config", shared.info["config"], "delivery", "reject",
                                held["id"], "--reason", reason], capture_output=True, timeout=60)
        assert wrong.returncode == 2 and b"reason" in wrong.stderr and b"json" not in wrong.stderr, wrong.stderr
        assert b"123456782" not in wrong.stderr
    # Whoever writes to the socket: sluisd looks for itself.
    path = re.search(r"^control: *(\S+)", pathlib.Path(shared.info["config"]).read_text(), re.MULTILINE)[1].strip("\"'")
    for reason in ("over 123456782", "x" * 301, "a\nb"):
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(path)
            control.sendall(json.dumps({"command": "reject", "arguments": {"id": held["id"], "reason": reason}})
                            .encode() + b"\n")
            answer = json.loads(control.makefile().readline())
        assert answer["ok"] is False and answer["usage"] is True and "123456782" not in json.dumps(answer)
    assert last(shared, 1)["state"] == "held"
    shared.sluis("delivery", "reject", held["id"], "--reason", "vergissing van de aanbieder")
    row = last(shared, 1)
    assert (row["state"], row["code"]) == ("rejected", "DEL01") and loaded(shared, 1) == 10
    mail, = wait_for(lambda: shared.mails(X_Sluis_Kind="foutrapport", X_Sluis_Delivery=held["id"]), "the mail")
    assert "vergissing van de aanbieder" in mail.get_body(("plain",)).get_content()
    spool = shared.folder / "state" / "spool"
    assert not [path for path in spool.rglob("*") if held["id"] in path.name]
    again = shared.sluis("delivery", "release", held["id"], "--reason", "toch wel", check=False)
    assert again.returncode == 2 and "not held" in again.stderr


def test_a_rejection_survives_a_kill_before_the_bytes_are_gone(shared):
    held = run(shared, EMPTY, 2)
    shared.kill("sluisd")
    shared.up(SLUIS_STOP_AT="hold.rejected")
    asked = subprocess.Popen([build_dir() / "bin" / "sluis", "--config", shared.info["config"], "delivery", "reject",
                              held["id"], "--reason", "leeg"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: state_of(shared.info["pids"]["sluisd"]) == "T", "sluisd is at hold.rejected")
    shared.kill("sluisd")
    assert asked.wait(30) == 3, "who asked is told that no answer came"
    shared.up()
    assert last(shared, 2)["state"] == "rejected"
    spool = shared.folder / "state" / "spool"
    wait_for(lambda: not [path for path in spool.rglob("*") if held["id"] in path.name], "its bytes are gone")


def test_a_first_delivery_that_is_empty_is_held_too_and_a_release_of_it_loads_nothing(shared):
    held = run(shared, EMPTY, 2)
    assert held["state"] == "held"
    shared.sluis("delivery", "release", held["id"], "--reason", "geen jeugdhulp in deze periode")
    shared.sluis("run", "now")
    assert last(shared, 2)["state"] == "accepted" and loaded(shared, 2) == 0


def test_a_held_delivery_outlives_a_restart_and_a_newer_one_takes_its_place(shared):
    run(shared, csv(20), 3)
    held = run(shared, csv(2), 3)
    assert held["state"] == "held"
    shared.kill("sluisd")
    shared.up()
    shared.sluis("delivery", "release", held["id"], "--reason", "bevestigd")
    newer = run(shared, csv(19, mark=6), 3)
    assert newer["state"] == "accepted"
    older = [row for row in shared.deliveries() if row["id"] == held["id"]][0]
    assert (older["state"], older["code"]) == ("superseded", None)
    assert loaded(shared, 3) == 19


def test_a_release_covers_what_was_shown_and_not_more(shared):
    run(shared, csv(20), 4)
    held = run(shared, csv(15), 4)
    assert held["state"] == "held" and "5" in json.loads(
        shared.sluis("delivery", "show", held["id"], "--json").stdout)["detail"]
    shared.sluis("delivery", "release", held["id"], "--reason", "vijf minder klopt")
    part, = shared.query("select distinct tableoid::regclass::text from care.trajectory where delivery = (select delivery"
                         " from care.batch where provider = %s)", shared.provider(4)["code"])[0]
    shared.query(f"insert into {part} select delivery, gen_random_uuid(), row + 1000, start_date, end_date,"
                 " birth_year, municipality, postcode4, domain_version, form, codes from care.trajectory"
                 " where delivery = (select delivery from care.batch where provider = %s)",
                 shared.provider(4)["code"])  # meanwhile there is more to lose
    shared.sluis("run", "now")
    row = last(shared, 4)
    assert (row["state"], row["code"]) == ("held", "DEL01")
    assert len(shared.mails(X_Sluis_Kind="wacht-op-bevestiging", X_Sluis_Delivery=row["id"])) == 2


def test_a_tolerated_wrong_record_is_left_out_and_named(shared):
    code = shared.provider(5)["code"]
    wrong = csv(10).replace(b";20120514;V;1315AB", b";20320514;V;1315AB", 1)
    assert run(shared, wrong, 5)["code"] == "VAL01"
    shared.sluis("provider", "set", code, "--max-rejected-records", "3")
    row = run(shared, wrong, 5)
    assert (row["state"], row["records"]) == ("accepted", 10) and loaded(shared, 5) == 9
    mail, = shared.mails(X_Sluis_Kind="verwerkingsbewijs", X_Sluis_Delivery=row["id"])
    assert "Weggelaten wegens fouten: 1" in mail.get_body(("plain",)).get_content()

    # A double key is found when all has been read and loaded: both rows go.
    lines = csv(10, mark=7).split(b"\r\n")
    row = run(shared, b"\r\n".join(lines[:2] + [lines[1]] + lines[2:]), 5)
    assert row["state"] == "accepted"
    assert shared.query("select count(*)::int, min(row) from care.trajectory where delivery = %s",
                        int(row["id"][1:])) == [(9, 3)]


def test_history_signals_name_what_changed_and_current_is_what_ends_last(shared):
    code = shared.provider(6)["code"]
    running = lambda content: content.replace(b";20260601;01;8;J", b";;;;")
    first = running(csv(20, begin="20260301")).replace(b"20260301;;;;", b"20260301;;;;", 1)
    assert run(shared, first, 6, "jeugdhulp_2026-09.csv")["state"] == "accepted"
    row = run(shared, running(csv(12, begin="20260301")), 6, "jeugdhulp_2026-10.csv")
    assert row["state"] == "accepted", "history never refuses"
    counts = json.loads(shared.sluis("delivery", "show", row["id"], "--json").stdout)["counts"]
    assert counts.get("JH301") == 1 and counts.get("JH303") == 8
    assert shared.query("select row from intake.finding where delivery = %s and rule = 'JH303' order by row", row["id"]) \
        == [(number,) for number in range(13, 21)], "rows of the earlier delivery"
    current = shared.query("select period, count(*)::int from care.current_trajectory where provider = %s"
                           " group by period order by period", code)
    assert current == [("2026-09", 8), ("2026-10", 12)]
