#pragma once

#include <racked/results.h>

#include <string>

namespace racked {

/// What became of deals and money, for the summary: members of a JSON object as text; empty without
/// either.
std::string money_json(const Results& results);

}  // namespace racked
