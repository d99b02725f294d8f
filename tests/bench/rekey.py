#!/usr/bin/python3
"""How many pseudonyms a second `sluis key rotate` re-keys, against an indexed UPDATE of as many rows.

    tests/bench/rekey.py [--records 1000000] [--pairs 3]

Starts a private instance (fsync on, WAL at replica level), loads a delivery, and takes turns: a rotation of GM0034's key,
then `UPDATE … SET pseudonym = …` of as many rows of the same table with an index on the pseudonym, in the same cluster.
Prints each pair and the ratios; asserts that no record was lost and every one is of the new version.
"""

import argparse
import datetime
import json
import pathlib
import statistics
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "scenario"))
from instance import Instance, remove  # noqa: E402

NAME = "jeugdhulp_2026H1.csv"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=3)
    chosen = parser.parse_args()

    folder = pathlib.Path(tempfile.mkdtemp(prefix="sluis-rekey-"))
    instance = Instance(folder / "i").up().without_snapshots()
    try:
        # Rows as the product has them, without the way there: only the first delivery is real.
        from instance import csv  # noqa: PLC0415
        instance.deliver(NAME, csv(1000))
        instance.wait_state("queued", NAME)
        instance.sluis("run", "now")
        assert instance.query("select count(*) from care.trajectory")[0][0] == 1000
        copies = chosen.records // 1000 - 1
        part, = instance.query("select distinct tableoid::regclass::text from care.trajectory")[0]
        instance.query(f"insert into {part} (delivery, pseudonym, row, start_date, end_date, birth_year, municipality, "
                       "postcode4, domain_version, form, codes) select delivery, gen_random_uuid(), row + 1000 * copy, start_date, "
                       "end_date, birth_year, municipality, postcode4, domain_version, form, codes from care.trajectory, "
                       "generate_series(1, %s) as copy", copies)
        records = instance.query("select count(*) from care.trajectory where municipality = 34")[0][0]
        print(f"{records} records")
        ratios, rates = [], []
        for pair in range(chosen.pairs):
            instance.query(f"vacuum {part}")
            instance.query("checkpoint")
            rotated = json.loads(instance.sluis("key", "rotate", "GM0034", "--json").stdout)
            assert rotated["records"] == records, rotated
            began, ended = (datetime.datetime.fromisoformat(rotated[key].replace("Z", "+00:00"))
                            for key in ("started", "finished"))
            ours = (ended - began).total_seconds()
            assert instance.query("select domain_version, count(*) from care.trajectory where municipality = 34 group by 1"
                                  ) == [(rotated["to"], records)]
            instance.query("drop table if exists public.bare")
            instance.query("create table public.bare as select * from care.trajectory")
            instance.query("create index on public.bare (pseudonym)")
            instance.query("vacuum analyze public.bare")
            instance.query("checkpoint")
            start = time.monotonic()
            instance.query("update public.bare set pseudonym = gen_random_uuid(), domain_version = domain_version + 1")
            theirs = time.monotonic() - start
            ratios.append(ours / theirs)
            rates.append(records / ours)
            print(f"pair {pair + 1}: rotation {ours:.2f} s, {records / ours:,.0f} pseudonyms/s; UPDATE {theirs:.2f} s, "
                  f"{records / theirs:,.0f} rows/s; ratio of times {ratios[-1]:.2f}")
        print(f"median {statistics.median(rates):,.0f} pseudonyms/s; ratio rotation / UPDATE median "
              f"{statistics.median(ratios):.2f}, {min(ratios):.2f}–{max(ratios):.2f} ({datetime.date.today()})")
        size, = instance.query(f"select pg_relation_size('{part}') / 1048576")[0]
        print(f"care.trajectory is {size} MB now")
    finally:
        instance.down()
        remove(instance.folder)


if __name__ == "__main__":
    sys.exit(main())
