"""The kernel from Python: queues with known answers, and the rules of waiting."""
import gc
import heapq
import math
import signal
import subprocess
import sys
import textwrap
import threading
import time
import traceback
import weakref

import numpy as np
import pytest

from racked import des


def mm(servers, load, seed, until):
    """M/M/c: customers arrive once a minute; service takes load · c minutes."""
    loop = des.ProcessLoop(seed=seed, unit="min")
    desk = loop.resource("desk", servers)
    service = des.exponential(load * servers)
    flow = loop.flow("customer", [desk.seize(), des.delay(service), desk.release()], des.exponential(1))
    loop.run(until=until / 20)
    loop.reset_statistics()
    loop.run(until=until)
    return loop, desk, flow


def mean_over(replications, measure):
    tally = des.Tally()
    for seed in range(replications):
        tally.record(measure(seed))
    return tally


def test_mm1_is_as_in_the_books():
    # ρ = 0.8, λ = 1: W = 0.8 / (1 − 0.8) = 4, Wq = 3.2, Lq = λ Wq = 3.2, utilisation 0.8.
    # A run covers 20 000 customers; 99.9 % intervals over 20 runs.
    def one(seed):
        _, desk, flow = mm(1, 0.8, seed, 20_000)
        return flow.times.mean, desk.waits.mean, desk.mean_waiting, desk.utilisation

    seen = np.array([one(seed) for seed in range(20)])
    for column, known in zip(seen.T, (4.0, 3.2, 3.2, 0.8)):
        tally = des.Tally()
        for value in column:
            tally.record(value)
        assert abs(tally.mean - known) < tally.half_width(0.999)
        assert tally.half_width(0.999) < 0.2 * known


def test_mmc_waits_as_erlang_said():
    # c = 3, ρ = 0.7, a = 2.1: C = (a³/3!)/(1−ρ) / (Σ_{k<3} a^k/k! + (a³/3!)/(1−ρ)).
    a, rho = 2.1, 0.7
    top = a**3 / 6 / (1 - rho)
    erlang = top / (1 + a + a * a / 2 + top)
    known = erlang * a / (3 * (1 - rho))  # C · s / (c (1 − ρ)), s = 2.1
    tally = mean_over(20, lambda seed: mm(3, rho, seed, 20_000)[1].waits.mean)
    assert abs(tally.mean - known) < tally.half_width(0.999)


def test_steps_and_generators_are_the_same_queue():
    """The same model in both styles, with the same luck, ends alike to the bit."""

    def steps():
        loop = des.ProcessLoop(seed=3)
        clerk = loop.resource("clerk")
        flow = loop.flow("c", [clerk.seize(), des.delay(0.7), clerk.release()], des.exponential(1), most=500)
        loop.run()
        return flow.times.mean, clerk.waits.max, loop.now

    def generators():
        loop = des.ProcessLoop(seed=3)
        clerk, times = loop.resource("clerk"), des.Tally()
        stream, apart = loop.stream("c/arrivals"), des.exponential(1)

        def customer():
            begun = loop.now
            assert (yield clerk.seize()) is True
            yield des.delay(0.7)
            yield clerk.release()
            times.record(loop.now - begun)

        def arrivals():
            for _ in range(500):
                yield des.delay(apart.sample(stream))
                loop.start(customer(), "customer")

        loop.start(arrivals(), "arrivals")
        loop.run()
        return times.mean, clerk.waits.max, loop.now

    by_steps, by_generators = steps(), generators()
    assert by_steps[1:] == pytest.approx(by_generators[1:], abs=1e-8)
    assert by_steps[0] == pytest.approx(by_generators[0], rel=1e-9)
    assert steps() == by_steps


