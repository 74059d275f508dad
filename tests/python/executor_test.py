"""The same bytes from every executor; nothing is lost in silence."""
import concurrent.futures
import multiprocessing
import os
import pickle
import shutil
import subprocess
import sys
import textwrap

import pytest

import racked
from racked import executor as engine


def test_threads(two_halls, results):
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        assert racked.run(two_halls, 60, seed=7, executor=pool) == results
        assert racked.run(two_halls, 60, seed=7, executor=pool, chunks=60) == results
        assert racked.run(two_halls, 60, seed=7, executor=pool, chunks=1, threads=2) == results


def test_spawned_processes(two_halls, results):
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=spawn) as pool:
        assert racked.run(two_halls, 60, seed=7, executor=pool) == results
        # Another scenario, and the first again: workers keep several.
        rainier = racked.make_model(two_halls.scenario)
        assert racked.run(rainier, 60, seed=7, executor=pool) == results
        bad = racked.Policies("unpicklable", lambda model, timeline, waiting: 0.0)
        with pytest.raises(racked.WorkerLost, match="0:60"):
            racked.run(two_halls, 60, executor=pool, chunks=1, policies=bad)


class Lone:
    """An executor that is no more than asked of one: submit, result. `fail` says which calls of a
    worker end without an answer."""

    class Future:
        def __init__(self, result):
            self.result = result

    def __init__(self, fail=lambda call: False):
        self.sent, self.calls, self.fail = [], 0, fail

    def submit(self, function, /, *arguments):
        call, self.calls = self.calls, self.calls + 1
        self.sent.append(len(pickle.dumps((function, arguments))))

        def result():
            if self.fail(call):
                raise ConnectionError(f"worker of call {call} is gone")
            return pickle.loads(pickle.dumps(function(*pickle.loads(pickle.dumps(arguments)))))

        return self.Future(result)


def test_the_scenario_travels_once_a_worker(two_halls, results):
    engine._models.clear()
    lone = Lone()
    lone._max_workers = 2
    assert racked.run(two_halls, 60, seed=7, executor=lone, chunks=30) == results
    scenario = len(two_halls.scenario.to_bytes())
    with_it = [size for size in lone.sent if size > scenario]
    assert len(with_it) == 2 and len(lone.sent) == 30
    assert max(size for size in lone.sent if size <= scenario) < 400
    # A worker that came later has not got it, says so, and is sent it:
    # one call more for each of the two chunks that are under way then.
    engine._models.clear()
    late = Lone()
    late._max_workers = 1
    plain_submit = late.submit

    def submit(function, /, *arguments):
        if late.calls == 2:  # sent once the first has been answered
            engine._models.clear()
        return plain_submit(function, *arguments)

    late.submit = submit
    assert racked.run(two_halls, 60, seed=7, executor=late, chunks=4) == results
    assert late.calls == 4 + 2


def test_a_chunk_is_sent_again(two_halls, results):
    flaky = Lone(fail=lambda call: call in (0, 3))
    assert racked.run(two_halls, 60, seed=7, executor=flaky, chunks=6) == results


def test_what_is_lost_is_named(two_halls, results):
    lone = Lone()
    lost_range = (20, 30)

    def submit(function, /, *arguments):
        future = Lone.submit(lone, function, *arguments)
        if arguments[2] == lost_range:
            def result():
                raise ConnectionError("gone")

            future.result = result
        return future

    lone.submit = submit
    with pytest.raises(racked.WorkerLost, match="20:30") as caught:
        racked.run(two_halls, 60, seed=7, executor=lone, chunks=6)
    lost = caught.value
    assert lost.missing == [(20, 30)]
    assert isinstance(lost.__cause__, ConnectionError)
    assert lost.results.replication_ranges == "0:20 30:60"
    rest = racked.run(two_halls, range(*lost.missing[0]), seed=7)
    assert racked.merge([lost.results, rest]) == results


def die(model, timeline, waiting):
    os._exit(1)


def test_a_process_that_dies_is_reported(two_halls):
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=spawn) as pool:
        with pytest.raises(racked.WorkerLost) as caught:
            racked.run(two_halls, 12, executor=pool, chunks=3, policies=racked.Policies("die", die))
    assert caught.value.missing == [(0, 4), (4, 8), (8, 12)]
    assert caught.value.results is None


def test_errors_of_the_run_itself_come_through(two_halls):
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with pytest.raises(ValueError, match="too many"):
            racked.run(two_halls, 1 << 40, executor=pool, chunks=1)
        with pytest.raises(ValueError, match="branch"):
            racked.run(two_halls, 4, executor=pool, trunk=two_halls, branch_at="2025-05-01")


def test_progress_and_stopping(two_halls, results):
    told = []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        racked.run(two_halls, 60, executor=pool, chunks=6, progress=lambda p: told.append((p.done, p.total)))
        assert told == [(10 * i, 60) for i in range(1, 7)]
        some = racked.run(two_halls, 60, seed=7, executor=pool, chunks=30, progress=lambda p: p.done < 10)
    assert 0 < len(some) < 60
    assert some == racked.run(two_halls, len(some), seed=7)


def test_dask(two_halls, results):
    distributed = pytest.importorskip("dask.distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True
    ) as cluster, distributed.Client(cluster) as client:
        pool = client.get_executor()
        assert racked.run(two_halls, 60, seed=7, executor=pool, chunks=8) == results


def test_mpi(results, scenarios, tmp_path):
    pytest.importorskip("mpi4py")
    if shutil.which("mpiexec") is None:
        pytest.skip("no mpiexec")
    program = tmp_path / "program.py"
    program.write_text(
        textwrap.dedent(
            """
            import sys
            from mpi4py.futures import MPIPoolExecutor
            import racked

            if __name__ == "__main__":
                with MPIPoolExecutor() as pool:
                    print(racked.run(sys.argv[1], 60, seed=7, executor=pool, chunks=8).digest)
            """
        )
    )
    command = ["mpiexec", "--oversubscribe", "-n", "3"]
    if os.geteuid() == 0:
        command.append("--allow-run-as-root")
    done = subprocess.run(
        [*command, sys.executable, "-m", "mpi4py.futures", program, scenarios / "two_halls.textproto"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == results.digest


def test_ray(two_halls, results):
    ray = pytest.importorskip("ray")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)

    class Future:
        def __init__(self, reference):
            self._reference = reference

        def result(self):
            return ray.get(self._reference)

    class RayExecutor:
        _max_workers = 2

        def submit(self, function, /, *arguments):
            return Future(ray.remote(function).remote(*arguments))

    try:
        assert racked.run(two_halls, 60, seed=7, executor=RayExecutor(), chunks=8) == results
    finally:
        ray.shutdown()
