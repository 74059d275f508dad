#include <racked/timeline.h>

namespace racked {

std::string_view name(Charge charge) {
  switch (charge) {
    case Charge::space: return "space";
    case Charge::power: return "power";
    case Charge::cooling: return "cooling";
    case Charge::network: return "network";
    case Charge::chips: return "chips";
    case Charge::labour: return "labour";
    case Charge::commissioning: return "commissioning";
    case Charge::repair: return "repair";
  }
  return {};
}

std::string_view name(Series series) {
  switch (series) {
    case Series::usable_chips: return "usable_chips";
    case Series::usable_racks: return "usable_racks";
    case Series::usable_it_mw: return "usable_it_mw";
    case Series::usable_facility_mw: return "usable_facility_mw";
    case Series::usable_buildings: return "usable_buildings";
    case Series::energised_mw: return "energised_mw";
    case Series::claimed_mw: return "claimed_mw";
    case Series::chips_on_site: return "chips_on_site";
    case Series::chips_in_stock: return "chips_in_stock";
    case Series::chips_installed: return "chips_installed";
    case Series::chips_in_burn_in: return "chips_in_burn_in";
    case Series::chips_in_repair: return "chips_in_repair";
    case Series::missing_space: return "missing_space";
    case Series::missing_power: return "missing_power";
    case Series::missing_cooling: return "missing_cooling";
    case Series::missing_network: return "missing_network";
    case Series::missing_chips: return "missing_chips";
    case Series::missing_labour: return "missing_labour";
    case Series::missing_commissioning: return "missing_commissioning";
    case Series::missing_repair: return "missing_repair";
    case Series::dark_racks: return "dark_racks";
    case Series::dark_chips: return "dark_chips";
    case Series::drawn_facility_mw: return "drawn_facility_mw";
    case Series::energised_on_site_mw: return "energised_on_site_mw";
    case Series::stranded_racks_mw: return "stranded_racks_mw";
    case Series::stranded_fragments_mw: return "stranded_fragments_mw";
    case Series::stranded_redundancy_mw: return "stranded_redundancy_mw";
    case Series::stranded_halls_mw: return "stranded_halls_mw";
  }
  return {};
}

}  // namespace racked