def test_patience():
    loop = des.ProcessLoop()
    desk = loop.resource("desk", 1)
    heard = []

    def holder():
        yield desk.seize()
        yield des.delay(10)

    def waiter(patience):
        heard.append((yield desk.seize().within(patience)))
        heard.append(loop.now)

    loop.start(holder())
    loop.start(waiter(3))
    loop.start(waiter(30))
    loop.run()
    # The holder ends at 10 without releasing; what it held is given back all the same.
    assert heard == [False, 3.0, True, 10.0]
    assert desk.in_use == 0 and desk.waiting == 0 and loop.processes == 0
    lossy = des.ProcessLoop()
    one = lossy.resource("one", 1)
    flow = lossy.flow("f", [one.seize().within(0.5), des.delay(2), one.release()], every=1, most=10)
    lossy.run()
    # At 1, 3, 5, 7, 9 it is free; those between leave after half a unit.
    assert (flow.begun, flow.lost, flow.times.count) == (10, 5, 5)
    assert flow.times.mean == 2


def test_what_stores_and_levels_have_held():
    """Room for one: put at 0, at 1 (waits until 4) and at 2 (until 6); taken at 4, 6 and 7; 8 to 9 in vain."""
    loop = des.ProcessLoop(unit="h")
    yard, tank = loop.store("yard", 1), loop.level("tank", 10, 4)

    def after(hours, step):
        yield des.delay(hours)
        yield step

    for hours, step in [(0, yard.put(7)), (1, yard.put(7)), (2, yard.put(7)), (4, yard.take()), (6, yard.take()),
                        (7, yard.take()), (8, yard.take().within(1)), (1, tank.get(6)), (3, tank.put(5))]:
        loop.start(after(hours, step), "somebody")
    loop.run(until=10)
    assert yard.mean == pytest.approx(0.7)
    assert (yard.mean_putting, yard.mean_taking) == pytest.approx((0.7, 0.1))
    assert (yard.put_waits.count, yard.put_waits.max) == (3, 4)
    assert (yard.take_waits.count, yard.take_waits.mean) == (4, 0.25)
    # 4 until 3, then 4 + 5 − 6.
    assert tank.mean == pytest.approx((3 * 4 + 7 * 3) / 10)
    assert (tank.take_waits.mean, tank.mean_taking) == pytest.approx((2, 0.2))


def test_stores_levels_and_gates():
    loop = des.ProcessLoop(unit="h")
    yard, tank, permit = loop.store("yard", 2), loop.level("tank", 10, 4), loop.gate("permit")
    story = []

    def maker():
        for i in range(4):
            assert (yield yard.put({"rack": i}))
            story.append(("put", i, loop.now))

    def taker():
        yield des.delay(1)
        while True:
            item = yield yard.take().within(5)
            if item is None:
                return "the yard is empty"
            story.append(("took", item["rack"], loop.now))
            yield des.delay(1)

    def tanker():
        assert (yield tank.get(6).within(1)) is False
        yield tank.put(6)
        yield tank.get(9.5)
        yield permit.open()
        return loop.now

    def office():
        yield des.delay(7)
        yield permit.set(True)

    loop.start(maker())
    took, tanked = loop.start(taker(), "taker"), loop.start(tanker())
    loop.start(office())
    loop.run()
    assert [event for event in story if event[0] == "took"] == [("took", i, float(i + 1)) for i in range(4)]
    assert ("put", 1, 0.0) in story and ("put", 3, 2.0) in story
    assert took.value == "the yard is empty" and not took.running
    assert tanked.value == 7.0 and tank.amount == 0.5 and permit.is_open and len(yard) == 0


def test_processes_wait_for_processes():
    loop = des.ProcessLoop()

    def child(n):
        yield des.delay(n)
        return n * n

    def parent():
        children = [loop.start(child(n)) for n in (3, 1, 2)]
        squares = []
        for one in children:
            squares.append((yield one))
        return squares, loop.now

    done = loop.start(parent())
    loop.run()
    assert done.value == ([9, 1, 4], 3.0)


