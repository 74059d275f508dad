// One replication as a timeline to look at. The trace is decoded here without the schema that wrote
// it, by the field numbers that Perfetto publishes.
#include <racked/trace.h>

#include "deal_scenario.h"

#include <places.h>

#include <gmock/gmock.h>
#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <sstream>
#include <vector>

namespace racked::testing {
namespace {

using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;
using ::testing::HasSubstr;

// b waits for a, 20 days, and for a switch ordered on day 0 that takes 60; then it takes 10.
const std::string kPlan =
    "crew { id: 'w' headcount: 4 } equipment { id: 'switch' lead_time_days { fixed: 60 } } "
    "product { id: 'r' chips_per_rack: 8 kw_per_rack: 100 install { hours { fixed: 24 } crew: 'w' "
    "count: 2 } burn_in { hours { fixed: 48 } } } "
    "building_design { id: 'd' feeder { id: 'f' capacity_mw: 1 energised { date: '2025-01-06' } } "
    "hall { id: 'h' product: 'r' racks: 2 feeder: 'f' } } " +
    campus(
        "pue: 1 building { id: 'd1' design: 'd' } "
        "delivery { id: 'x' product: 'r' lot { date: '2025-01-16' racks: 2 } } "
        "order { id: 'o' equipment: 'switch' placed: '2025-01-06' } "
        "task { id: 'a' elapsed_days { fixed: 20 } } "
        "task { id: 'b' after { task: 'a' } elapsed_days { fixed: 10 } need { equipment: 'switch' "
        "} "
        "need { crew: 'w' count: 3 } }") +
    "milestone { id: 'm' task: 'c.b' } ";

/// One field of a message of any kind.
const UnknownField* field(const UnknownFieldSet& message, int number) {
  for (int i = 0; i < message.field_count(); ++i)
    if (message.field(i).number() == number) return &message.field(i);
  return nullptr;
}
void read(const UnknownField& field, UnknownFieldSet& message) {
  EXPECT_EQ(field.type(), UnknownField::TYPE_LENGTH_DELIMITED);
  EXPECT_TRUE(message.ParseFromString(field.length_delimited()));
}
std::string text(const UnknownFieldSet& message, int number) {
  const UnknownField* found = field(message, number);
  return found == nullptr ? "" : found->length_delimited();
}
std::uint64_t number(const UnknownFieldSet& message, int number) {
  const UnknownField* found = field(message, number);
  return found == nullptr ? 0 : found->varint();
}

/// What a viewer makes of a trace.
struct Shown {
  struct Slice {
    std::string track;  ///< "c / works / c.b".
    std::string name;
    double from = 0, to = 0;  ///< Days since 2025-01-06.
    std::size_t depth = 0;
    std::vector<std::uint64_t> begins, ends;  ///< Flows.
  };
  std::vector<Slice> slices;  ///< Instants are slices without length.
  std::map<std::string, std::vector<std::pair<double, double>>> counters;

