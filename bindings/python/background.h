#pragma once

#include <racked/experiment.h>

#include <pybind11/pybind11.h>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

namespace racked::python {

/// Work under way. It runs on threads that hold all they need, so that whoever waits for it can
/// turn away at any moment: a replication that is not finished then is finished unseen.
template <class Result>
class Background {
 public:
  /// What the work tells its progress to; false: it is to stop.
  using Tell = std::function<bool(const Progress&)>;

  /// Begins at once. The work may look at `stop` as well as at what it is answered.
  Background(std::stop_source stop, std::function<Result(const Tell&)> work)
      : state_(std::make_shared<State>()) {
    state_->stop = std::move(stop);
    std::thread([state = state_, work = std::move(work)]() mutable {
      run(*state, std::move(work));
    }).detach();
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
  /// What it threw is thrown here.
  std::shared_ptr<Result> results() const {
    const std::lock_guard lock(state_->mutex);
    if (state_->error) std::rethrow_exception(state_->error);
    return state_->results;
  }

 private:
  struct State {
    std::stop_source stop;

    std::mutex mutex;  // of what follows
    std::condition_variable changed;
    Progress progress;
    std::shared_ptr<Result> results;
    std::exception_ptr error;
    bool ended = false;
  };

  static void run(State& state, std::function<Result(const Tell&)> work) {
    std::shared_ptr<Result> results;
    std::exception_ptr error;
    try {
      results = std::make_shared<Result>(work([&state](const Progress& progress) {
        const std::lock_guard lock(state.mutex);
        state.progress = progress;
        return !state.stop.stop_requested();
      }));
    } catch (...) {
      error = std::current_exception();
    }
    // What it holds may be Python's, and Python may end as soon as this has.
    work = nullptr;
    const std::lock_guard lock(state.mutex);
    state.results = std::move(results);
    state.error = error;
    state.ended = true;
    state.changed.notify_all();
  }

  std::shared_ptr<State> state_;
};

/// Adds a class of such work; its constructor is the caller's to add.
template <class Result>
pybind11::class_<Background<Result>> add_background(pybind11::module_& module, const char* name) {
  using Job = Background<Result>;
  return pybind11::class_<Job>(module, name)
      .def("wait", &Job::wait, pybind11::arg("seconds"),
           pybind11::call_guard<pybind11::gil_scoped_release>())
      .def("stop", &Job::stop)
      .def_property_readonly("progress", &Job::progress)
      .def("results", &Job::results);
}

}  // namespace racked::python
