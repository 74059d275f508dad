#include <racked/fixes.h>

#include "csv.h"

#include <racked/files.h>
#include <racked/version.h>

#include <nlohmann/json.hpp>

namespace racked {
namespace {

std::string changes_of(const Fix& fix) {
  std::string text;
  for (const Edit& edit : fix.variant.edits) {
    if (!text.empty()) text += ",";
    text += edit.path + "=" + edit.value;
  }
  return text;
}

}  // namespace

std::string fixes_csv(const FixTable& table) {
  Csv csv(
      "scenario_hash,seed,milestone,kind,what,share_on_chain,days_on_chain,days_gained,low_days,"
      "high_days,pairs,usd,days_per_million_usd,change",
      hex(table.scenario_hash) + "," + std::to_string(table.seed));
  for (const FixValue& value : table.values) {
    const Difference& d = value.difference;
    const double half = d.half_width_days.value_or(0);
    csv.line().value(table.milestone).value(value.fix.kind).value(value.fix.what);
    csv.value(value.fix.share).value(value.fix.chain_days).value(0 - d.days);
    if (d.half_width_days)
      csv.value(0 - d.days - half).value(0 - d.days + half);
    else
      csv.value("").value("");
    csv.value(d.pairs);
    if (value.usd)
      csv.value(*value.usd).value(*value.days_per_million_usd());
    else
      csv.value("").value("");
    csv.value(changes_of(value.fix));
  }
  return csv.finish();
}

std::string fixes_json(const FixTable& table) {
  nlohmann::ordered_json json = {{"racked", version()},
                                 {"scenario", table.scenario},
                                 {"scenario_hash", hex(table.scenario_hash)},
                                 {"seed", table.seed},
                                 {"milestone", table.milestone},
                                 {"shorter", table.size.shorter},
                                 {"larger", table.size.larger},
                                 {"left_out", table.left_out},
                                 {"fixes", nlohmann::ordered_json::array()}};
  for (const FixValue& value : table.values) {
    nlohmann::ordered_json half = nullptr, usd = nullptr, per_million = nullptr;
    if (value.difference.half_width_days) half = *value.difference.half_width_days;
    if (value.usd) usd = *value.usd, per_million = *value.days_per_million_usd();
    json["fixes"].push_back({{"kind", value.fix.kind},
                             {"what", value.fix.what},
                             {"share_on_chain", value.fix.share},
                             {"days_on_chain", value.fix.chain_days},
                             {"days_gained", 0 - value.difference.days},
                             {"half_width_days", std::move(half)},
                             {"pairs", value.difference.pairs},
                             {"usd", std::move(usd)},
                             {"days_per_million_usd", std::move(per_million)},
                             {"change", changes_of(value.fix)}});
  }
  return json.dump(2) + "\n";
}

void write_fixes(const FixTable& table, const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  write_file(directory / "fixes.csv", fixes_csv(table));
  write_file(directory / "fixes.json", fixes_json(table));
}

}  // namespace racked