  const Slice* find(const std::string& name) const {
    for (const Slice& slice : slices)
      if (slice.name == name) return &slice;
    return nullptr;
  }
};

// 2025-01-06 is 20,094 days after 1970-01-01: 55 years of 365 days, 14 leap days, 5 days.
double days_of(std::uint64_t timestamp) {
  return static_cast<double>(timestamp) / 86'400e9 - (55 * 365 + 14 + 5);
}

Shown decoded(const std::string& trace) {
  Shown shown;
  UnknownFieldSet all;
  EXPECT_TRUE(all.ParseFromString(trace));
  std::map<std::uint64_t, std::string> tracks;
  std::map<std::uint64_t, std::vector<std::size_t>> open;
  std::uint64_t before = 0;
  for (int i = 0; i < all.field_count(); ++i) {
    EXPECT_EQ(all.field(i).number(), 1);  // Trace.packet
    UnknownFieldSet packet;
    read(all.field(i), packet);
    EXPECT_EQ(number(packet, 10), 1u);  // trusted_packet_sequence_id
    const std::uint64_t timestamp = number(packet, 8);
    if (i == 0) {
      EXPECT_EQ(number(packet, 13), 1u);  // SEQ_INCREMENTAL_STATE_CLEARED
      EXPECT_NE(field(packet, 6), nullptr);
    }
    if (const UnknownField* found = field(packet, 60)) {  // track_descriptor
      UnknownFieldSet track;
      read(*found, track);
      const std::uint64_t parent = number(track, 5);
      EXPECT_TRUE(parent == 0 || tracks.count(parent) == 1) << "a track before its parent";
      tracks[number(track, 1)] = (parent != 0 ? tracks[parent] + " / " : "") + text(track, 2);
    }
    const UnknownField* found = field(packet, 11);  // track_event
    if (found == nullptr) continue;
    EXPECT_GE(timestamp, before) << "packets are in order of time";
    before = timestamp;
    UnknownFieldSet event;
    read(*found, event);
    const std::uint64_t track = number(event, 11);
    EXPECT_EQ(tracks.count(track), 1u);
    const auto type = number(event, 9);
    if (type == 4) {  // TYPE_COUNTER
      const UnknownField* value = field(event, 44);
      if (value == nullptr) continue;
      double amount = 0;
      const std::uint64_t bits = value->fixed64();
      std::memcpy(&amount, &bits, sizeof amount);
      shown.counters[tracks[track]].emplace_back(days_of(timestamp), amount);
    } else if (type == 2) {  // TYPE_SLICE_END
      EXPECT_FALSE(open[track].empty()) << "an end without a begin on " << tracks[track];
      if (open[track].empty()) continue;
      shown.slices[open[track].back()].to = days_of(timestamp);
      open[track].pop_back();
    } else {
      Shown::Slice slice{tracks[track],
                         text(event, 23),
                         days_of(timestamp),
                         days_of(timestamp),
                         open[track].size(),
                         {},
                         {}};
      for (int j = 0; j < event.field_count(); ++j) {
        if (event.field(j).number() == 47) slice.begins.push_back(event.field(j).fixed64());
        if (event.field(j).number() == 48) slice.ends.push_back(event.field(j).fixed64());
      }
      if (type == 1) open[track].push_back(shown.slices.size());  // TYPE_SLICE_BEGIN
      shown.slices.push_back(slice);
    }
  }
  for (const auto& [track, left] : open) EXPECT_TRUE(left.empty()) << "open on " << tracks[track];
  return shown;
}

Shown shown_of(const Model& model, std::uint64_t replication = 0) {
  return decoded(perfetto_trace(model, simulate(model, 1, replication)));
}

TEST(Trace, ARunThatWaitedHoldsTheWaitAndTheWork) {
  const Shown shown = shown_of(with_daily_reports(model_of(kPlan)));
  const auto* whole = shown.find("c.b");
  ASSERT_NE(whole, nullptr);
  EXPECT_EQ(whole->track, "c / works / c.b");
  EXPECT_EQ(whole->depth, 0u);
  EXPECT_NEAR(whole->from, 20, 1e-6);
  EXPECT_NEAR(whole->to, 70, 1e-6);
  const auto* wait = shown.find("waits for c.o");
  ASSERT_NE(wait, nullptr);
  EXPECT_EQ(wait->depth, 1u);
  EXPECT_NEAR(wait->from, 20, 1e-6);
  EXPECT_NEAR(wait->to, 60, 1e-6);
  const auto* work = shown.find("works");
  ASSERT_NE(work, nullptr);
  EXPECT_EQ(work->track, whole->track);
  EXPECT_EQ(work->depth, 1u);
  EXPECT_NEAR(work->from, 60, 1e-6);
  EXPECT_NEAR(work->to, 70, 1e-6);
}

TEST(Trace, FlowsLeadFromCausesToStarts) {
  const Shown shown = shown_of(with_daily_reports(model_of(kPlan)));
  const auto *order = shown.find("c.o lot 1"), *work = shown.find("works");
  const auto *milestone = shown.find("m"), *lot = shown.find("c.x lot 1");
  const auto* install = shown.find("install 2 racks of lot 1");
  const auto* burn_in = shown.find("burn_in 2 racks of lot 1");
  for (const auto* slice : {order, work, milestone, lot, install, burn_in})
    ASSERT_NE(slice, nullptr);
  // Order → b → milestone, and lot → install → burn-in; ids are used once.
  ASSERT_EQ(order->begins.size(), 1u);
  EXPECT_EQ(work->ends, order->begins);
  EXPECT_EQ(milestone->ends, work->begins);
  EXPECT_EQ(install->ends, lot->begins);
  EXPECT_EQ(burn_in->ends, install->begins);
  EXPECT_NE(order->begins, work->begins);
  EXPECT_EQ(milestone->track, "milestones");
  EXPECT_NEAR(order->from, 0, 1e-6);
  EXPECT_NEAR(order->to, 60, 1e-6);
}

TEST(Trace, HallsAndCrewsHaveTracksAndCounters) {
  const Shown shown = shown_of(with_daily_reports(model_of(kPlan)));
  // Racks come on day 10, are installed until day 11 and burnt in until day 13.
  const auto* burn_in = shown.find("burn_in 2 racks of lot 1");
  ASSERT_NE(burn_in, nullptr);
  EXPECT_EQ(burn_in->track, "c / c.d1 / c.d1.h / burn_in");
  EXPECT_NEAR(burn_in->from, 11, 1e-6);
  EXPECT_NEAR(burn_in->to, 13, 1e-6);
  using Points = std::vector<std::pair<double, double>>;
  EXPECT_EQ(shown.counters.at("c / usable_chips"), (Points{{0, 0}, {13, 16}}));
  EXPECT_EQ(shown.counters.at("c / racks_on_site"), (Points{{10, 2}}));
  const Points& power = shown.counters.at("c / usable_facility_mw");
  ASSERT_EQ(power.size(), 2u);
  EXPECT_NEAR(power[1].second, 0.2, 1e-9);
  // Two racks by two workers each, then b by three.
  EXPECT_EQ(shown.counters.at("crews / w / busy"), (Points{{10, 4}, {11, 0}, {60, 3}, {70, 0}}));
}

// Two racks at 10 k$ come on day 10, two more on day 30; the cloud buys them. Those who have
// nothing to do with money have no counter.
TEST(Trace, CashIsCountedByParty) {
  const Model model = model_of(
      racks_on("c", 4, "lot { date: '2025-01-16' racks: 2 } lot { date: '2025-02-05' racks: 2 } ",
               "price_usd { fixed: 10000 } vendor: 'vendor'", "rack_owner: 'cloud'") +
      parties());
  const Shown shown = shown_of(model);
  using Points = std::vector<std::pair<double, double>>;
  EXPECT_EQ(shown.counters.at("cash / cloud"), (Points{{10, -20'000}, {30, -40'000}}));
  EXPECT_EQ(shown.counters.at("cash / vendor"), (Points{{10, 20'000}, {30, 40'000}}));
  EXPECT_EQ(shown.counters.count("cash / lab"), 0u);
  for (const auto& [track, points] : shown_of(model_of(kPlan)).counters)
    EXPECT_NE(track.substr(0, 4), "cash");
}

TEST(Trace, SlicesNestAndFlowsHaveTwoEndsInARealScenario) {
  const Model model = with_daily_reports(make_model(
      read_scenario(std::string(RACKED_SOURCE_DIR) + "/docs/scenarios/two_halls.textproto")));
  for (std::uint64_t replication = 0; replication < 5; ++replication) {
    const Shown shown = shown_of(model, replication);
    std::map<std::uint64_t, std::pair<int, int>> flows;
    std::map<std::uint64_t, double> from;
    for (const auto& slice : shown.slices) {
      EXPECT_GE(slice.to, slice.from);
      for (const std::uint64_t id : slice.begins) {
        ++flows[id].first;
        from[id] = slice.from;
      }
    }
    for (const auto& slice : shown.slices)
      for (const std::uint64_t id : slice.ends) {
        ++flows[id].second;
        EXPECT_LE(from[id], slice.from) << "an arrow back in time to " << slice.name;
      }
    EXPECT_GT(flows.size(), 5u);
    for (const auto& [id, ends] : flows) EXPECT_EQ(ends, std::pair(1, 1));
  }
}

TEST(Trace, IsTheSameForTheSameTimeline) {
  const Model model = model_of(kPlan);
  EXPECT_EQ(perfetto_trace(model, simulate(model, 1, 0)),
            perfetto_trace(model, simulate(model, 1, 0)));
}

TEST(Trace, DailyReportsChangeNothingElse) {
  const Model model = model_of(kPlan);
  const Model daily = with_daily_reports(model);
  EXPECT_EQ(daily.report_dates.size(), 365u);
  EXPECT_EQ(gantt_csv(model, simulate(model, 1, 0)), gantt_csv(daily, simulate(daily, 1, 0)));
}

TEST(Trace, TheGanttIsATable) {
  const Model model = model_of(kPlan);
  const std::string csv = gantt_csv(model, simulate(model, 1, 0));
  std::istringstream lines(csv);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(
      line,
      "scenario_hash,seed,replication,kind,campus,building,name,step,number,count,ready,start,"
      "finish,waited_days,days,cause_kind,cause");
  for (const char* row :
       {",task,c,,c.b,,0,1,2025-01-26T00:00:00,2025-03-07T00:00:00,2025-03-17T00:00:00,40,10,goods,"
        "c.o\n",
        ",order,c,,c.o,,0,1,2025-01-06T00:00:00,2025-01-06T00:00:00,2025-03-07T00:00:00,0,60,",
        ",racks,c,c.d1,c.d1.h,burn_in,0,2,2025-01-17T00:00:00,2025-01-17T00:00:00,"
        "2025-01-19T00:00:00,0,2,rack,c.d1.h\n"})
    EXPECT_THAT(csv, HasSubstr(row));
}

}  // namespace
}  // namespace racked::testing
