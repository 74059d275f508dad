#pragma once

#include <racked/des/time.h>
#include <racked/calendar.h>
#include <racked/v1/trace.pb.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace racked {

/// Tracks and events in the making of a trace.
class TracePackets {
 public:
  using Type = v1::TrackEvent::Type;

  /// `start` is the day of des::kStart.
  explicit TracePackets(Date start);

  /// Below `parent`, or at the top for 0; tracks stand in the order in which they are added.
  std::uint64_t add_track(std::uint64_t parent, const std::string& name);
  std::uint64_t add_counter(std::uint64_t parent, const std::string& name, std::string_view unit);

  /// `order` tells events of the same instant apart, and then the order in which they are added.
  /// Valid until the next is added.
  v1::TrackEvent& add_event(std::uint64_t track, Type type, des::Time at, std::uint64_t order);
  std::size_t last_event() const { return events_.size() - 1; }

  void count(std::uint64_t counter, des::Time at, double value);

  /// An arrow, told at both of its ends; none back in time (what caused a later part of a slice).
  void add_flow(std::size_t from, std::size_t to);

  /// All of it in the wire format; nothing is left.
  std::string take();

 private:
  struct Event {
    des::Time at;
    std::uint64_t order = 0;
    v1::TrackEvent event;
  };

  std::uint64_t timestamp(des::Time at) const;
  void add_clocks(std::string& text) const;

  des::Duration since_1970_;
  std::vector<v1::TrackDescriptor> tracks_;
  std::vector<Event> events_;
  std::uint64_t flows_ = 0;
};

void annotate(v1::TrackEvent& event, const char* name, std::string value);
void annotate(v1::TrackEvent& event, const char* name, std::int64_t value);

/// A track and, where things on it overlap, more of them below it.
class Lanes {
 public:
  Lanes(TracePackets& trace, std::uint64_t track, std::string name);

  /// The first that is free from then on; it is taken until `to`.
  std::uint64_t lane(des::Time from, des::Time to);

 private:
  TracePackets& trace_;
  std::string name_;
  std::vector<std::pair<std::uint64_t, des::Time>> lanes_;  ///< With when it is free.
};

}  // namespace racked
