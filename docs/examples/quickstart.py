"""Reads a scenario, runs it, and says when, by what it is held up, and how sure that is."""
import sys

import racked

model = racked.make_model(sys.argv[1] if len(sys.argv) > 1 else "two_halls.textproto")
results = racked.run(model, 200, seed=7)
for milestone in results.milestones:
    early, middle, late = (results.quantile(milestone.name, p) for p in (0.1, 0.5, 0.9))
    print(f"{milestone.title}: {middle.astype('M8[D]')} ({early.astype('M8[D]')} to {late.astype('M8[D]')})")
for charge, chip_days in results.lost_chip_days().items():
    print(f"{chip_days:12,.0f} chip-days lost to {charge}")

timeline = racked.simulate(model, seed=7, replication=0)
assert racked.audit(model, timeline) == []
print(f"the chain of replication 0 to {model.milestones[-1]}:")
for link in timeline.critical_chain(model.milestones[-1]).rows():
    print(f"  {link['from'].astype('M8[D]')} {link['kind']} {link['element']}")
