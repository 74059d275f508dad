#pragma once

#include "network.h"

#include <racked/model.h>

#include <vector>

namespace racked {

/// The early dates of a plan at mean durations, one element at a time: when an element can start by
/// what has been placed before it. In fair weather; crews are no concern here.
///
/// A task's work is never interrupted by what holds back its finish: it starts late enough instead,
/// as in critical-path scheduling. Only within a loop of overlapping tasks it starts at once and is
/// held.
class ForwardPass {
 public:
  /// `order` must outlive the pass.
  ForwardPass(const Model& model, const PlanOrder& order);

  /// The earliest start, not before `from`, that the predecessors placed so far allow;
  /// des::kNever past the horizon.
  des::Time earliest_start(Id<Task> task, des::Time from = des::kStart) const;

  void place_start(Id<Task> task, des::Time start);
  /// Its finish follows from its start and from the predecessors placed so far.
  void place_finish(Id<Task> task);
  /// When it comes alive follows from what has been placed so far.
  void place(Id<Feeder> feeder);
  /// Of those that feed an element the one that is energised first; none: it is a source.
  Id<Feeder> first_feed(Id<Feeder> feeder) const;

  des::Time start(Id<Task> task) const { return starts_[task.index()]; }
  des::Time finish(Id<Task> task) const { return finishes_[task.index()]; }
  des::Duration duration(Id<Task> task) const { return durations_[task.index()]; }
  const Calendar& calendar(Id<Task> task) const;

  /// The task whose start, or finish, decided the start of `task`; invalid for a date.
  Id<Task> decided_by(Id<Task> task) const;

  /// Pieces from an order that a task places are there this long after it.
  des::Duration time_to_arrive(const EarliestGoods& goods) const;
  /// The task that places an order, if one does.
  Id<Task> placed_by(Id<Order> order) const { return placing_[order.index()]; }
  const EarliestGoods& goods(Id<Need> need) const { return goods_[need.index()]; }

 private:
  struct Bound {
    des::Time at;
    Id<Task> by;
  };
  Bound start_bound(Id<Task> task, des::Time from) const;
  des::Time finish_bound(Id<Task> task, bool in_loop, Id<Task>& by) const;
  des::Time start_for(Id<Task> task, des::Time finish) const;
  des::Time known_finish(Id<Task> task) const;

  const Model& model_;
  const PlanOrder& order_;
  std::vector<des::Duration> durations_;
  std::vector<std::vector<Id<Link>>> incoming_;    // per task
  std::vector<std::vector<Id<Task>>> energising_;  // per feeder
  std::vector<Id<Task>> placing_;                  // per order
  std::vector<EarliestGoods> goods_;               // per need
  std::vector<des::Time> starts_, finishes_, energised_;
};

/// A time moved by a lag on the calendar the lag runs on: later by a positive one, earlier by a
/// negative one. des::kNever and des::Time::min() stay.
des::Time lagged(const Model& model, const Link& link, des::Time time, des::Duration lag);

}  // namespace racked
