#include "results_message.h"

#include "results_merge.h"
#include "wire.h"

#include <racked/ledger.h>
#include <racked/v1/results.pb.h>

#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace racked {
namespace {

// Writing.

void put_money(const Results& results, v1::Results& message) {
  for (const Results::DealTerms& deal : results.deals) {
    v1::Results::Deal& to = *message.add_deal();
    to.set_name(deal.name);
    to.set_tenant(deal.tenant);
    to.set_provider(deal.provider);
    to.set_in_chips(deal.in_chips);
    to.set_rack_watts(deal.rack_watts);
    to.set_rack_chips(deal.rack_chips);
    for (const auto& [date, amount] : deal.commitments) {
      to.add_date(iso_date(date));
      to.add_amount(amount);
    }
    if (deal.ends) to.set_ends(iso_date(*deal.ends));
  }
  for (const std::string& party : results.parties) message.add_party(party);
  for (const CashAccount& account : results.cash_accounts) {
    v1::Results::Account& to = *message.add_account();
    if (account.campus.valid()) to.set_campus(account.campus.index());
    to.set_party(account.party.index());
    to.set_kind(std::string(name(account.kind)));
  }
}

void put_frame(const Results& results, v1::Results& message) {
  message.set_racked(results.version);
  message.set_scenario(results.scenario);
  message.set_title(results.title);
  message.set_scenario_hash(results.scenario_hash);
  message.set_seed(results.seed);
  message.set_resolved(results.resolved);
  message.set_start(iso_date(results.start));
  message.set_horizon(iso_date(results.horizon));
  message.set_rows(results.rows());
  for (const Results::Question& question : results.milestones) {
    v1::Results::Question& to = *message.add_milestone();
    to.set_name(question.name);
    to.set_title(question.title);
    for (const Date day : question.by) to.add_by(iso_date(day));
    to.set_by_given(question.by_given);
  }
  for (const std::string& campus : results.campuses) message.add_campus(campus);
  for (const Results::Place& building : results.buildings) {
    v1::Results::Place& to = *message.add_building();
    to.set_name(building.name);
    to.set_campus(building.campus);
    to.set_chips(building.chips);
    to.set_facility_watts(building.facility_watts);
    to.set_planned(iso_date(building.planned));
  }
  for (const Date date : results.report_dates) message.add_report_date(iso_date(date));
  for (const Observation& point : results.observations) {
    v1::Results::Point& to = *message.add_observation();
    to.set_series(point.series);
    if (point.campus.valid()) to.set_campus(point.campus.index());
    to.set_date(iso_date(point.date));
    to.set_value(point.value);
    to.set_low(point.low);
    to.set_high(point.high);
    to.set_announced(point.announced);
    to.set_source(point.source);
  }
  put_money(results, message);
  for (std::size_t i = 0; i < kCharges; ++i)
    message.add_charge(std::string(name(static_cast<Charge>(i))));
  for (std::size_t i = 0; i < kSeries; ++i)
    message.add_series(std::string(name(static_cast<Series>(i))));
  for (std::size_t i = 0; i < kStages; ++i)
    message.add_stage(std::string(name(static_cast<Stage>(i))));
}

void put_sums(const Results& results, v1::Results& message) {
  for (const Results::Failure& failure : results.failures) {
    v1::Results::Failure& to = *message.add_failure();
    to.set_replication(failure.replication);
    to.set_message(failure.message);
  }
  for (const Results::CauseSum& cause : results.causes) {
    v1::Results::Cause& to = *message.add_cause();
    to.set_milestone(cause.milestone);
    to.set_kind(std::string(name(cause.kind)));
    to.set_index(cause.index);
    to.set_name(cause.name);
    to.set_replications(cause.replications);
    to.set_seconds(cause.seconds);
  }
  for (const Results::WaitSum& wait : results.waits) {
    v1::Results::Wait& to = *message.add_wait();
    to.set_hall(wait.hall);
    to.set_waiter(wait.waiter);
    to.set_for_kind(wait.for_kind);
    to.set_for_name(wait.for_name);
    to.set_replications(wait.replications);
    to.set_positions(wait.positions);
  }
}

void put_row(const Results& results, std::size_t row, v1::Results& message,
             std::vector<std::int64_t>& samples) {
  v1::Results::Row& to = *message.add_row();
  to.set_replication(results.replications[row]);
  to.set_events(results.events[row]);
  const std::size_t milestones = results.milestones.size();
  for (std::size_t i = row * milestones; i < (row + 1) * milestones; ++i)
    to.add_reached(results.reached[i].time_since_epoch().count());
  const std::size_t charges = results.campuses.size() * kCharges;
  for (std::size_t i = row * charges; i < (row + 1) * charges; ++i) {
    to.add_charge_low(static_cast<std::uint64_t>(results.charges[i]));
    to.add_charge_high(static_cast<std::uint64_t>(results.charges[i] >> 64));
  }
  const std::size_t stages = results.buildings.size() * kStages;
  for (std::size_t i = row * stages; i < (row + 1) * stages; ++i) to.add_stage(results.stages[i]);
  if (results.ledger.rows() > 0) {
    results.ledger.read_row(row, samples);
    to.mutable_ledger()->Add(samples.begin(), samples.end());
  }
  if (results.sketch) return;
  results.samples.read_row(row, samples);
  to.mutable_sample()->Add(samples.begin(), samples.end());
}

void put_sketch(const Results& results, v1::Results& message) {
  if (!results.sketch) return;
  for (std::size_t i = 0; i < results.sketch->columns(); ++i) {
    const Sketch::Column& column = results.sketch->column(i);
    v1::Results::SketchColumn& to = *message.add_sketch();
    for (const Sketch::Count& count : column.counts) {
      to.add_bucket(count.bucket);
      to.add_rows(count.rows);
    }
    to.set_sum_low(static_cast<std::uint64_t>(column.sum));
    to.set_sum_high(static_cast<std::uint64_t>(column.sum >> 64));
  }
}

// Reading.

void require(bool condition, const char* what) {
  if (!condition) throw std::invalid_argument(what);
}

void get_frame(const v1::Results& message, Results& results) {
  results.version = message.racked();
  results.scenario = message.scenario();
  results.title = message.title();
  results.scenario_hash = message.scenario_hash();
  results.seed = message.seed();
  results.resolved = message.resolved();
  results.start = parse_date(message.start());
  results.horizon = parse_date(message.horizon());
  for (const v1::Results::Question& from : message.milestone()) {
    Results::Question& question = results.milestones.emplace_back();
    question.name = from.name();
    question.title = from.title();
    for (const std::string& day : from.by()) question.by.push_back(parse_date(day));
    question.by_given = from.by_given();
  }
  results.campuses.assign(message.campus().begin(), message.campus().end());
  for (const v1::Results::Place& from : message.building()) {
    require(from.campus() < results.campuses.size(), "a campus is missing");
    results.buildings.push_back({from.name(), from.campus(), from.chips(), from.facility_watts(),
                                 parse_date(from.planned())});
  }
  for (const std::string& date : message.report_date())
    results.report_dates.push_back(parse_date(date));
  for (const v1::Results::Point& from : message.observation()) {
    Observation& point = results.observations.emplace_back();
    require(!from.has_campus() || from.campus() < results.campuses.size(), "a campus is missing");
    point.series = from.series();
    if (from.has_campus()) point.campus = Id<Campus>(from.campus());
    point.date = parse_date(from.date());
    point.value = from.value();
    point.low = from.low();
    point.high = from.high();
    point.announced = from.announced();
    point.source = from.source();
  }
}

PaymentKind payment_kind_of(const std::string& text) {
  for (std::size_t i = 0; i < kPaymentKinds; ++i)
    if (name(static_cast<PaymentKind>(i)) == text) return static_cast<PaymentKind>(i);
  throw std::invalid_argument("it has payments of an unknown kind");
}

void get_money(const v1::Results& message, Results& results) {
  for (const v1::Results::Deal& from : message.deal()) {
    require(from.date_size() == from.amount_size(), "a commitment is not complete");
    Results::DealTerms& deal = results.deals.emplace_back();
    deal = {from.name(),
            from.tenant(),
            from.provider(),
            from.in_chips(),
            from.rack_watts(),
            from.rack_chips(),
            {},
            {}};
    if (from.has_ends()) deal.ends = parse_date(from.ends());
    for (int i = 0; i < from.date_size(); ++i)
      deal.commitments.emplace_back(parse_date(from.date(i)), from.amount(i));
  }
  results.parties.assign(message.party().begin(), message.party().end());
  for (const v1::Results::Account& from : message.account()) {
    require(from.party() < results.parties.size() &&
                (!from.has_campus() || from.campus() < results.campuses.size()),
            "a party or campus is missing");
    results.cash_accounts.push_back({from.has_campus() ? Id<Campus>(from.campus()) : Id<Campus>(),
                                     Id<Party>(from.party()), payment_kind_of(from.kind())});
  }
}

void require_columns(const v1::Results& message) {
  require(message.charge_size() == static_cast<int>(kCharges), "it has other charges");
  for (int i = 0; i < message.charge_size(); ++i)
    require(message.charge(i) == name(static_cast<Charge>(i)), "it has other charges");
  require(message.series_size() == static_cast<int>(kSeries), "it has other series");
  for (int i = 0; i < message.series_size(); ++i)
    require(message.series(i) == name(static_cast<Series>(i)), "it has other series");
  require(message.stage_size() == static_cast<int>(kStages), "it has other stages");
  for (int i = 0; i < message.stage_size(); ++i)
    require(message.stage(i) == name(static_cast<Stage>(i)), "it has other stages");
}

ElementKind kind_of(const std::string& text) {
  for (std::size_t i = 0; i < kElementKinds; ++i)
    if (name(static_cast<ElementKind>(i)) == text) return static_cast<ElementKind>(i);
  throw std::invalid_argument("it has causes of an unknown kind");
}

void get_sums(const v1::Results& message, Results& results) {
  for (const v1::Results::Failure& from : message.failure())
    results.failures.push_back({from.replication(), from.message()});
  for (const v1::Results::Cause& from : message.cause()) {
    require(from.milestone() < results.milestones.size(), "a milestone is missing");
    results.causes.push_back({from.milestone(), kind_of(from.kind()), from.index(), from.name(),
                              from.replications(), from.seconds()});
  }
  for (const v1::Results::Wait& from : message.wait())
    results.waits.push_back({from.hall(), from.waiter(), from.for_kind(), from.for_name(),
                             from.replications(), from.positions()});
}

ChipTime whole_of(std::uint64_t low, std::uint64_t high) {
  return static_cast<ChipTime>(static_cast<std::int64_t>(high)) << 64 | static_cast<ChipTime>(low);
}

void get_sketch(const v1::Results& message, Results& results) {
  if (message.sketch_size() == 0) return;
  begin_sketch(results);
  require(results.sketch->columns() == static_cast<std::size_t>(message.sketch_size()),
          "its sketch is not complete");
  for (std::size_t i = 0; i < results.sketch->columns(); ++i) {
    const v1::Results::SketchColumn& from = message.sketch(static_cast<int>(i));
    require(from.bucket_size() == from.rows_size(), "its sketch is damaged");
    Sketch::Column column;
    column.sum = whole_of(from.sum_low(), from.sum_high());
    std::uint64_t rows = 0;
    for (int k = 0; k < from.bucket_size(); ++k) {
      column.counts.push_back({from.bucket(k), from.rows(k)});
      rows += from.rows(k);
    }
    require(rows == message.rows(), "its sketch is damaged");
    results.sketch->set_column(i, std::move(column));
  }
}

void get_row(const v1::Results::Row& from, std::size_t ledger_width, Results& results) {
  const std::size_t charges = results.campuses.size() * kCharges;
  const auto all = [](const auto& values, std::size_t count) {
    require(static_cast<std::size_t>(values.size()) == count, "a row is not complete");
  };
  all(from.reached(), results.milestones.size());
  all(from.charge_low(), charges);
  all(from.charge_high(), charges);
  const std::size_t samples = results.report_dates.size() * results.campuses.size() * kSeries;
  all(from.sample(), results.sketch ? 0 : samples);
  all(from.stage(), results.buildings.size() * kStages);
  require(results.replications.empty() || results.replications.back() < from.replication(),
          "its rows are not in order");
  results.replications.push_back(from.replication());
  results.events.push_back(from.events());
  for (const std::int64_t time : from.reached())
    results.reached.push_back(des::Time(des::Duration(time)));
  for (int i = 0; i < from.charge_low_size(); ++i)
    results.charges.push_back(whole_of(from.charge_low(i), from.charge_high(i)));
  if (!results.sketch)
    results.samples.append({from.sample().data(), static_cast<std::size_t>(from.sample_size())});
  results.stages.insert(results.stages.end(), from.stage().begin(), from.stage().end());
  all(from.ledger(), ledger_width);
  if (ledger_width > 0)
    results.ledger.append({from.ledger().data(), static_cast<std::size_t>(from.ledger_size())});
}

// Rows are read one by one, all else together and before them. `frame` gets it.
template <class Frame>
void read_fields(std::string_view bytes, Results& results, Frame frame) {
  constexpr auto kRow = static_cast<std::uint32_t>(v1::Results::kRowFieldNumber);
  std::string others;
  for (std::string_view rest = bytes; !rest.empty();) {
    const std::optional<wire::Field> field = wire::next_field(rest);
    require(field.has_value(), "it is not complete, or something else");
    if (field->number != kRow) others += field->all;
  }
  v1::Results message;
  require(message.ParseFromString(others) && message.has_racked(),
          "it is not complete, or something else");
  frame(message);
  get_sums(message, results);
  get_sketch(message, results);
  const std::size_t ledger = ledger_width(results);
  v1::Results::Row row;
  while (!bytes.empty()) {
    const wire::Field field = *wire::next_field(bytes);
    if (field.number != kRow) continue;
    require(row.ParseFromArray(field.content.data(), static_cast<int>(field.content.size())),
            "a row is damaged");
    get_row(row, ledger, results);
  }
  require(message.has_rows() && results.rows() == message.rows(), "rows are missing");
}

}  // namespace

