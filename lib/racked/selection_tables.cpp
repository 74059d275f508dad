#include <racked/variant_selection.h>

#include <racked/version.h>

#include <nlohmann/json.hpp>

namespace racked {

std::string selection_json(const VariantSelection& selection) {
  const Selection& found = selection.selection;
  nlohmann::ordered_json json = {{"racked", version()},
                                 {"scenario", selection.scenario},
                                 {"seed", selection.seed},
                                 {"milestone", selection.milestone},
                                 {"probability", selection.options.probability},
                                 {"indifference_days", selection.options.indifference},
                                 {"decided", found.decided},
                                 {"best", selection.names.at(found.best)},
                                 {"variants", nlohmann::ordered_json::array()}};
  for (std::size_t i = 0; i < selection.names.size(); ++i) {
    bool left = false;
    for (const std::size_t other : found.left) left = left || other == i;
    json["variants"].push_back({{"name", selection.names[i]},
                                {"mean_days", found.means[i]},
                                {"replications", found.replications[i]},
                                {"left", left}});
  }
  return json.dump(2) + "\n";
}

}  // namespace racked
