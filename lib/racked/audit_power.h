#pragma once

#include "audit_records.h"

#include <map>

/// What elements could carry and halls could claim at any time, by the records alone.
namespace racked::audit_rules {

using Spans = std::vector<std::pair<des::Time, des::Time>>;

/// One hall's times without power.
struct HallPower {
  Spans dead;       ///< No way up to a source is energised.
  Spans exhausted;  ///< No power for one more rack.
};

/// Per hall.
std::vector<HallPower> power_of_halls(const Model& model, const Timeline& timeline);

/// A part of the supply where power can come several ways, at one time. Cases: 0 as it is, then
/// each member of a redundant element lost, then, if there are any, catchers idle.
class GridAt {
 public:
  GridAt(const Model& model, Id<PowerGrid> grid);

  void change(const Energisation& record);
  void claim(Id<Hall> hall, std::int64_t power) { claims_[hall] += power; }

  std::size_t cases() const { return 1 + members_.size() + (catchers_ ? 1 : 0); }
  /// Whether power flows to an element.
  bool flows(Id<Feeder> feeder) const;
  /// How much of all claims, and of `more` at a hall, can be brought at once in a case.
  std::int64_t brought(std::size_t number, Id<Hall> more_at = {}, std::int64_t more = 0) const;
  std::int64_t claimed() const;

 private:
  std::int64_t limit(std::size_t number, const Feeder& feeder, Id<Feeder> member) const;

  const Model& model_;
  std::vector<Id<Feeder>> elements_, members_;
  bool catchers_ = false;
  std::map<Id<Feeder>, Energisation> last_;
  std::map<Id<Hall>, std::int64_t> claims_;
};

/// What happens in a grid, in order of time: changes of elements before claims.
struct GridStory {
  struct Claim {
    des::Time at;
    Id<Hall> hall;
    bool fact;
  };
  std::vector<Energisation> changes;
  std::vector<Claim> claims;
  std::vector<des::Time> instants;  ///< At which anything happens.
};
GridStory story_of(const Model& model, const Timeline& timeline, Id<PowerGrid> grid);

}  // namespace racked::audit_rules
