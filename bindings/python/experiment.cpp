#include <racked/experiment.h>
#include <racked/run_directory.h>

#include "own_rules.h"
#include "parts.h"

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace racked::python {

namespace py = pybind11;

namespace {

/// An experiment under way. It runs on threads that hold all they need, so that whoever waits for
/// it can turn away at any moment: a replication that is not finished then is finished unseen.
class Job {
 public:
  Job(std::shared_ptr<const Model> model, ExperimentOptions options,
      std::shared_ptr<const Model> trunk, std::optional<std::filesystem::path> out,
      const py::object& own)
      : state_(std::make_shared<State>()) {
    State& state = *state_;
    state.model = std::move(model);
    state.trunk = std::move(trunk);
    state.out = std::move(out);
    state.policies = policies_of(own, state.model, state.stop.get_token());
    state.options = std::move(options);
    state.options.trunk = state.trunk.get();
    if (!own.is_none()) state.options.policies = &state.policies;
    state.options.stop = state.stop.get_token();
    state.options.on_progress = [&state](const Progress& progress) {
      const std::lock_guard lock(state.mutex);
      state.progress = progress;
      return true;
    };
    std::thread([shared = state_] { work(*shared); }).detach();
  }

  /// Whether it has ended; waits for that up to `seconds`.
  bool wait(double seconds) const {
    std::unique_lock lock(state_->mutex);
    return state_->changed.wait_for(lock, std::chrono::duration<double>(seconds),
                                    [this] { return state_->ended; });
  }
  void stop() const { state_->stop.request_stop(); }
  Progress progress() const {
    const std::lock_guard lock(state_->mutex);
    return state_->progress;
  }
  std::shared_ptr<Results> results() const {
    const std::lock_guard lock(state_->mutex);
    if (state_->error) std::rethrow_exception(state_->error);
    return state_->results;
  }

 private:
  struct State {
    std::shared_ptr<const Model> model, trunk;
    std::optional<std::filesystem::path> out;
    ExperimentOptions options;
    Policies policies;
    std::stop_source stop;

    std::mutex mutex;  // of what follows
    std::condition_variable changed;
    Progress progress;
    std::shared_ptr<Results> results;
    std::exception_ptr error;
    bool ended = false;
  };

  static Results run_in_directory(const State& state) {
    const ExperimentOptions& options = state.options;
    RunDirectory directory(*state.out, make_results(*state.model, options),
                           Asked{options.first, options.last, options.audit});
    Results results = run(*state.model, options, directory);
    if (results.rows() > 0 || !results.failures.empty()) directory.finish(results);
    return results;
  }

  static void work(State& state) {
    std::shared_ptr<Results> results;
    std::exception_ptr error;
    try {
      results = std::make_shared<Results>(state.out ? run_in_directory(state)
                                                    : run(*state.model, state.options));
    } catch (...) {
      error = std::current_exception();
    }
    const std::lock_guard lock(state.mutex);
    state.results = std::move(results);
    state.error = error;
    state.ended = true;
    state.changed.notify_all();
  }

  std::shared_ptr<State> state_;
};

}  // namespace

void add_experiment(py::module_& module) {
  py::class_<Progress>(module, "Progress")
      .def(py::init([](std::uint64_t done, std::uint64_t total, std::uint64_t failed,
                       std::uint64_t events, double elapsed) {
             Progress progress;
             progress.done = done;
             progress.total = total;
             progress.failed = failed;
             progress.events = events;
             progress.elapsed = std::chrono::duration<double>(elapsed);
             return progress;
           }),
           py::arg("done"), py::arg("total"), py::arg("failed"), py::arg("events"),
           py::arg("elapsed"))
      .def_readonly("done", &Progress::done)
      .def_readonly("total", &Progress::total)
      .def_readonly("failed", &Progress::failed)
      .def_readonly("events", &Progress::events)
      .def_property_readonly("elapsed",
                             [](const Progress& progress) { return progress.elapsed.count(); })
      .def("__repr__", [](const Progress& progress) {
        return "<racked.Progress " + std::to_string(progress.done) + " of " +
               std::to_string(progress.total) + ">";
      });

  using Release = py::call_guard<py::gil_scoped_release>;
  py::class_<Job>(module, "Job")
      .def(py::init([](std::shared_ptr<Model> model, std::uint64_t seed, std::uint64_t first,
                       std::uint64_t last, unsigned threads, bool audit, const py::object& own,
                       std::shared_ptr<Model> trunk, std::int64_t branch_at,
                       std::optional<std::filesystem::path> out) {
             ExperimentOptions options;
             options.seed = seed;
             options.first = first;
             options.last = last;
             options.threads = threads;
             options.audit = audit;
             options.branch_at = Date(std::chrono::days(branch_at));
             return Job(std::move(model), std::move(options), std::move(trunk), std::move(out),
                        own);
           }),
           py::arg("model"), py::arg("seed"), py::arg("first"), py::arg("last"), py::arg("threads"),
           py::arg("audit"), py::arg("policies"), py::arg("trunk"), py::arg("branch_at"),
           py::arg("out"))
      .def("wait", &Job::wait, py::arg("seconds"), Release())
      .def("stop", &Job::stop)
      .def_property_readonly("progress", &Job::progress)
      .def("results", &Job::results);
}

}  // namespace racked::python
