#pragma once

#include <racked/luck.h>
#include <racked/model.h>
#include <racked/policies.h>
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
/// instant. When nothing is left to settle usable units go to deals, and triggers fire, whose
/// consequences are settled likewise.
class Simulation {
 public:
  /// Ready to run replication `replication` of `seed`. O(model).
  Simulation(const Model& model, std::uint64_t seed, std::uint64_t replication);
  /// The same with decisions of one's own, which must outlive it. std::invalid_argument for a
  /// dispatch policy beside Scheme::serial.
  Simulation(const Model& model, std::uint64_t seed, std::uint64_t replication,
             const Policies& policies);
  Simulation(const Model& model, std::uint64_t seed, std::uint64_t replication,
             Policies&& policies) = delete;
  /// A copy shares the model and the policies, and nothing else; what was moved from may only be
  /// assigned to or destroyed.
  ///@{
  Simulation(const Simulation& other);
  Simulation(Simulation&& other) noexcept;
  Simulation& operator=(Simulation other) noexcept;
  ///@}
  ~Simulation();

  /// Begins another replication in the memory of this one. After the first few replications nothing
  /// is allocated any more.
  void restart(std::uint64_t seed, std::uint64_t replication);
  /// The same by other luck than the replication's own (racked/luck.h).
  void restart(std::uint64_t seed, std::uint64_t replication, const Luck& luck);

  des::Time now() const;  ///< Of the clock.

  /// Handles everything up to and including `time`, at most the horizon.
  void run_until(des::Time time);

  /// Runs to the horizon and closes the accounts: charges, waits.
  void run();

  /// Goes on by another model from now on: a branch. What has begun keeps its course (tasks and
  /// rack steps under way, lots in a supply line, what is energised); all else follows the other
  /// model: durations of what has not started, dates that have not come, orders on their way,
  /// crews, ramps, risks. Luck stays the same, so that a branch by an equal model ends byte for
  /// byte as the simulation would have. `model` must outlive the simulation and describe the same
  /// things: std::invalid_argument, naming the first difference, when elements, their needs and
  /// links, the positions of halls, the dates of reports or the horizon differ, or the sequences
  /// that a serial scheme has planned. A timeline with a
  /// branch in it follows two plans and is no matter for audit. O(model).
  void continue_by(const Model& model);

  /// From now on everything is drawn for another future; what has been drawn stays: spans under
  /// way, dates, drivers and weather. Future 0 is the one that would have been.
  void draw_future(std::uint64_t future);

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
