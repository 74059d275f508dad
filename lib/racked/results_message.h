#pragma once

#include <racked/results.h>

#include <functional>
#include <string>
#include <string_view>

namespace racked {

/// Hands results to `sink` as the message v1::Results in pieces, each some kilobytes long; read one
/// after the other they are one message.
void write_message(const Results& results, const std::function<void(std::string_view)>& sink);

/// What write_message wrote. std::invalid_argument, saying what is wrong, for anything else.
Results read_message(std::string_view bytes);

/// As one short message: rows, failures and sums; of the frame only what tells whose they are.
std::string write_block(const Results& results, bool audited);

/// A block read back.
struct BlockMessage {
  Results results;  ///< The frame as given, but for version, scenario, hash and seed.
  bool audited = false;
};

/// What write_block wrote of results with such a frame; errors as of read_message.
BlockMessage read_block(std::string_view bytes, const Results& frame);

}  // namespace racked