def test_interrupts_and_preemption():
    loop = des.ProcessLoop()
    crane = loop.resource("crane", 1)
    heard = []

    def slow():
        yield crane.seize(1, priority=0)
        try:
            yield des.delay(10)
        except des.Interrupted as by:
            heard.append((str(by), by.remaining, loop.now))
            assert by.cause is None
            yield des.delay(1)

    def urgent():
        yield des.delay(4)
        assert (yield crane.preempt(1, priority=1))
        yield des.delay(2)

    def sleeper():
        yield des.delay(100)

    loop.start(slow(), "slow")
    loop.start(urgent(), "urgent")
    loop.run()
    assert heard[0][1:] == (6.0, 4.0) and "crane" in heard[0][0]
    asleep = loop.start(sleeper())
    loop.run(until=loop.now + 1)
    asleep.interrupt("wake up")
    with pytest.raises(des.Interrupted, match="wake up") as raised:
        loop.run()
    assert raised.value.cause == "wake up" and not asleep.running

    def mended():
        try:
            yield des.delay(10)
        except des.Interrupted as by:
            assert str(by) == str({"repair": 3})
            yield des.delay(by.cause["repair"])
        return loop.now

    begun = loop.now
    machine = loop.start(mended())
    loop.run(until=begun + 4)
    machine.interrupt({"repair": 3})
    loop.run()
    assert machine.value == begun + 4 + 3


def test_a_process_can_be_ended_from_outside():
    loop = des.ProcessLoop()
    crew = loop.resource("crew", 1)
    heard = []

    def holder():
        yield crew.seize()
        try:
            yield des.delay(100)
        finally:
            heard.append(("closed", loop.now))

    def follower(after, thing):
        heard.append((after, (yield thing), loop.now))

    def boss(process):
        yield des.delay(3)
        process.cancel()
        process.cancel()

    def ends_itself():
        yield des.delay(1)
        with pytest.raises(RuntimeError, match="while it runs"):
            itself.cancel()

    held = loop.start(holder())
    loop.start(follower("granted", crew.seize()))
    loop.start(follower("ended", held))
    impatient = loop.start(follower("never", crew.seize()))
    unbegun = loop.start(follower("never", crew.seize()))
    unbegun.cancel()
    loop.start(boss(held))
    itself = loop.start(ends_itself())
    loop.run(until=1)
    assert crew.waiting == 2
    impatient.cancel()
    assert crew.waiting == 1 and not impatient.running
    loop.run()
    # At 3 who awaits its end goes on before who gets its crew.
    assert heard == [("closed", 3.0), ("ended", None, 3.0), ("granted", True, 3.0)]
    assert held.value is None and crew.in_use == 0 and loop.now == 3.0


def test_the_first_of_several():
    loop = des.ProcessLoop(unit="h")
    crane, yard, permit = loop.resource("crane"), loop.store("yard"), loop.gate("permit")
    heard = []

    def works(hours):
        yield crane.seize()
        yield des.delay(hours)
        return "dug"

    def waits():
        for _ in range(4):
            heard.append((yield des.any_of(yard.take(), des.delay(5), permit.open())))
            heard.append(loop.now)
        # Parts of other kinds: a process, a generator; what the generator holds is given back with it.
        other = loop.start(works(1), "other")
        heard.append((yield des.any_of(des.delay(9), other)))
        heard.append((yield des.any_of(works(2), des.delay(1))))
        assert crane.in_use == 0
        heard.append((yield des.any_of(works(2), des.delay(3))))
        heard.append((yield des.any_of(works(2), yard.take().within(1))))
        heard.append((yield des.any_of(yard.take(), crane.seize(1)).within(1)))
        yield crane.release()
        yield crane.seize()
        heard.append((yield des.any_of(yard.take(), crane.seize(1)).within(1)))
        return loop.now

    def brings():
        yield des.delay(2)
        yield yard.put("steel")
        yield yard.put("glass")
        yield des.delay(6)
        yield permit.set(True)

    done = loop.start(waits())
    loop.start(brings())
    loop.run()
    # Two items at 2, of which one is taken; the other at once; no third until 7; the permit at 8.
    assert heard[:8] == [(0, "steel"), 2.0, (0, "glass"), 2.0, (1, None), 7.0, (2, True), 8.0]
    # Dug by 9; by 10 the delay is over; 12; 13 without an item; the crane at once; nothing by 14.
    assert heard[8:] == [(1, "dug"), (1, None), (0, "dug"), (1, None), (1, True), None]
    assert done.value == 14.0 and len(yard) == 0


