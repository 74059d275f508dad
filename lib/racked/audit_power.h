#pragma once

#include "audit_records.h"

#include <map>

/// What elements could carry and halls could claim at any time, by the records alone.
namespace racked::audit_rules {

/// One hall's times without power.
struct HallPower {
  Spans dead;       ///< No way up to a source is energised.
  Spans exhausted;  ///< No power for one more rack, or racks are dark.
};

/// Per hall.
std::vector<HallPower> power_of_halls(const Model& model, const Timeline& timeline);

/// A part of the supply where power can come several ways, at one time. Cases: 0 as it is, then
/// each member of a redundant element lost, then, if there are any, catchers idle.
class GridAt {
 public:
  GridAt(const Model& model, Id<PowerGrid> grid);

  /// Whether it carries less than before.
  bool change(const Energisation& record);
  void claim(Id<Hall> hall, std::int64_t power) { claims_[hall] += power; }

  std::size_t cases() const { return 1 + members_.size() + (catchers_ ? 1 : 0); }
  /// Whether power flows to an element.
  bool flows(Id<Feeder> feeder) const;
  using Claims = std::map<Id<Hall>, std::int64_t>;
  const Claims& claims() const { return claims_; }
  /// How much of claims can be brought at once in a case.
  std::int64_t brought(std::size_t number, const Claims& claims) const;
  /// Whether a claim could be brought on top of all others.
  bool fits(std::size_t number, Id<Hall> hall, std::int64_t power) const;
  /// What could come to feeders of halls and members of redundant elements as it is, without end.
  std::int64_t reachable() const;

 private:
  std::int64_t flow(std::size_t number, const Claims& claims, bool to_all) const;
  std::int64_t limit(std::size_t number, const Feeder& feeder, Id<Feeder> member) const;

  const Model& model_;
  std::vector<Id<Feeder>> elements_, members_;
  bool catchers_ = false;
  std::map<Id<Feeder>, Energisation> last_;
  std::map<Id<Hall>, std::int64_t> claims_;
};

/// What happens in a grid, in order of time: at one instant elements change first, then racks go
/// dark or come back, then others claim power.
struct GridStory {
  struct Claim {
    des::Time at;
    Id<Hall> hall;
    std::int64_t racks;  ///< −1: one goes dark.
    bool is_new;         ///< Got its position.
    bool fact;
  };
  std::vector<Energisation> changes;
  std::vector<Claim> claims;
  std::vector<des::Time> instants;  ///< At which anything happens.
};
GridStory story_of(const Model& model, const Timeline& timeline, Id<PowerGrid> grid);

/// A claim, or its end, takes effect; `dark` counts the dark racks of each hall.
void claim_of(const Model& model, const GridStory::Claim& claim, GridAt& grid,
              std::vector<std::int64_t>& dark);

/// Adds [from, to) to spans in order of time, if it `is`.
void extend(Spans& spans, bool is, des::Time from, des::Time to);

/// Power of each campus at a time that is delivered and not claimed, by the reasons of the series
/// stranded_racks_mw to stranded_halls_mw; watts.
std::vector<std::array<std::int64_t, 4>> stranded_on(const Model& model, const Timeline& timeline,
                                                     const std::vector<HallPower>& power,
                                                     des::Time date);

}  // namespace racked::audit_rules
