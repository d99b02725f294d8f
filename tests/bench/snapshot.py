#!/usr/bin/python3
"""How long a snapshot of ten million trajectories takes, and how much memory, against reading the same rows at all.

    tests/bench/snapshot.py [--rows 10000000] [--repeats 3] [--pairs 3]

Starts a throw-away database, fills it with trajectories of one municipality, each delivered --repeats times (one of them
is current), and takes turns:

  build   the current records found out, children numbered, columns in memory (snapshot_bench, a process of its own)
  copy    psql \\copy of the same rows and columns to /dev/null, in binary

then writes the file, opens it (10 ms for 400 MB) and checks all of it. Prints each turn and the ratios; asserts nothing.
Needs the target snapshot_bench and some 150 bytes of disk for each row delivered.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SLUIS_BUILD_DIR", ROOT / "build/release"))
PROGRAM = BUILD / "bin/snapshot_bench"
READ = ("\\copy (SELECT delivery, pseudonym, start_date, end_date, form, domain_version, codes FROM care.trajectory"
        " WHERE municipality = 34) TO /dev/null (FORMAT binary)")


def bench(*words: str) -> dict:
    return json.loads(subprocess.run([PROGRAM, *words], check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--pairs", type=int, default=3)
    chosen = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="sluis-snapshot-") as folder, \
            subprocess.Popen([PROGRAM, "cluster"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as cluster:
        try:
            conninfo = cluster.stdout.readline().strip()
            file = str(pathlib.Path(folder) / "x.snapshot")
            print(f"filled in {bench('fill', conninfo, str(chosen.rows), str(chosen.repeats))['filled']:.0f} s")
            ratios = []
            for pair in range(chosen.pairs):
                began = time.monotonic()
                subprocess.run(["psql", "-q", "-X", conninfo, "-c", READ], check=True)
                copied = time.monotonic() - began
                built = bench("build", conninfo, file)
                ratios.append(built["built"] / copied)
                print(f"{pair + 1}: build {built['built']:.1f} s, write {built['written']:.1f} s, copy {copied:.1f} s, "
                      f"ratio {ratios[-1]:.2f}; memory {built['memory'] / 1e6:.0f} MB")
            print(f"{built['rows']} rows, {built['children']} children, {built['bytes'] / 1e6:.0f} MB; "
                  f"median ratio {statistics.median(ratios):.2f}")
            opened = [bench("open", file) for _ in range(5)]
            print(f"open {1e3 * statistics.median(one['opened'] for one in opened):.2f} ms, "
                  f"check all {statistics.median(one['verified'] for one in opened):.2f} s")
            changed = bench("changes", file, conninfo)
            print(f"compared with itself in {changed['compared']:.1f} s: {changed['changed']} children changed; "
                  f"memory {changed['memory'] / 1e6:.0f} MB")
        finally:
            cluster.stdin.close()


if __name__ == "__main__":
    main()
