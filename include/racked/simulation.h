#pragma once

#include <racked/model.h>
#include <racked/timeline.h>

#include <cstdint>
#include <memory>

namespace racked {

/// The whole changing state of one replication: a value. Copy it at any moment and both copies run
/// on to the same end, independent of each other. The Model must outlive it and is only read, so
/// that any number of simulations may share it, one thread each.
///
/// Order of effects at one instant: everything that ends, arrives or comes alive (turn `finish`),
/// in the order it was scheduled; then one settlement (turn `start`) in which free positions, goods
/// and workers are given out: racks to positions in the order of halls, then tasks in the order of
/// the dispatch rule, then rack steps, those furthest along first; then what is sampled (turn
/// `observe`). What a settlement ends at once (tasks without duration) is settled again at the same
/// instant.
class Simulation {
 public:
  /// Ready to run replication `replication` of `seed`. O(model).
  Simulation(const Model& model, std::uint64_t seed, std::uint64_t replication);
  Simulation(const Simulation& other);
  Simulation(Simulation&& other) noexcept;
  Simulation& operator=(Simulation other) noexcept;
  ~Simulation();

  /// Begins another replication in the memory of this one. After the first few replications nothing
  /// is allocated any more.
  void restart(std::uint64_t seed, std::uint64_t replication);

  des::Time now() const;

  /// Handles everything up to and including `time`, at most the horizon.
  void run_until(des::Time time);

  /// Runs to the horizon and closes the accounts: charges, waits.
  void run();

  /// What has happened so far; complete after run(). Valid until this simulation changes.
  const Timeline& timeline() const;

  /// Private to the library; declared here so that the code of the concerns can name it.
  struct State;

 private:
  std::unique_ptr<State> state_;
};

/// One replication from begin to end.
Timeline simulate(const Model& model, std::uint64_t seed, std::uint64_t replication);

}  // namespace racked
