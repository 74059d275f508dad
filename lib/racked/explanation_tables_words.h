#pragma once

#include <racked/explanation.h>

#include <string>
#include <string_view>
#include <vector>

// What is said of an Explanation, in the terminal and in the report alike.
namespace racked {

inline constexpr std::string_view kFlowsTitle =
    "Of the chains' length, by the flow that they led to";
inline constexpr std::string_view kRisksTitle =
    "Risks: in how many replications it would be earlier without them, by how much on average";
inline constexpr std::string_view kChargesTitle =
    "Chip-days that planned positions were not usable until then, by what they waited for";
inline constexpr std::string_view kLeversNote =
    "the same replications again, by the same luck, with nothing else changed";

/// "2025-03-01", or "never".
std::string date_text(const Explanation& explanation, des::Time time);

/// "1,234".
std::string grouped_text(double value);

/// "Critical chain of the median replication, 17, reached on 2025-06-12". There must be one.
std::string chain_title(const Explanation& explanation);

/// "What would have to be true for P50 to be 30 days earlier".
std::string levers_title();
/// One for each lever, and one of those that only do together.
std::vector<std::string> lever_sentences(const Explanation& explanation);

/// "≥ 12.3 %": of several things that each are in some of the replications, the union is in at
/// least as many.
std::string share_text(const Criticality& criticality);
/// "task c.b7.roof", with how often a risk event strikes.
std::string name_text(const Criticality& criticality);

struct ChargeShare {
  Charge charge = Charge::space;
  double chip_days = 0;
  double share = 0;  ///< Of all of them.
};
/// Those above zero, most first.
std::vector<ChargeShare> charges_by_size(const Explanation& explanation);

}  // namespace racked
