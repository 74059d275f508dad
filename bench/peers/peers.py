"""HOLD and M/M/1 in the natural style of kernels in Python: SimPy and salabim, where installed.

usage: peers.py hold PENDING EVENTS | peers.py mm1 CUSTOMERS
One line a kernel: name, ns per event or customer. Spans are drawn beforehand.
"""
import itertools
import random
import sys
import time

RANDOM = random.Random(1)
BETWEEN = [RANDOM.expovariate(1) for _ in range(1 << 16)]
SERVICE = [RANDOM.expovariate(1 / 0.9) for _ in range(1 << 16)]


def simpy_kernel():
    import simpy

    class Enough(Exception):
        pass

    def run(env):
        try:
            env.run()
        except Enough:
            pass

    def hold(pending, events):
        env, spans, left = simpy.Environment(), itertools.cycle(BETWEEN), itertools.count(1)

        def again():
            while True:
                yield env.timeout(next(spans))
                if next(left) == events:
                    raise Enough

        for _ in range(pending):
            env.process(again())
        run(env)

    def mm1(customers):
        env, between, services = simpy.Environment(), itertools.cycle(BETWEEN), itertools.cycle(SERVICE)
        clerk, left = simpy.Resource(env), itertools.count(1)

        def customer():
            with clerk.request() as request:
                yield request
                yield env.timeout(next(services))
            if next(left) == customers:
                raise Enough

        def arrive():
            while True:
                yield env.timeout(next(between))
                env.process(customer())

        env.process(arrive())
        run(env)

    return "SimPy " + simpy.__version__, hold, mm1


def salabim_kernel():
    import salabim as sim

    sim.yieldless(False)

    def hold(pending, events):
        env = sim.Environment(trace=False, do_reset=True)
        spans, left = itertools.cycle(BETWEEN), itertools.count(1)

        class Again(sim.Component):
            def process(self):
                while True:
                    yield self.hold(next(spans))
                    if next(left) == events:
                        env.main().activate()

        for _ in range(pending):
            Again()
        env.run()

    def mm1(customers):
        env = sim.Environment(trace=False, do_reset=True)
        between, services = itertools.cycle(BETWEEN), itertools.cycle(SERVICE)
        clerk, left = sim.Resource("clerk"), itertools.count(1)

        class Customer(sim.Component):
            def process(self):
                yield self.request(clerk)
                yield self.hold(next(services))
                self.release()
                if next(left) == customers:
                    env.main().activate()

        class Arrivals(sim.Component):
            def process(self):
                while True:
                    yield self.hold(next(between))
                    Customer()

        Arrivals()
        env.run()

    return "salabim " + sim.__version__, hold, mm1


def main():
    cycle, *numbers = sys.argv[1:]
    for make in (simpy_kernel, salabim_kernel):
        try:
            name, hold, mm1 = make()
        except ImportError:
            continue
        start = time.perf_counter_ns()
        (hold if cycle == "hold" else mm1)(*map(int, numbers))
        print(f"{name}\t{(time.perf_counter_ns() - start) / int(numbers[-1]):.2f}")


if __name__ == "__main__":
    main()
