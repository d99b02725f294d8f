"""From a put to the verdict, one story each: what is accepted, replaced, superseded and refused, and what is told."""

import json
import os
import pathlib
import signal

import pytest

from instance import HEADER, Instance, csv, remove, wait_for

NAME = "jeugdhulp_2026H1.csv"


@pytest.fixture()
def instance(tmp_path):
    made = Instance(tmp_path / "i", providers=2).up()
    yield made
    made.down()
    remove(made.folder)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """For who looks at one provider's deliveries only."""
    made = Instance(tmp_path_factory.mktemp("deliveries") / "i", providers=5).up()
    yield made
    made.down()
    remove(made.folder)


def of(instance: Instance, provider: int) -> list[dict]:
    code = instance.provider(provider)["code"]
    return [row for row in instance.deliveries() if row["provider"] == code]


def states(instance: Instance, provider: int, count: int) -> list[tuple]:
    """State and code of each, when there are so many and none is on its way any more."""
    def settled():
        rows = of(instance, provider)
        return len(rows) == count and all(row["state"] not in ("receiving", "waiting") for row in rows) and rows
    return [(row["state"], row["code"]) for row in wait_for(settled, f"{count} are judged: {of(instance, provider)}")]


def receipt_of(instance: Instance, row: dict) -> dict:
    target = instance.work / "receipt.json"
    instance.sftp(f"get outbox/{row['file']}.{row['id']}.receipt.json {target}")
    return json.loads(target.read_text())


def test_a_cms_signed_delivery_is_accepted_and_its_receipt_says_so(instance):
    instance.deliver(NAME, csv(7), signature="cms")
    instance.wait_state("queued", NAME)
    instance.sluis("run", "now")
    row = instance.wait_state("accepted", NAME)
    receipt = receipt_of(instance, row)
    assert receipt["verdict"] == "accepted" and receipt["signer"]["kind"] == "cms"
    assert receipt["counts"]["records"] == receipt["counts"]["loaded"] == 7
    entry = json.loads(instance.sluis("audit", "show", "--json").stdout)
    assert any(each["leaf_hash"] == receipt["audit"]["leaf_hash"] for each in entry)
    mail = instance.mails(X_Sluis_Kind="verwerkingsbewijs")[0]
    attached = [part for part in mail.iter_attachments()]
    assert [part.get_filename() for part in attached] == [f"{NAME}.{row['id']}.receipt.json"]
    assert json.loads(attached[0].get_content()) == receipt


def test_a_replacement_counts_what_comes_again_and_what_goes(instance):
    instance.deliver(NAME, csv(20))
    instance.wait_state("queued", NAME)
    instance.sluis("run", "now")
    instance.deliver(NAME, csv(18, mark=5))  # two of twenty are gone: within the allowed share
    instance.wait_state("queued", NAME)
    instance.sluis("run", "now")
    rows = instance.deliveries(state="accepted")
    assert len(rows) == 2, "what was accepted in an earlier run stays so in the history"
    counts = receipt_of(instance, rows[-1])["counts"]
    assert (counts["loaded"], counts["replaced"], counts["deleted"]) == (18, 18, 2)
    assert instance.query("select count(*) from care.trajectory") == [(18,)]


def test_the_newest_that_is_accepted_supersedes_the_older_and_a_rejected_one_nothing(instance):
    first, second, third = "jeugdhulp_2026H1_a.csv", "jeugdhulp_2026H1_b.csv", "jeugdhulp_2026H1_c.csv"
    instance.deliver(first, csv(10, mark=1))
    instance.wait_state("queued", first)
    instance.deliver(second, csv(11, mark=2))
    instance.wait_state("queued", second)
    instance.deliver(third, csv(12, mark=3).replace(b"20120514", b"20320514"))
    instance.wait_state("queued", third)
    instance.sluis("run", "now")
    states = {row["file"]: row["state"] for row in instance.deliveries()}
    assert states == {first: "superseded", second: "accepted", third: "rejected"}
    assert instance.query("select count(*) from care.trajectory") == [(11,)]
    assert [mail["X-Sluis-Kind"] for mail in instance.mails() if first in mail["Subject"]].count("vervangen") == 1