def test_at_one_instant_only_one_of_several_is_taken():
    loop = des.ProcessLoop()
    left, right = loop.store("left"), loop.store("right")
    heard = []

    def waits():
        heard.append((yield des.any_of(left.take(), right.take())))

    def brings():
        yield right.put("r")
        yield left.put("l")

    loop.start(waits())
    loop.start(brings())
    loop.run()
    assert heard == [(1, "r")] and len(left) == 1 and len(right) == 0


def test_all_of_several():
    loop = des.ProcessLoop(unit="h")
    crane, tank, yard = loop.resource("crane", 2), loop.level("tank", 10), loop.store("yard")

    def digs(metres):
        yield crane.seize()
        yield des.delay(metres)
        return metres * 3

    def plan():
        # By two cranes: 2 and 4 metres, and another 3 from 2 to 5.
        assert (yield des.all_of(digs(2), digs(4), digs(3), des.delay(1))) == [6, 12, 9, None]
        assert loop.now == 5 and crane.in_use == 0
        first = yield des.all_of(crane.seize(), tank.get(3), yard.take()).within(4)
        # At 9; the crane is held, 3 have been taken at 7, and nothing has come to the yard.
        assert (first, loop.now, crane.in_use, tank.amount) == ([True, True, None], 9.0, 1, 1.0)
        assert (yield des.all_of()) == []
        nested = yield des.all_of(des.any_of(yard.take(), des.delay(2)), crane.seize())
        assert (nested, loop.now, crane.in_use) == ([(1, None), True], 11.0, 2)
        return "built"

    def fills():
        yield des.delay(7)
        yield tank.put(4)

    done = loop.start(plan())
    loop.start(fills())
    loop.run()
    assert done.value == "built" and crane.in_use == 0


def test_several_are_broken_off_together():
    loop = des.ProcessLoop(unit="h")
    crane, yard = loop.resource("crane"), loop.store("yard")
    heard = []

    def digs():
        yield crane.seize()
        try:
            yield des.delay(10)
        finally:
            heard.append(("closed", loop.now))

    def fails():
        yield des.delay(1)
        raise LookupError("a rock")

    def plan():
        try:
            yield des.all_of(digs(), yard.take())
        except des.Interrupted as by:
            heard.append((str(by), crane.in_use, loop.now))
        try:
            yield des.all_of(digs(), fails())
        except LookupError as error:
            heard.append((str(error), crane.in_use, loop.now))
        yield des.any_of(digs(), yard.take())

    process = loop.start(plan(), "plan")
    loop.run(until=3)
    process.interrupt("rain")
    loop.run(until=5)
    assert heard == [("closed", 3.0), ("rain", 0, 3.0), ("closed", 4.0), ("a rock", 0, 4.0)]
    assert [awaits for name, awaits in loop.waiting() if name == "plan"] != []
    process.cancel()
    assert heard[4:] == [("closed", 5.0)] and loop.processes == 0 and crane.in_use == 0


