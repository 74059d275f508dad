#pragma once

#include <string>

// Shares of the replications, and of other wholes, as text.
namespace racked {

/// "98.7 %", as the command prints shares.
std::string percent_text(double share);

/// Of several things that each are in some of the replications, the union is in at least as many as
/// the one that is in most, with this share: "≥ 12.0 %".
std::string share_of_union(double most, bool several);

}  // namespace racked
