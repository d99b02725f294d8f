"""What keeps an instance in order over the years: providers are reminded, lists and versions are taken over."""

import datetime
import json
import pathlib
import shutil
import subprocess

from instance import build_dir, wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_a_provider_that_owes_a_delivery_is_reminded_once(shared):
    code = shared.provider()["code"]
    shared.sluis("run", "now")
    assert not shared.mails(X_Sluis_Kind="herinnering"), "who was registered today owes nothing yet"

    last_year = datetime.date.today().year - 1
    shared.query("update register.provider set added = %s where code = %s", f"{last_year}-01-01", code)
    shared.query("update register.agreement set valid_from = %s where provider = %s", f"{last_year}-01-01", code)
    shared.sluis("provider", "suspend", code)
    shared.sluis("run", "now")
    assert not shared.mails(X_Sluis_Kind="herinnering"), "who is suspended is left alone"
    shared.sluis("provider", "resume", code)
    shared.sluis("run", "now")
    told = shared.mails(X_Sluis_Kind="herinnering")
    assert told and all(mail["To"] == shared.provider()["mail"] for mail in told)
    texts = [mail.get_body(("plain",)).get_content() for mail in told]
    assert any(f"Periode: {last_year}H" in text for text in texts)
    assert all("Dataset: jeugdhulp" in text and "Uiterlijk: " in text for text in texts)

    shared.sluis("run", "now")
    assert len(shared.mails(X_Sluis_Kind="herinnering")) == len(told)
    entries = shared.query("select count(*) from audit.entry where entry like '%%\"event\":\"reminder.sent\"%%'")
    assert entries[0][0] == len(told)

    status = shared.folder / "status.txt"

    def expected() -> str:
        shared.sftp(f"get STATUS.txt {status}")
        return status.read_text().split("Wordt nog verwacht")[1].split("Laatst geaccepteerd")[0]

    wait_for(lambda: f"jeugdhulp {last_year}H" in expected(), "STATUS.txt says what is expected")
    assert "uiterlijk" in expected()
    shown = json.loads(shared.sluis("provider", "show", code, "--json").stdout)
    assert {each["dataset"] for each in shown["expected"]} == {"jeugdhulp"}


def test_a_published_list_of_municipalities_is_taken_over(shared, tmp_path):
    ours = tmp_path / "gemeenten.yaml"
    shutil.copy(ROOT / "config/codelists/gemeenten.yaml", ours)
    changes = tmp_path / "wijzigingen.csv"
    changes.write_text("code;naam;geldig_van;geldig_tot;naar\n9001;Nieuwstad;2026-01-01;;\n"
                       "1696;Wijdemeren;;2027-01-01;0402\n")
    words = ("codelist", "import", "gemeenten", "--from", str(changes), "--list", str(ours), "--json")
    before = ours.read_text()
    shown = json.loads(shared.sluis(*words, "--dry-run").stdout)
    assert [(each["change"], each["code"]) for each in shown["changes"]] == [("ended", "GM1696"), ("added", "GM9001")]
    assert shown["written"] is None and ours.read_text() == before

    shared.sluis(*words)
    after = ours.read_text()
    assert "{code: GM1696, name: Wijdemeren, valid_until: 2027-01-01, into: [GM0402]}" in after
    assert after.startswith(before[:before.index("codelist:")]) and "imported wijzigingen.csv" in after
    assert json.loads(shared.sluis(*words).stdout)["changes"] == []

    half = tmp_path / "half.csv"
    half.write_text("GemeentecodeGM;Gemeentenaam\nGM0034;Almere\n")
    refused = shared.sluis("codelist", "import", "gemeenten", "--from", str(half), "--list", str(ours), "--as-of",
                           "2026-06-01", check=False)
    assert refused.returncode == 2 and "--force" in refused.stderr and ours.read_text() == after


def test_config_check_says_what_it_proved_and_what_is_wrong(shared, tmp_path):
    good = shared.sluis("config", "check").stdout
    assert "jeugdhulp: version 4, 5, 5.1, without overlap or gap" in good and "6 code lists" in good

    for folder in ("datasets", "codelists"):
        shutil.copytree(ROOT / "config" / folder, tmp_path / folder)
    config = tmp_path / "sluis.yaml"
    lines = [line for line in pathlib.Path(shared.info["config"]).read_text().splitlines()
             if not line.startswith(("datasets:", "codelists:"))]
    config.write_text("\n".join(lines + ["datasets: datasets", "codelists: codelists", ""]))
    version = tmp_path / "datasets/jeugdhulp-5.yaml"
    version.write_text(version.read_text().replace("JH104: {age: 23}", "JH104: {years: 23}"))
    wrong = subprocess.run([build_dir() / "bin" / "sluis", "--config", config, "config", "check"],
                           capture_output=True, text=True, timeout=60)
    assert wrong.returncode == 3
    assert "datasets/jeugdhulp-5.yaml:" in wrong.stderr and "rule JH104 needs the thresholds [age]" in wrong.stderr