def test_steps_wait_for_several():
    """Every 4 hours one arrives, who needs both a crane and 2 tons of steel; 1 ton comes an hour, and
    patience is 3 hours: the first has both at once, who comes at 8 and 12 waits for the tank."""
    loop = des.ProcessLoop(unit="h")
    crane, tank = loop.resource("crane", 1), loop.level("tank", 100, 2)
    needs = des.all_of(crane.seize(), tank.get(6)).within(3)
    flow = loop.flow("erect", [needs, des.delay(1)], every=4, most=3)
    loop.flow("steel", [tank.put(1)], every=1, most=100)
    loop.run()
    # At 4 there are 2 + 4 = 6; at 8 4, at 10 6, since 5 and 6 have come by 10; at 12 2, at 15 5: lost.
    assert (flow.begun, flow.lost, flow.times.count) == (3, 1, 2)
    assert flow.times.mean == pytest.approx((1 + 3) / 2)
    assert crane.in_use == 0
    either = des.ProcessLoop(unit="h")
    desk = either.resource("desk", 1)
    visit = either.flow("visit", [des.any_of(desk.seize(), des.delay(0.5)), des.delay(1)], every=1, most=4)
    either.run()
    assert visit.lost == 0 and visit.times.max == 1.0 and desk.in_use == 0
    # One comes at 0.5 and has the desk until 1.5; the next leaves at 1.25; the third has it at 1.5.
    hasty = either.flow("hasty", [des.any_of(desk.seize().within(0.25), des.delay(9)), des.delay(1)], every=0.5, most=3)
    either.run()
    assert (hasty.begun, hasty.lost, hasty.times.count) == (3, 1, 2)


def test_who_is_pre_empted_among_steps_is_lost():
    loop = des.ProcessLoop()
    crane = loop.resource("crane", 1)
    slow = loop.flow("slow", [crane.seize(), des.delay(10)], every=1, most=1)
    fast = loop.flow("fast", [crane.preempt(1, priority=1), des.delay(1)], every=3, most=1)
    loop.run()
    assert (slow.begun, slow.lost, slow.times.count) == (1, 1, 0)
    assert (fast.lost, fast.times.count, loop.now) == (0, 1, 4.0)


