#include "model_builder.h"

#include <algorithm>
#include <tuple>

namespace racked {
namespace {

constexpr std::size_t kMostShares = 10'000'000;  // deals × stocks of racks

std::string units_of(const Deal& deal) { return deal.product.valid() ? "chips" : "it_mw"; }

}  // namespace

std::int64_t unit_amount(const Model& model, const Deal& deal, Id<RackStock> stock) {
  const Product& product = model.products[model.rack_stocks[stock].product];
  return product.racks_per_unit *
         (deal.product.valid() ? product.chips_per_rack : product.it_per_rack.count);
}

// Names that others refer to before the rows themselves are read.
void ModelBuilder::declare_triggers() {
  for (const v1::Trigger& trigger : scenario_.trigger())
    triggers_.emplace(trigger.id(), Id<Trigger>(triggers_.size()));
}

void ModelBuilder::read_parties() {
  for (const v1::Party& party : scenario_.party())
    parties_.emplace(party.id(), model_.parties.add({party.id()}));
}

void ModelBuilder::read_deals() {
  for (const v1::Deal& deal : scenario_.deal()) read_deal(deal, child_path("", "deal", deal.id()));
  if (model_.deals.size() * model_.rack_stocks.size() > kMostShares)
    problems_.add("deal", "more than 10 million pairs of a deal, a campus and a product");
  order_commitments();
}

void ModelBuilder::read_deal(const v1::Deal& written, const std::string& path) {
  Deal deal;
  deal.name = written.id();
  deal.tenant = named(parties_, written.tenant());
  deal.provider = named(parties_, written.provider());
  deal.product = named(products_, written.product());
  deal.priority = written.priority();
  deal.early = des::rounded(written.early_days(), des::kDay);
  if (written.has_outside_days()) deal.outside = des::rounded(written.outside_days(), des::kDay);
  deal.on_termination = static_cast<Deal::Termination>(written.on_termination());
  if (written.has_ends()) deal.ends = time(written.ends());
  if (deal.tenant.valid() && deal.tenant == deal.provider)
    problems_.add(child_path(path, "tenant"), "is the provider itself");
  if (written.has_out_of()) {
    deal.out_of = named(deals_, written.out_of());
    if (!deal.out_of.valid())
      problems_.add(child_path(path, "out_of"), "must be a deal written before this one");
    else if (model_.deals[deal.out_of].tenant != deal.provider)
      problems_.add(child_path(path, "out_of"),
                    "gives its capacity to '" +
                        scenario_.deal(static_cast<int>(deal.out_of.index())).tenant() +
                        "', not to the provider of this deal");
  }
  find_stocks(written, path, deal);
  read_rent(written, path, deal);
  read_commitments(written, path, deal);
  deals_.emplace(written.id(), model_.deals.add(std::move(deal)));
}

void ModelBuilder::read_commitments(const v1::Deal& written, const std::string& path, Deal& deal) {
  const std::size_t first = model_.commitments.size();
  for (int i = 0; i < written.commitment_size(); ++i) {
    const v1::Commitment& what = written.commitment(i);
    const std::string at = child_path(path, "commitment", i);
    Commitment commitment;
    commitment.deal = Id<Deal>(model_.deals.size());
    commitment.date = time(what.date());
    commitment.amount = what.has_chips() ? what.chips() : watts_of_megawatts(what.it_mw()).count;
    if (what.has_chips() != deal.product.valid() && (what.has_chips() || what.has_it_mw()))
      problems_.add(at, "give " + units_of(deal) +
                            (deal.product.valid() ? ", the unit of a deal with a product"
                                                  : ", the unit of a deal without a product"));
    if (commitment.date < des::kStart)
      problems_.add(child_path(at, "date"), "lies before the start of the scenario");
    if (i > 0) {
      const Commitment& before = model_.commitments[Id<Commitment>(model_.commitments.size() - 1)];
      if (commitment.date <= before.date)
        problems_.add(child_path(at, "date"), "must be after the commitment before");
      if (commitment.amount <= before.amount)
        problems_.add(at, "must be more than the commitment before; it counts all in all");
    }
    if (commitment.date >= deal.ends)
      problems_.add(child_path(at, "date"), "lies after the end of the deal");
    model_.commitments.add(commitment);
  }
  deal.commitments = {first, model_.commitments.size()};
}

// Stocks of racks with halls, on the campuses that may serve the deal.
void ModelBuilder::find_stocks(const v1::Deal& written, const std::string& path, Deal& deal) {
  std::vector<Id<Campus>> campuses;
  for (int i = 0; i < written.campus_size(); ++i) {
    const Id<Campus> campus = named(campuses_, written.campus(i));
    if (std::find(campuses.begin(), campuses.end(), campus) != campuses.end())
      problems_.add(child_path(path, "campus", i), "is named twice");
    campuses.push_back(campus);
  }
  if (campuses.empty())
    for (std::size_t i = 0; i < model_.campuses.size(); ++i) campuses.emplace_back(i);

  std::vector<std::vector<Id<RackStock>>> on_campus(model_.campuses.size());
  for (std::size_t i = 0; i < model_.rack_stocks.size(); ++i) {
    const RackStock& stock = model_.rack_stocks[Id<RackStock>(i)];
    if (!stock.halls.empty() && (!deal.product.valid() || stock.product == deal.product))
      on_campus[stock.campus.index()].emplace_back(i);
  }
  for (std::size_t i = 0; i < campuses.size(); ++i) {
    if (!campuses[i].valid()) continue;  // reported by the rules
    const auto& here = on_campus[campuses[i].index()];
    if (here.empty() && written.campus_size() > 0)
      problems_.add(child_path(path, "campus", static_cast<int>(i)),
                    "has no hall that could serve the deal");
    for (const Id<RackStock> stock : here) {
      if (deal.out_of.valid()) {
        const auto& from = model_.deals[deal.out_of].stocks;
        if (std::find(from.begin(), from.end(), stock) == from.end()) continue;
      }
      deal.stocks.push_back(stock);
    }
  }
  if (deal.stocks.empty()) problems_.add(path, "no hall could ever serve it");
}

void ModelBuilder::order_commitments() {
  model_.assignment = static_cast<Assignment>(scenario_.assignment());
  const auto depth = [this](Id<Deal> deal) {
    std::size_t above = 0;
    while ((deal = model_.deals[deal].out_of).valid()) ++above;
    return above;
  };
  const auto key = [&](Id<Commitment> id) {
    const Commitment& commitment = model_.commitments[id];
    const bool by_date = model_.assignment == Assignment::earliest_commitment;
    return std::tuple(depth(commitment.deal), by_date ? commitment.date : des::kStart,
                      -model_.deals[commitment.deal].priority, commitment.deal, commitment.date);
  };
  for (std::size_t i = 0; i < model_.commitments.size(); ++i) model_.serving.emplace_back(i);
  std::sort(model_.serving.begin(), model_.serving.end(),
            [&](Id<Commitment> a, Id<Commitment> b) { return key(a) < key(b); });
}

void ModelBuilder::read_triggers() {
  for (const v1::Trigger& written : scenario_.trigger())
    read_trigger(written, child_path("", "trigger", written.id()));
  if (model_.triggers.size() != triggers_.size()) return;  // ids taken twice: reported by the rules
  for (std::size_t i = 0; i < model_.orders.size(); ++i)
    if (const Id<Trigger> when = model_.orders[Id<Order>(i)].when; when.valid())
      model_.triggers[when].orders.emplace_back(i);
  for (std::size_t i = 0; i < model_.tasks.size(); ++i)
    for (const Id<Trigger> when : model_.tasks[Id<Task>(i)].when)
      if (when.valid()) model_.triggers[when].tasks.emplace_back(i);
  for (std::size_t i = 0; i < model_.risk_events.size(); ++i)
    if (const Id<Trigger> when = model_.risk_events[Id<RiskEvent>(i)].when; when.valid())
      model_.triggers[when].events.emplace_back(i);

  if (scenario_.scheme() != v1::SERIAL) return;
  for (std::size_t i = 0; i < model_.triggers.size(); ++i) {
    const Trigger& trigger = model_.triggers[Id<Trigger>(i)];
    if (!trigger.orders.empty() || !trigger.tasks.empty())
      problems_.add("scheme", "a plan made beforehand cannot know when '" + trigger.name +
                                  "' will fire; take PARALLEL");
  }
}

void ModelBuilder::read_trigger(const v1::Trigger& written, const std::string& path) {
  using Kind = Trigger::Kind;
  Trigger trigger;
  trigger.name = written.id();
  trigger.deal = named(deals_, written.deal());
  trigger.campus = named(campuses_, written.campus());
  trigger.ahead = des::rounded(written.ahead_days(), des::kDay);
  if (written.has_backlog_chips()) {
    trigger.level = written.backlog_chips();
  } else if (written.has_backlog_it_mw()) {
    trigger.kind = Kind::backlog_power;
    trigger.level = watts_of_megawatts(written.backlog_it_mw()).count;
  } else if (written.has_usable_chips()) {
    trigger.kind = Kind::usable_chips;
    trigger.level = written.usable_chips();
  } else if (written.has_usable_facility_mw()) {
    trigger.kind = Kind::usable_power;
    trigger.level = watts_of_megawatts(written.usable_facility_mw()).count;
  } else {
    trigger.kind = Kind::milestone;
    for (int i = 0; i < scenario_.milestone_size(); ++i)
      if (scenario_.milestone(i).id() == written.milestone())
        trigger.milestone = Id<Milestone>(static_cast<std::size_t>(i));
    if (!trigger.milestone.valid()) trigger.kind = Kind::usable_chips;  // reported by the rules
  }
  check_trigger(written, trigger, path);
  model_.triggers.add(std::move(trigger));
}

void ModelBuilder::check_trigger(const v1::Trigger& written, const Trigger& trigger,
                                 const std::string& path) {
  using Kind = Trigger::Kind;
  const bool backlog = trigger.kind == Kind::backlog_chips || trigger.kind == Kind::backlog_power;
  const bool usable = trigger.kind == Kind::usable_chips || trigger.kind == Kind::usable_power;
  if (written.has_deal() && !backlog)
    problems_.add(child_path(path, "deal"), "is for a backlog only");
  if (written.has_ahead_days() && !backlog)
    problems_.add(child_path(path, "ahead_days"), "is for a backlog only");
  if (written.has_campus() && !usable)
    problems_.add(child_path(path, "campus"), "is for usable capacity only");
  if (backlog && model_.deals.empty()) problems_.add(path, "there are no deals to be behind with");
  if (trigger.kind == Kind::backlog_chips && trigger.deal.valid() &&
      !model_.deals[trigger.deal].product.valid())
    problems_.add(child_path(path, "backlog_chips"),
                  "'" + written.deal() + "' is counted in MW; give backlog_it_mw");
  if (!usable) return;
  std::int64_t chips = 0, power = 0;
  for (const Hall& hall : model_.halls) {
    if (trigger.campus.valid() && hall.campus != trigger.campus) continue;
    if (hall.product.valid())
      chips += hall.positions * model_.products[hall.product].chips_per_rack;
    power += hall.positions * hall.rack_power.count;
  }
  if (trigger.kind == Kind::usable_chips ? trigger.level > chips : trigger.level > power)
    problems_.add(path, "can never fire: the halls hold less");
}

}  // namespace racked
