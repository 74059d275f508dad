#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace racked::des {

/// A handful of pending events, sorted. With two or three of them a processor predicts the few
/// branches and runs ahead of them, as it cannot with the tree. What was added first stands first
/// among equals. Instants compare as unsigned numbers; of `tag` the two lowest bits are the turn,
/// the rest the queue's. Every operation O(kMost).
template <class Payload>
class Handful {
 public:
  static constexpr std::size_t kMost = 8;  ///< Events it has room for.

  std::size_t size() const { return size_; }       ///< Events in it.
  bool empty() const { return size_ == 0; }        ///< None is in it.
  bool has_room() const { return size_ < most_; }  ///< For one more.
  /// Closed, it has no room.
  bool closed() const { return most_ == 0; }
  void open() { most_ = kMost; }       ///< Has room again.
  void close() { size_ = most_ = 0; }  ///< Forgets what is in it.

  /// Of the i-th to leave.
  ///@{
  std::uint64_t instant(std::size_t i = 0) const { return instants_[size_ - 1 - i]; }
  std::uint32_t tag(std::size_t i = 0) const { return tags_[size_ - 1 - i]; }
  const Payload& payload(std::size_t i = 0) const { return payloads_[size_ - 1 - i]; }
  ///@}

  /// Precondition: has_room().
  [[gnu::always_inline]] void add(std::uint64_t instant, std::uint32_t tag,
                                  const Payload& payload) {
    std::size_t at = size_++;
    for (; at > 0 && !leaves_before(instant, tag, at - 1); --at) move(at - 1, at);
    instants_[at] = instant;
    tags_[at] = tag;
    payloads_[at] = payload;
  }

  /// Precondition: not empty.
  void remove_first() { --size_; }

  /// Removes the one event that has this tag but for its turn.
  void remove(std::uint32_t tag) {
    std::size_t at = 0;
    while (((tags_[at] ^ tag) & ~kTurn) != 0) ++at;
    for (--size_; at < size_; ++at) move(at + 1, at);
  }

 private:
  static constexpr std::uint32_t kTurn = 3;

  bool leaves_before(std::uint64_t instant, std::uint32_t tag, std::size_t other) const {
    if (instant != instants_[other]) return instant < instants_[other];
    return (tag & kTurn) < (tags_[other] & kTurn);
  }
  void move(std::size_t from, std::size_t to) {
    instants_[to] = instants_[from];
    tags_[to] = tags_[from];
    payloads_[to] = payloads_[from];
  }

  std::size_t size_ = 0;
  std::size_t most_ = kMost;
  // The first to leave stands last. An array for each part: what has just been written in pieces is
  // slow to be read as a whole.
  std::array<std::uint64_t, kMost> instants_;
  std::array<std::uint32_t, kMost> tags_;
  std::array<Payload, kMost> payloads_;
};

}  // namespace racked::des