def test_a_mistake_is_told_by_row_rule_and_remedy_and_never_by_value(instance):
    content = csv(40).replace(b"20260601;01;", b"20260601;;")
    instance.deliver(NAME, content)
    instance.wait_state("queued", NAME)
    instance.sluis("run", "now")
    row = instance.wait_state("rejected", NAME)
    assert row["code"] == "VAL01"
    mail = instance.mails(X_Sluis_Kind="foutrapport")[0]
    text = mail.get_body(("plain",)).get_content()
    assert "JH107 · 40 records" in text
    findings = [part for part in mail.iter_attachments() if part.get_filename().endswith("findings.csv")][0]
    table = findings.get_payload(decode=True)
    assert table.startswith(b"\xef\xbb\xbf") and b"\r\n" in table and b"1;" in table
    assert b"900000" not in table
    assert instance.query("select count(*) from care.trajectory") == [(0,)]


def test_validate_test_and_run_judge_alike(instance):
    lines = csv(30).decode().splitlines()
    wrong = [lines[0]]
    for number, line in enumerate(lines[1:]):
        cells = line.split(";")
        if number % 5 == 1:
            cells[0] = "123456789"
        if number % 5 == 2:
            cells[5] = "09"
        if number % 5 == 3:
            cells[9], cells[10] = "20251231", ""
        if number % 7 == 6:
            cells = lines[1].split(";")
        wrong.append(";".join(cells))
    content = ("\r\n".join(wrong) + "\r\n").encode()
    path = instance.write(NAME, content)
    offline = json.loads(instance.sluis("validate", str(path), "--json", check=False).stdout)
    assert offline["verdict"] == "rejected" and offline["code"] == "VAL01" and len(offline["counts"]) >= 3

    trial = "jeugdhulp_2026H1_proef.csv"
    instance.deliver(trial, content, signature=None, folder="test")
    def listed():
        names = instance.sftp("ls -1 outbox").stdout.split()
        return [name for name in names if trial in name and name.endswith("findings.csv")]
    name = wait_for(listed, "the verdict is there")[0]
    target = instance.work / "trial.csv"
    instance.sftp(f"get {name if name.startswith('outbox/') else 'outbox/' + name} {target}")

    instance.deliver(NAME, content)
    instance.wait_state("queued", NAME)
    instance.sluis("run", "now")
    row = instance.wait_state("rejected", NAME)
    final = instance.work / "final.csv"
    instance.sftp(f"get outbox/{NAME}.{row['id']}.findings.csv {final}")
    assert target.read_bytes() == final.read_bytes()
    stored = instance.query("select row, field, rule, severity from intake.finding where delivery = %s order by ord",
                            row["id"])
    assert [(each["row"], each["field"], each["rule"], each["severity"]) for each in offline["findings"]] == stored
    counts = dict(instance.query("select rule, count from intake.finding_count where delivery = %s", row["id"]))
    assert counts == offline["counts"]


def test_a_delivery_without_a_signature_is_refused_in_time(instance):
    config = pathlib.Path(instance.info["config"])
    config.write_text(config.read_text().replace("signature_timeout: 1d", "signature_timeout: 4s"))
    os.kill(instance.info["pids"]["sluisd"], signal.SIGHUP)
    instance.deliver(NAME, csv(3), signature=None)
    row = instance.wait_state("rejected", NAME)
    assert row["code"] == "SIG01"
    wait_for(lambda: instance.mails(X_Sluis_Kind="foutrapport", X_Sluis_Delivery=row["id"]), "the provider is told")


def test_the_signature_may_come_first_and_the_file_under_another_name_while_it_grows(instance):
    file = instance.write(NAME, csv(5))
    signature = instance.sign(file, "SLUIS:p0001:Jeugdhulp_2026h1")
    instance.sftp(f"put {signature} inbox/{NAME}.sig", f"put {file} inbox/{NAME}.filepart",
                  f"rename inbox/{NAME}.filepart inbox/{NAME}")
    instance.wait_state("queued", NAME)


def test_what_was_put_in_the_folder_by_another_way_is_never_followed(instance):
    inbox = pathlib.Path(instance.info["state"]).parent / "drop" / "p0001" / "inbox"
    secret = instance.work / "secret.csv"
    secret.write_bytes(csv(3))
    (inbox / NAME).symlink_to(secret)
    file = instance.write(NAME, csv(3))
    (inbox / f"{NAME}.sig").write_bytes(instance.sign(file, "sluis:P0001:jeugdhulp_2026H1").read_bytes())
    os.mkfifo(inbox / "jeugdhulp_2025H2.csv")
    instance.deliver("jeugdhulp_2026Q3.csv", csv(3, begin="20260701").replace(b"20260601", b"20260901"))
    instance.wait_state("queued", "jeugdhulp_2026Q3.csv")
    assert instance.deliveries(file=NAME)[0]["state"] in ("receiving", "waiting")
    assert instance.deliveries(file="jeugdhulp_2025H2.csv") == []
    assert secret.exists()


