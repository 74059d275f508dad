#!/usr/bin/env python3
"""docs/scenarios/two_halls as a user of SimPy would write it, beside racked on one thread.

usage: PYTHONPATH=build/release/python bench/peers/two_halls.py [REPLICATIONS of SimPy]

Needs SimPy (pip install simpy). The kernels take turns, five rounds; figures are medians. Both tell the
quartiles of the last milestone, which have to agree within what so few replications can tell: only
then is it the same work.
"""
import datetime
import math
import pathlib
import random
import statistics
import sys
import time

import simpy

import racked

SCENARIO = pathlib.Path(__file__).resolve().parents[2] / "docs" / "scenarios" / "two_halls.textproto"
START = datetime.date(2025, 1, 6)
HORIZON = 364 * 24.0
HOLIDAYS = {datetime.date(2025, 5, 26), datetime.date(2025, 7, 4)}
FROM, HOURS = 7.0, 10.0
ROUNDS = 5


def pert(low, mode, high):
    alpha = 1 + 4 * (mode - low) / (high - low)
    beta = 1 + 4 * (high - mode) / (high - low)
    return low + (high - low) * random.betavariate(alpha, beta)


def works_on(day):
    date = START + datetime.timedelta(days=day)
    return date.weekday() < 5 and date not in HOLIDAYS


WORKS = [works_on(day) for day in range(400)]


def finish_of(begin, work):
    """When so many hours of work are done on the site's calendar; the horizon's end if never."""
    day = int(begin // 24)
    while day < len(WORKS):
        if WORKS[day]:
            opens, closes = day * 24 + FROM, day * 24 + FROM + HOURS
            at = max(begin, opens)
            if at < closes:
                if work <= closes - at:
                    return at + work
                work -= closes - at
        day += 1
    return HORIZON * 2


class Site:
    def __init__(self):
        self.env = env = simpy.Environment()
        self.electricians = simpy.Container(env, 40, init=40)
        self.technicians = simpy.Container(env, 10, init=10)
        self.transformers = simpy.Container(env, init=0)
        self.stock = simpy.Store(env)
        self.shell, self.energised, self.utility = env.event(), env.event(), env.event()
        self.usable, self.reached = 0, {}
        market = math.exp(random.gauss(0, math.log(1.25) / 1.2815515655446004))
        env.process(self.order(pert(90, 120, 240) * market))
        env.process(self.connect(random.triangular(-10, 60, 0)))
        env.process(self.build())
        env.process(self.electrical_room())
        for hall in range(2):
            env.process(self.fit_out(hall))
        for due in (133, 161):  # 2025-05-19 and 2025-06-16
            env.process(self.deliver(due + pert(-7, 0, 35)))

    def work(self, hours):
        yield self.env.timeout(finish_of(self.env.now, hours) - self.env.now)

    def order(self, lead_days):
        yield self.env.timeout(max(0.0, (lead_days - 60) * 24))
        yield self.transformers.put(1)

    def connect(self, slip_days):
        yield self.env.timeout((85 + slip_days) * 24)  # 2025-04-01
        self.utility.succeed()

    def build(self):
        yield from self.work(pert(50, 60, 90) * HOURS)
        self.shell.succeed()

    def electrical_room(self):
        yield self.shell
        yield self.transformers.get(1)
        yield self.electricians.get(25)
        yield from self.work(pert(15, 20, 30) * HOURS)
        yield self.electricians.put(25)
        yield self.utility
        self.energised.succeed()

    def fit_out(self, hall):
        yield self.shell
        yield self.env.timeout(0)  # the electrical room comes first, as it is written first
        share = 1.0
        while True:
            yield self.electricians.get(20)
            yield from self.work(share * pert(20, 25, 40) * HOURS)
            yield self.electricians.put(20)
            yield self.energised
            yield from self.work(share * random.triangular(4, 8, 5) * HOURS)
            if random.random() >= 0.2:
                break
            share = 0.2
        for _ in range(20):
            self.env.process(self.position())

    def deliver(self, day):
        yield self.env.timeout(day * 24)
        for _ in range(20):
            yield self.stock.put("rack")

    def position(self):
        yield self.stock.get()
        for hours in (random.triangular(3, 8, 4), random.triangular(4, 12, 6)):
            yield self.technicians.get(2)
            yield from self.work(hours)
            yield self.technicians.put(2)
        yield self.env.timeout(random.uniform(12, 36))
        while True:
            yield self.env.timeout(random.uniform(72, 168))
            if random.random() >= 0.05:
                break
            yield self.env.timeout(random.uniform(2, 5) * 24)
        self.usable += 72
        for name, chips in (("first_hall", 1440), ("both_halls", 2880)):
            if self.usable >= chips and name not in self.reached:
                self.reached[name] = self.env.now / 24

    def run(self):
        self.env.run(until=HORIZON)
        return self.reached.get("both_halls", math.inf)


def by_simpy(count):
    begin = time.perf_counter()
    days = [Site().run() for _ in range(count)]
    return (time.perf_counter() - begin) / count, days


def by_racked(model, count):
    begin = time.perf_counter()
    results = racked.run(model, count, threads=1)
    seconds = (time.perf_counter() - begin) / count
    return seconds, results.milestone_table["days_from_start"][1::2].tolist()


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    random.seed(1)
    model = racked.make_model(SCENARIO)
    ours, theirs, our_days, their_days = [], [], [], []
    for _ in range(ROUNDS):
        seconds, days = by_simpy(count)
        theirs.append(seconds)
        their_days += days
        seconds, days = by_racked(model, count * 50)
        ours.append(seconds)
        our_days += days
    ratio = statistics.median(a / b for a, b in zip(theirs, ours))
    print(f"SimPy {simpy.__version__}: {statistics.median(theirs) * 1e3:.2f} ms a replication")
    print(f"racked {racked.__version__}: {statistics.median(ours) * 1e6:.1f} µs a replication, one thread")
    print(f"ratio {ratio:.0f}")
    for name, days in (("SimPy", their_days), ("racked", our_days)):
        quartiles = ", ".join(f"{day:.1f}" for day in statistics.quantiles(days, n=4))
        print(f"both halls usable, days from the start, quartiles by {name}: {quartiles}")


if __name__ == "__main__":
    main()
