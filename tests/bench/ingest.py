#!/usr/bin/python3
"""How long from queued to committed, against psql \\copy of the same file; and how much memory it takes.

    tests/bench/ingest.py [--records 2000000] [--pairs 3]

Starts a private instance, makes a delivery, and takes turns: a run of it, then \\copy of the same file into a bare table
without index in the same cluster (fsync on, WAL at replica level). Prints each pair and the ratios; asserts nothing.
"""

import argparse
import datetime
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "scenario"))
from instance import Instance, remove  # noqa: E402

NAME = "jeugdhulp_2026H1.csv"


def proportional(pid: int) -> int:
    """Pss in bytes: shared pages count once over those who share them. 0 when the process is gone."""
    try:
        for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def children(pid: int) -> list[int]:
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:
            pass
    return found


class Memory(threading.Thread):
    """The highest sum of sluisd and its workers, looked at twenty times a second."""

    def __init__(self, sluisd: int):
        super().__init__(daemon=True)
        self.sluisd, self.highest, self.done = sluisd, 0, threading.Event()

    def run(self):
        while not self.done.wait(0.05):
            self.highest = max(self.highest, sum(map(proportional, [self.sluisd, *children(self.sluisd)])))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=2_000_000)
    parser.add_argument("--pairs", type=int, default=3)
    chosen = parser.parse_args()

    folder = pathlib.Path(tempfile.mkdtemp(prefix="sluis-ingest-"))
    instance = Instance(folder / "i").up()
    try:
        sample = instance.work / "sample.csv"
        with sample.open("wb") as out:
            subprocess.run(["/usr/bin/python3", ROOT / "tests/support/make_sample.py", "--records", str(chosen.records),
                            "--period", "2026H1", "--seed", "1"], stdout=out, check=True)
        data = sample.read_bytes()
        columns = data[:data.index(b"\n")].decode().strip("\r").split(";")
        print(f"{chosen.records} records, {len(data) / 1e6:.0f} MB")
        instance.query("create table bare (" + ", ".join(f"{name} text" for name in columns) + ")")
        ratios = []
        for pair in range(chosen.pairs):
            # Other bytes, the same records: one empty line more. The earlier one is taken away so that nothing is replaced.
            instance.query("truncate care.trajectory, care.batch")
            instance.deliver(NAME, data + b"\n" * pair)
            instance.wait_state("queued", NAME, seconds=120)
            instance.query("checkpoint")
            memory = Memory(instance.info["pids"]["sluisd"])
            memory.start()
            instance.sluis("run", "now")
            memory.done.set()
            row = instance.wait_state("accepted", NAME, count=pair + 1)
            assert row["records"] == chosen.records, row
            ours = instance.query("select extract(epoch from d.processed - r.started) from intake.delivery d "
                                  "join intake.run r on r.id = d.run_id where d.id = %s", row["id"])[0][0]
            instance.query("truncate bare")
            instance.query("checkpoint")
            began = time.monotonic()
            subprocess.run(["psql", "-q", "-X", instance.info["dsn"], "-c",
                            f"\\copy bare from '{sample}' with (format csv, delimiter ';', header)"], check=True)
            theirs = time.monotonic() - began
            ratios.append(float(ours) / theirs)
            allowed = 64 * 2**20 + 32 * chosen.records
            print(f"pair {pair + 1}: run {float(ours):.2f} s, \\copy {theirs:.2f} s, ratio {ratios[-1]:.2f}; memory "
                  f"{memory.highest / 2**20:.0f} MiB of {allowed / 2**20:.0f} MiB allowed")
        print(f"ratio run / \\copy: median {statistics.median(ratios):.2f}, {min(ratios):.2f}–{max(ratios):.2f} "
              f"({datetime.date.today()})")
    finally:
        instance.down()
        remove(instance.folder)


if __name__ == "__main__":
    main()