def test_a_file_that_was_accepted_once_never_turns_the_data_back(shared):
    """Whoever keeps an old file and its signature: neither the one that stands nor one that was replaced loads again."""
    for number, content in enumerate((csv(20), csv(19, mark=5))):
        shared.deliver(NAME, content)
        assert states(shared, 0, number + 1)[-1] == ("queued", None)
        shared.sluis("run", "now")
    old, new = of(shared, 0)
    assert (old["state"], new["state"]) == ("accepted", "accepted")

    shared.deliver(NAME, csv(20))
    shared.deliver("JEUGDHULP_2026h1_again.csv", csv(19, mark=5))
    assert states(shared, 0, 4)[2:] == [("superseded", "DUP01")] * 2
    refused = {row["file"]: row for row in of(shared, 0)[2:]}
    for file, earlier, replaced in ((NAME, old, True), ("JEUGDHULP_2026h1_again.csv", new, False)):
        row = refused[file]
        mail, = wait_for(lambda: shared.mails(X_Sluis_Kind="vervangen", X_Sluis_Delivery=row["id"]), "the mail")
        assert [part.get_filename() for part in mail.iter_attachments()] == [f"{NAME}.{earlier['id']}.receipt.json"]
        text = " ".join(mail.get_body(("plain",)).get_content().split())
        assert (f"aanlevering {new['id']} ervoor in de plaats" in text) == replaced
        assert ("in een andere volgorde" in text) == replaced

    # When it is meant: the same records, other bytes, signed anew.
    first, *lines = csv(20).splitlines(keepends=True)
    shared.deliver(NAME, first + b"".join(reversed(lines)))
    assert states(shared, 0, 5)[-1] == ("queued", None)
    shared.sluis("run", "now")
    assert states(shared, 0, 5)[-1] == ("accepted", None)
    assert shared.query("select sum(records)::int from care.batch where provider = %s",
                        shared.provider(0)["code"]) == [(20,)]


@pytest.mark.parametrize("first", ["data", "signature"])
def test_a_file_and_its_signature_find_each_other_in_any_case(shared, first):
    spellings = {"data": ("jeugdhulp_2026-09_cc.csv", "jeugdhulp_2026-09_CC.csv.sig"),
                 "signature": ("JeugdHulp_2026H1_Rest-1.CSV", "jeugdhulp_2026h1_rest-1.csv.SIG")}
    name, signature = spellings[first]
    code = shared.provider(1)["code"]
    file = shared.write(name, csv(3, mark=4 if first == "data" else 5))
    signed = shared.sign(file, f"sluis:{code}:{'_'.join(name.split('.')[0].split('_')[:2])}", 1)
    halves = [f"put {file} inbox/{name}", f"put {signed} inbox/{signature}"]
    count = len(of(shared, 1)) + 1
    for half in halves if first == "data" else reversed(halves):
        shared.sftp(half, provider=1)
        wait_for(lambda: len(of(shared, 1)) == count, "it is seen")
    assert states(shared, 1, count)[-1] == ("queued", None)
    assert of(shared, 1)[-1]["file"] == name


def test_an_empty_delivery_of_each_month_is_held_though_it_is_always_the_same_file(shared):
    nil = (HEADER + "\r\n").encode()
    unseen = (HEADER + "\r\n").encode("utf-16")  # only the run sees that nothing is in it
    shared.deliver("jeugdhulp_2026-09.csv", nil, provider=2)
    shared.deliver("jeugdhulp_2026-10.csv", nil, provider=2)
    shared.deliver("jeugdhulp_2026Q3.csv", unseen, provider=2)
    assert states(shared, 2, 3) == [("queued", None)] * 3
    shared.sluis("run", "now")
    assert states(shared, 2, 3) == [("held", "DEL01")] * 3
    shared.deliver("jeugdhulp_2026H1.csv", unseen, provider=2)
    assert states(shared, 2, 4)[-1] == ("queued", None)

    for number, name in enumerate(("jeugdhulp_2026-09.csv", "jeugdhulp_2026-10.csv")):
        shared.deliver(name, csv(1), provider=3)
        assert states(shared, 3, number + 1)[-1] == [("queued", None), ("quarantined", "DUP02")][number]


def test_a_name_that_says_nothing_here_is_refused_without_waiting_for_a_signature(shared):
    for name in ("hello.csv", "foo_2026-10.csv"):
        shared.deliver(name, csv(1), signature=None, provider=4)
    assert states(shared, 4, 2) == [("rejected", "NAM")] * 2
