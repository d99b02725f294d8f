#!/usr/bin/python3
"""What a delivery costs beyond its rows: many small ones in one run, against the rows of one large one.

    tests/bench/many_deliveries.py [--providers 20] [--periods 50] [--records 1000] [--large 1000000]

Starts a private instance, brings in one large delivery and runs it; then brings in a signed delivery for each provider
and period and runs them all. As monthly deliveries do, each repeats the trajectories that still run. Prints the milliseconds a delivery costs beyond its rows (the whole, less what the same
number of rows cost in the large one). Asserts nothing.
"""

import argparse
import datetime
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "scenario"))
from instance import Instance, build_dir, remove, wait_for  # noqa: E402


def finished_periods(count: int) -> list[str]:
    """The latest finished ones of all kinds, as many months as quarters, halves and years leave room for."""
    today = datetime.date.today()
    all_ = []
    for back in range(1, 1000):
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        month += 1
        all_.append(f"{year}-{month:02d}")
        for size, letter in ((3, "Q"), (6, "H"), (12, "")):
            if month % size == 0:
                all_.append(f"{year}{letter}{month // size}" if letter else f"{year}")
        if len(all_) >= count:
            return all_[:count]
    return all_


def sample(path: pathlib.Path, records: int, period: str, seed: int):
    with path.open("wb") as out:
        subprocess.run(["/usr/bin/python3", ROOT / "tests/support/make_sample.py", "--records", str(records), "--period",
                        period, "--seed", str(seed)], stdout=out, check=True)


def running(records: int, period: str) -> bytes:
    """Trajectories that began by then and run on: right in that period and in every later one."""
    text = subprocess.run(["/usr/bin/python3", ROOT / "tests/support/make_sample.py", "--records", str(records), "--period",
                           period, "--seed", "1"], stdout=subprocess.PIPE, check=True, text=True).stdout
    header, *lines = text.splitlines()
    ends = [at for at, name in enumerate(header.split(";"))
            if name in ("datum_einde", "reden_beeindiging") or name.endswith(("_1", "_2"))]
    rows = [line.split(";") for line in lines]
    for row in rows:
        for at in ends:
            row[at] = ""
    return "\n".join([header] + [";".join(row) for row in rows] + [""]).encode()


def last_run(instance: Instance) -> tuple[float, int]:
    """Seconds, and how many deliveries were accepted."""
    return instance.query("select extract(epoch from finished - started)::float8, accepted from intake.run "
                          "order by id desc limit 1")[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--providers", type=int, default=20)
    parser.add_argument("--periods", type=int, default=50)
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--large", type=int, default=1_000_000)
    chosen = parser.parse_args()

    folder = pathlib.Path(tempfile.mkdtemp(prefix="sluis-many-"))
    instance = Instance(folder / "i", providers=chosen.providers + 1).up().without_snapshots()
    try:
        # Wide enough for all these periods; a delivery's own checks are what they are for two.
        instance.query("update register.provider set open_periods = 100")
        large = instance.work / "large.csv"
        sample(large, chosen.large, "2026H1", 1)
        instance.deliver("jeugdhulp_2026H1.csv", large.read_bytes(), provider=chosen.providers)
        instance.wait_state("queued", "jeugdhulp_2026H1.csv", seconds=120)
        instance.sluis("run", "now")
        whole, accepted = last_run(instance)
        assert accepted == 1, instance.deliveries()
        row = whole / chosen.large
        print(f"one delivery of {chosen.large} records: {whole:.2f} s, {row * 1e6:.2f} µs a record")

        names = [f"jeugdhulp_{period}" for period in finished_periods(chosen.periods)]
        content = running(chosen.records, names[-1].split("_")[1])
        for more, name in enumerate(names):  # other bytes for each period, or they would be called duplicates
            (instance.work / f"{name}.csv").write_bytes(content + b"\n" * more)
        began = time.monotonic()
        for provider in range(chosen.providers):
            puts = []
            for name in names:
                file = instance.work / f"{name}.csv"
                space = f"sluis:{instance.provider(provider)['code']}:{name}"
                signature = instance.sign(file, space, provider).rename(instance.work / f"{name}.{provider}.sig")
                puts += [f"put {file} inbox/{name}.csv", f"put {signature} inbox/{name}.csv.sig"]
            instance.sftp(*puts, provider=provider)
        count = chosen.providers * len(names)
        wait_for(lambda: instance.query("select count(*) from intake.delivery where state = 'queued'")[0][0] == count,
                 f"{count} deliveries are queued", 600)
        print(f"{count} deliveries of {chosen.records} records put and admitted in {time.monotonic() - began:.0f} s")
        wait_for(lambda: instance.query("select count(*) from outbox.message where state = 'pending'")[0][0] == 0,
                 "the mails of arrival are out", 600)
        instance.query("checkpoint")
        # The command waits for the mails too; the run itself is timed by its own row.
        subprocess.run([build_dir() / "bin" / "sluis", "--config", instance.info["config"], "run", "now"], check=False,
                       stdout=subprocess.DEVNULL, timeout=1800)
        whole, accepted = last_run(instance)
        each = whole / count * 1e3
        rows = row * chosen.records * 1e3
        print(f"{accepted} of {count} accepted in {whole:.2f} s: {each:.2f} ms a delivery, of which rows {rows:.2f} ms")
        print(f"overhead: {each - rows:.2f} ms a delivery ({datetime.date.today()})")
    finally:
        instance.down()
        remove(instance.folder)


if __name__ == "__main__":
    main()