void write_message(const Results& results, const std::function<void(std::string_view)>& sink) {
  v1::Results message;
  put_frame(results, message);
  put_sums(results, message);
  put_sketch(results, message);
  std::string bytes;
  message.AppendToString(&bytes);
  std::vector<std::int64_t> samples;
  for (std::size_t row = 0; row < results.rows(); ++row) {
    message.Clear();
    put_row(results, row, message, samples);
    message.AppendToString(&bytes);
    if (bytes.size() < std::size_t{1} << 16) continue;
    sink(bytes);
    bytes.clear();
  }
  sink(bytes);
}

Results read_message(std::string_view bytes) {
  Results results;
  read_fields(bytes, results, [&](const v1::Results& message) {
    require_columns(message);
    get_frame(message, results);
    get_money(message, results);
  });
  return results;
}

std::string write_block(const Results& results, bool audited) {
  v1::Results message;
  message.set_racked(results.version);
  message.set_scenario(results.scenario);
  message.set_scenario_hash(results.scenario_hash);
  message.set_seed(results.seed);
  message.set_rows(results.rows());
  message.set_audited(audited);
  put_sums(results, message);
  std::vector<std::int64_t> samples;
  for (std::size_t row = 0; row < results.rows(); ++row) put_row(results, row, message, samples);
  return message.SerializeAsString();
}

BlockMessage read_block(std::string_view bytes, const Results& frame) {
  BlockMessage block{frame, false};
  Results& results = block.results;
  read_fields(bytes, results, [&](const v1::Results& message) {
    results.version = message.racked();
    results.scenario = message.scenario();
    results.scenario_hash = message.scenario_hash();
    results.seed = message.seed();
    block.audited = message.audited();
  });
  return block;
}

}  // namespace racked
