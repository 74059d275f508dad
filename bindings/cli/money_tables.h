#pragma once

#include <racked/results.h>

#include <string>

namespace racked::cli {

/// Deals and cash for people; empty when the scenario has none.
std::string deals_table(const Results& results);
std::string cash_table(const Results& results);

}  // namespace racked::cli
