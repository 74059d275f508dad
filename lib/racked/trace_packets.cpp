#include "trace_packets.h"

#include <algorithm>

namespace racked {
namespace {

// The same as a field of a Trace, without holding all of it twice.
void append(v1::TracePacket& packet, std::string& text) {
  v1::Trace one;
  one.add_packet()->Swap(&packet);
  one.AppendToString(&text);
}

}  // namespace

TracePackets::TracePackets(Date start)
    : since_1970_(std::chrono::duration_cast<des::Duration>(start.time_since_epoch())) {}

std::uint64_t TracePackets::add_track(std::uint64_t parent, const std::string& name) {
  v1::TrackDescriptor& track = tracks_.emplace_back();
  track.set_uuid(tracks_.size());
  track.set_name(name);
  track.set_child_ordering(v1::TrackDescriptor::EXPLICIT);
  track.set_sibling_order_rank(static_cast<std::int32_t>(tracks_.size()));
  if (parent != 0) track.set_parent_uuid(parent);
  return track.uuid();
}

std::uint64_t TracePackets::add_counter(std::uint64_t parent, const std::string& name,
                                        std::string_view unit) {
  const std::uint64_t uuid = add_track(parent, name);
  v1::TrackDescriptor& track = tracks_.back();
  track.clear_child_ordering();
  track.mutable_counter()->set_unit_name(std::string(unit));
  return uuid;
}

v1::TrackEvent& TracePackets::add_event(std::uint64_t track, Type type, des::Time at,
                                        std::uint64_t order) {
  Event& event = events_.emplace_back();
  event.at = at;
  event.order = order;
  event.event.set_type(type);
  event.event.set_track_uuid(track);
  return event.event;
}

void TracePackets::count(std::uint64_t counter, des::Time at, double value) {
  add_event(counter, v1::TrackEvent::TYPE_COUNTER, at, 0).set_double_counter_value(value);
}

void TracePackets::add_flow(std::size_t from, std::size_t to) {
  if (events_[from].at > events_[to].at) return;
  ++flows_;
  events_[from].event.add_flow_ids(flows_);
  events_[to].event.add_terminating_flow_ids(flows_);
}

std::string TracePackets::take() {
  std::stable_sort(events_.begin(), events_.end(), [](const Event& a, const Event& b) {
    return std::pair(a.at, a.order) < std::pair(b.at, b.order);
  });
  std::string text;
  add_clocks(text);
  for (v1::TrackDescriptor& track : tracks_) {
    v1::TracePacket packet;
    packet.set_trusted_packet_sequence_id(1);
    packet.mutable_track_descriptor()->Swap(&track);
    append(packet, text);
  }
  for (Event& event : events_) {
    v1::TracePacket packet;
    packet.set_trusted_packet_sequence_id(1);
    packet.set_timestamp(timestamp(event.at));
    packet.mutable_track_event()->Swap(&event.event);
    append(packet, text);
  }
  tracks_.clear();
  events_.clear();
  return text;
}

std::uint64_t TracePackets::timestamp(des::Time at) const {
  const des::Duration since = at.time_since_epoch() + since_1970_;
  return static_cast<std::uint64_t>(std::max(since, des::Duration::zero()).count());
}

void TracePackets::add_clocks(std::string& text) const {
  constexpr std::uint32_t kRealTime = 1, kBootTime = 6;
  const std::uint64_t first = timestamp(events_.empty() ? des::kStart : events_.front().at);
  v1::TracePacket packet;
  packet.set_trusted_packet_sequence_id(1);
  packet.set_sequence_flags(1);
  packet.set_timestamp(first);
  for (const std::uint32_t id : {kRealTime, kBootTime}) {
    auto* clock = packet.mutable_clock_snapshot()->add_clocks();
    clock->set_clock_id(id);
    clock->set_timestamp(first);
  }
  append(packet, text);
}

void annotate(v1::TrackEvent& event, const char* name, std::string value) {
  auto* annotation = event.add_debug_annotations();
  annotation->set_name(name);
  annotation->set_string_value(std::move(value));
}

void annotate(v1::TrackEvent& event, const char* name, std::int64_t value) {
  auto* annotation = event.add_debug_annotations();
  annotation->set_name(name);
  annotation->set_int_value(value);
}

Lanes::Lanes(TracePackets& trace, std::uint64_t track, std::string name)
    : trace_(trace), name_(std::move(name)), lanes_{{track, des::Time::min()}} {}

std::uint64_t Lanes::lane(des::Time from, des::Time to) {
  for (auto& [track, until] : lanes_)
    if (until <= from) {
      until = to;
      return track;
    }
  const std::uint64_t track = trace_.add_track(
      lanes_.front().first, name_ + " (" + std::to_string(lanes_.size() + 1) + ")");
  lanes_.emplace_back(track, to);
  return track;
}

}  // namespace racked
