#include "explanation_tables_words.h"

#include "days.h"
#include "shares.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace racked {

std::string date_text(const Explanation& explanation, des::Time time) {
  return time == des::kNever ? "never" : iso_date(date_of(time, explanation.start));
}

std::string grouped_text(double value) {
  std::string digits = fmt::format("{:.0f}", value);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string chain_title(const Explanation& explanation) {
  const Explanation::Median& median = explanation.median.value();
  const bool some_never = explanation.summary.p50 == des::kNever;
  return fmt::format("Critical chain of the median replication{}, {}, reached on {}",
                     some_never ? " of those that reach it" : "", median.replication,
                     date_text(explanation, median.at));
}

std::string levers_title() {
  return fmt::format("What would have to be true for P50 to be {:.0f} days earlier", kMonthDays);
}

std::vector<std::string> lever_sentences(const Explanation& explanation) {
  std::vector<std::string> sentences;
  for (const Lever& lever : explanation.levers) sentences.push_back(lever.words);
  if (!explanation.together.empty())
    sentences.push_back(
        fmt::format("together, as far as they go: {}: the median would be {} earlier",
                    fmt::join(explanation.together, ", "), days_text(explanation.together_days)));
  return sentences;
}

std::string share_text(const Criticality& criticality) {
  return share_of_union(criticality.share, criticality.members > 1);
}

std::string name_text(const Criticality& criticality) {
  if (criticality.kind == "plan") return "the plan's dates";
  if (criticality.kind == "flow") return criticality.name;
  std::string text = criticality.kind + " " + criticality.name;
  if (criticality.struck)
    text += ", which strikes before it in " + percent_text(*criticality.struck);
  return text;
}

std::vector<ChargeShare> charges_by_size(const Explanation& explanation) {
  const auto& lost = explanation.charges;
  const double total = std::accumulate(lost.begin(), lost.end(), 0.0);
  std::vector<ChargeShare> shares;
  for (std::size_t i = 0; i < kCharges; ++i)
    if (lost[i] > 0) shares.push_back({static_cast<Charge>(i), lost[i], lost[i] / total});
  std::stable_sort(shares.begin(), shares.end(), [](const ChargeShare& a, const ChargeShare& b) {
    return a.chip_days > b.chip_days;
  });
  return shares;
}

}  // namespace racked