def test_a_condition():
    """The shortest job first: 5 before 3, which is not there yet when 5 is begun, then 3 before 4."""
    loop = des.ProcessLoop(unit="min")
    jobs, heard = [], []
    changed = loop.condition("shop")

    def mechanic():
        while (job := (yield changed.until(lambda: heapq.heappop(jobs) if jobs else None).within(20))):
            yield des.delay(job)
            heard.append((job, loop.now))
        return "no work"

    def brings():
        for job in (5, 4, 3):
            yield des.delay(1)
            heapq.heappush(jobs, job)
            changed.notify()

    done = loop.start(mechanic())
    loop.start(brings())
    loop.run(until=0.5)
    assert changed.waiting == 1
    assert loop.waiting()[0][1].count("shop") == 1
    loop.run()
    # 5 from 1 to 6, 3 until 9, 4 until 13; patience ends at 33.
    assert heard == [(5, 6.0), (3, 9.0), (4, 13.0)]
    assert done.value == "no work" and loop.now == 33.0 and changed.waiting == 0

    def asks_wrongly():
        with pytest.raises(ZeroDivisionError):
            yield changed.until(lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            yield des.any_of(des.delay(1), changed.until(lambda: 1 / (len(heard) - 3)))
        return (yield des.any_of(changed.until(lambda: loop.now > 34 and loop.now), des.delay(9)))

    asked = loop.start(asks_wrongly())
    loop.run(until=34.5)
    changed.notify()
    loop.run()
    assert asked.value == (0, 34.5)


def test_what_cannot_be_done_is_raised_where_it_is_yielded():
    loop = des.ProcessLoop()
    desk = loop.resource("desk", 1)
    heard = []

    def process():
        for error, step in (
            (ValueError, desk.seize(2)),
            (RuntimeError, desk.release()),
            (RuntimeError, des.delay(-1)),
            (ValueError, 7),
            (ValueError, work()),  # that is what `yield from` is for
            (ValueError, des.any_of(desk.seize(), desk.seize(2))),
        ):
            with pytest.raises(error):
                yield step
            heard.append((desk.in_use, desk.waiting))
        return (yield from work())

    def work():
        yield des.delay(1)
        return "done"

    done = loop.start(process())
    loop.run()
    assert heard == [(0, 0)] * 6 and done.value == "done"
    with pytest.raises(ValueError, match="never end"):
        des.any_of()
    with pytest.raises(ValueError, match="not 7"):
        des.all_of(desk.seize(), 7)
    with pytest.raises(ValueError, match="all_of takes what waits"):
        des.all_of(desk.seize(), desk.release())
    for step in (des.delay(1), desk.release()):
        with pytest.raises(ValueError, match="have patience"):
            step.within(3)
    for patience in (-1, math.nan):
        with pytest.raises(ValueError, match="patience"):
            desk.seize().within(patience)
    changed = loop.condition("changed")
    for step in (changed.until(lambda: True), des.all_of(des.delay(1), work())):
        with pytest.raises(ValueError, match="for generators"):
            loop.flow("f", [step], every=1)


def test_what_goes_with_a_part_may_end_who_waited():
    """However the wait ends: both parts go, and who waited does not go on."""
    for way in ("cancel", "interrupt", "gate", "patience"):
        loop = des.ProcessLoop()
        gate, heard = loop.gate("gate"), []

        def part():
            try:
                yield des.delay(100)
            finally:
                heard.append("closed")
                waits.cancel()

        def waiter():
            yield des.any_of(part(), gate.open(), part()).within(2)
            heard.append("went on")

        waits = loop.start(waiter())
        loop.run(until=1)
        if way == "cancel":
            waits.cancel()
        elif way == "interrupt":
            waits.interrupt("rain")
        elif way == "gate":
            gate.set_open(True)
        loop.run()
        assert heard == ["closed", "closed"] and loop.processes == 0 and not waits.running, way


def test_units_of_a_whole_that_failed_are_given_back():
    loop = des.ProcessLoop()
    crane, heard = loop.resource("crane"), []

    def fails():
        yield des.delay(1)
        raise LookupError("a rock")

    def plan(parts):
        try:
            yield des.all_of(*parts)
        except LookupError as error:
            frames = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
            heard.append((crane.in_use, frames))

    for first in (True, False):
        parts = [crane.seize(), fails()] if first else [fails(), crane.seize()]
        loop.start(plan(parts))
        loop.run()
    assert heard == [(0, ["plan", "fails"])] * 2


def test_a_generator_runs_once():
    loop = des.ProcessLoop()
    heard = []

    def part():
        yield des.delay(2)
        return 5

    def twice():
        one, step = part(), des.all_of(part())
        with pytest.raises(ValueError, match="twice"):
            yield des.all_of(one, one)
        heard.append((yield step))
        with pytest.raises(ValueError, match="runs once"):
            yield step
        begun = part()
        next(begun)
        with pytest.raises(ValueError, match="runs once"):
            loop.start(begun)
        mine = part()
        heard.append((yield loop.start(mine)))
        with pytest.raises(ValueError, match="runs once"):
            loop.start(mine)

    loop.start(twice())
    loop.run()
    assert heard == [[5], 5] and loop.now == 4


def test_things_of_another_loop_are_refused():
    one, other = des.ProcessLoop(), des.ProcessLoop()
    mine, theirs = one.resource("mine"), other.resource("theirs")

    def work(*steps):
        for step in steps:
            with pytest.raises(RuntimeError, match="another loop"):
                yield step
        yield des.delay(1)

    elsewhere = other.start(work())
    steps = (theirs.seize(), theirs.release(), des.any_of(mine.seize(), theirs.seize()), elsewhere)
    done = one.start(work(*steps, des.all_of(elsewhere)))
    one.run()
    assert not done.running and theirs.in_use == 0 and mine.in_use == 0
    with pytest.raises(RuntimeError, match="another loop"):
        one.flow("f", [theirs.seize()], every=1)
    # And of one that is gone nothing is left to be asked.
    assert elsewhere.running
    del other, theirs, steps
    gc.collect()
    assert not elsewhere.running
    elsewhere.cancel()
    elsewhere.interrupt("nobody")


def test_what_is_no_wait_is_told_at_once():
    loop = des.ProcessLoop()
    cranes = [loop.resource(name) for name in ("north", "south")]
    with pytest.raises(ValueError, match=r"any_of\(\*"):
        des.any_of(crane.seize() for crane in cranes)
    with pytest.raises(ValueError, match=r"any_of\(\*list\)"):
        des.any_of([crane.seize() for crane in cranes])
    for attempt in (None, 5):
        with pytest.raises(TypeError, match="a function"):
            loop.condition("changed").until(attempt)


def test_loops_whose_processes_have_not_ended_are_collected():
    """A generator refers to its loop, and the loop to the generator."""
    closed = []

    def part(loop):
        try:
            yield des.delay(50)
        finally:
            closed.append("part")

    def customer(loop, clerk, in_parts):
        yield clerk.seize()
        try:
            yield des.any_of(des.delay(100), part(loop)) if in_parts else des.delay(100)
        finally:
            closed.append("customer")

    def left(in_parts):
        loop = des.ProcessLoop()
        loop.start(customer(loop, loop.resource("clerk"), in_parts))
        loop.run(until=1)
        return weakref.ref(loop)

    loops = [left(in_parts) for in_parts in (True, False)]
    gc.collect()
    assert [loop() for loop in loops] == [None, None]
    assert sorted(closed) == ["customer", "customer", "part"]


def test_a_signal_cannot_start_a_generator_in_a_run_of_steps():
    program = """
    import signal
    from racked import des
    loop = des.ProcessLoop()
    loop.flow("clock", [des.repeat(None, [des.delay(1)])], every=1, most=1)
    def work():
        yield des.delay(1)
    signal.signal(signal.SIGALRM, lambda *_: loop.start(work()))
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        loop.run(until=5e9)
    except RuntimeError as error:
        print(error)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True)
    assert done.returncode == 0 and "while steps alone run" in done.stdout


def test_choices_and_repetitions():
    loop = des.ProcessLoop(seed=5)
    bench, lab = loop.resource("bench", 10_000), loop.resource("lab", 10_000)

    def visit(place, span):
        return [place.seize(), des.delay(span), place.release()]

    # A third fails once more; each tries three times.
    steps = [des.repeat(3, [des.delay(1), des.choose((0.25, visit(bench, 1)), (0.5, visit(lab, 2)))])]
    flow = loop.flow("part", steps, every=1, most=4000)
    loop.run()
    assert flow.times.count == 4000
    # 12 000 choices: standard deviation of a share √(p (1 − p) / 12 000) ≤ 0.0046.
    assert abs(bench.waits.count / 12_000 - 0.25) < 5 * 0.0046
    assert abs(lab.waits.count / 12_000 - 0.5) < 5 * 0.0046
    # 3 · (1 + 0.25 · 1 + 0.5 · 2) = 6.75
    assert abs(flow.times.mean - 6.75) < flow.times.half_width(0.9999)
    forever = des.ProcessLoop()
    forever.flow("clock", [des.repeat(None, [des.delay(1)])], every=0.5, most=1)
    forever.run(until=1000)
    assert forever.processes == 1 and forever.now == 1000


def test_what_makes_no_sense_is_refused():
    loop = des.ProcessLoop()
    desk = loop.resource("desk", 1)
    with pytest.raises(ValueError, match="unit"):
        des.ProcessLoop(unit="weeks")
    with pytest.raises(ValueError, match="no step"):
        loop.flow("f", ["wait"], every=1)
    with pytest.raises(ValueError, match="for ever"):
        loop.flow("f", [des.repeat(None, [])], every=1)
    with pytest.raises(ValueError, match="probabilities"):
        loop.flow("f", [des.choose((0.7, []), (0.7, []))], every=1)
    with pytest.raises(ValueError, match="generator"):
        loop.start(lambda: None)

    def wrong():
        yield 7

    def too_much():
        yield desk.seize(2)

    def fails():
        yield des.delay(1)
        raise LookupError("of its own")

    for process, error in ((wrong, ValueError), (too_much, ValueError), (fails, LookupError)):
        loop.start(process())
        with pytest.raises(error):
            loop.run()
    loop.run()

    def awaits():
        try:
            yield loop.start(fails())
        except LookupError as error:
            return str(error)

    caught = loop.start(awaits())
    loop.run()
    assert "of its own" in caught.value


def test_a_standstill_is_told():
    loop = des.ProcessLoop()
    desk = loop.resource("desk", 1)

    def greedy():
        yield desk.seize()
        yield desk.seize()

    loop.start(greedy(), "greedy")
    loop.run()
    ((process, awaits),) = loop.waiting()
    assert process == "greedy" and "desk" in awaits


def test_random_numbers_are_those_of_numpy():
    # docs/kernel.md: numpy counts up before its first block.
    stream = des.RandomStream(7, "purpose", 3, 2)
    key = 0xCBF29CE484222325
    for byte in b"purpose":
        key = (key ^ byte) * 0x100000001B3 % 2**64
    whole = (3 << 64) | (2 << 128)
    numpy_ones = np.random.Philox(key=7 + (key << 64), counter=whole - 1).random_raw(1000)
    np.testing.assert_array_equal(stream.copy().integers(1000), numpy_ones)
    assert stream.integer() == numpy_ones[0]
    assert stream.uniform() == ((int(numpy_ones[1]) >> 11) + 0.5) * 2.0**-53


def test_distributions_and_statistics():
    u = np.linspace(0.01, 0.99, 99)
    np.testing.assert_allclose(des.exponential(2).quantile(u), -2 * np.log1p(-u), rtol=1e-12)
    np.testing.assert_allclose(des.uniform(1, 3).cdf(des.uniform(1, 3).quantile(u)), u, rtol=1e-12)
    triangular = des.triangular(0, 1, 5)
    assert triangular.mean == 2 and (triangular.min, triangular.max) == (0, 5)
    with pytest.raises(ValueError):
        des.uniform(3, 1)
    tally = des.Tally()
    for value in (1, 2, 3, 4):
        tally.record(value)
    assert (tally.count, tally.mean, tally.variance, tally.min, tally.max) == (4, 2.5, 5 / 3, 1, 4)
    # t(0.975, 3) = 3.182446305284263
    assert tally.half_width() == pytest.approx(3.182446305284263 * math.sqrt(5 / 3 / 4), rel=1e-9)
    low, high = des.batch_means([1.0, 2.0] * 100)
    assert low <= 1.5 <= high
    assert des.warm_up([100.0] * 10 + [1.0, 2.0, 3.0, 2.0] * 50) >= 10


def test_the_lock_is_free_for_steps():
    """Two loops of steps on two threads; a counter counts besides."""

    def run():
        mm(1, 0.9, 1, 300_000)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    counted = 0
    while any(thread.is_alive() for thread in threads):
        counted += 1
    assert counted > 100


def test_ctrl_c_ends_a_run():
    program = """
    from racked import des
    loop = des.ProcessLoop()
    loop.flow("clock", [des.repeat(None, [des.delay(1)])], every=1, most=1)
    print("ready", flush=True)
    try:
        loop.run(until=5e9)
    except KeyboardInterrupt:
        print("stopped", loop.now > 0)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    assert process.stdout.read() == "stopped True\n"
    assert process.wait(30) == 0
