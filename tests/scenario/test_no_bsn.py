"""No citizen number anywhere but in memory: known numbers are sent in deliveries that end in every state, then searched
for in database, WAL, logs, mails, receipts, spool and drop folders, in plain, in hex and in base64."""

import base64
import pathlib

import pytest

from instance import Instance, bsns, csv, remove, wait_for

PLANTED = list(bsns(40, 910000000))


def forms_of(number: str) -> list[bytes]:
    plain = number.encode()
    forms = [plain, plain.hex().encode(), plain.hex().upper().encode()]
    for shift in range(3):  # base64 of a text that has the number at any place: the characters that only it decides
        coded = base64.b64encode(b"x" * shift + plain)
        start = (shift * 8 + 5) // 6
        forms.append(coded[start:start + 10].rstrip(b"="))
    return forms


def search(folder: pathlib.Path, forms: list[bytes]) -> list[str]:
    found = []
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        found += [f"{path}: {form!r}" for form in forms if form in content]
    return found


@pytest.fixture()
def instance(tmp_path):
    made = Instance(tmp_path / "i", providers=2).up()
    yield made
    made.down()
    remove(made.folder)


def test_no_number_outlives_its_delivery(instance):
    good = csv(10, 910000000)
    wrong = csv(10, 910000000).replace(b"20120514", b"20320514")
    instance.deliver("jeugdhulp_2026H1.csv", good)                                            # accepted
    instance.deliver("jeugdhulp_2025H2.csv", wrong)                                           # VAL01
    instance.deliver("jeugdhulp_2026Q3.csv", b"bsn;naam\n" + PLANTED[0].encode() + b";x\n")   # FMT02
    instance.deliver("jeugdhulp_2026Q2.csv", b'"' + b"\0" + PLANTED[1].encode())              # FMT01
    instance.deliver("jeugdhulp_2019H1.csv", good)                                            # PER01
    instance.deliver("jeugdhulp_2026-10.csv", good, namespace="sluis:P0001:jeugdhulp_2026-09")  # SIG02
    instance.deliver("jeugdhulp_2026-09.csv", good, key=instance.provider(1)["signing_key"])  # SIG03
    instance.deliver(f"jeugdhulp_2026H1_{PLANTED[2]}.csv", good, signature=None)              # NAM, number in the name
    instance.deliver("jeugdhulp_2026H1_proef.csv", wrong, signature=None, folder="test")
    instance.sluis("agreement", "end", *agreement_of(instance, "P0002"))
    instance.deliver("jeugdhulp_2026H1.csv", csv(10, 910000000, mark=7), provider=1)          # AGR01
    def judged():
        states = [row["state"] for row in instance.deliveries()]
        return len(states) == 9 and not {"receiving", "waiting"} & set(states)
    wait_for(judged, "all have been seen and judged", 60)
    wait_for(lambda: "proef" in instance.sftp("ls -1 outbox").stdout, "the test is done")
    instance.sluis("run", "now")
    states = {(row["state"], row["code"]) for row in instance.deliveries()}
    for expected in [("accepted", None), ("rejected", "VAL01"), ("rejected", "FMT02"), ("rejected", "FMT01"),
                     ("rejected", "PER01"), ("quarantined", "SIG02"), ("quarantined", "SIG03"), ("rejected", "NAM"),
                     ("quarantined", "AGR01")]:
        assert expected in states, (expected, instance.deliveries())

    forms = sorted({form for number in PLANTED[:10] for form in forms_of(number)})
    assert search(instance.work, forms), "the search finds what is there"
    instance.query("checkpoint")
    searched = pathlib.Path(instance.info["state"]).parent
    for folder in {instance.folder, searched, data_directory(instance)}:
        assert search(folder, forms) == []


def agreement_of(instance: Instance, provider: str) -> list[str]:
    import json
    rows = json.loads(instance.sluis("agreement", "list", "--json").stdout)
    return [str(row["id"]) for row in rows if row["provider"] == provider]


def data_directory(instance: Instance) -> pathlib.Path:
    return pathlib.Path(instance.query("show data_directory")[0][0])
