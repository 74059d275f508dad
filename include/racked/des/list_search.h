#pragma once

#include <racked/des/bin_sort.h>
#include <racked/des/chunk_lists.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace racked::des {

/// Finds the earliest entry of a list (chunk_lists.h) that stays where it is and grows, again and
/// again, while entries cease to count: cancelled ones. When it reads the list it keeps several of
/// the earliest entries, and eight times as many whenever none of those counts any more, so that a
/// list of n entries is read O(log n) times, however many cease. O(log n) for each entry that is
/// kept; memory for them. A value, as long as the list's entries stand where they do.
template <class Entry>
class ListSearch {
 public:
  using Lists = ChunkLists<Entry>;    ///< What the list stands in.
  using List = typename Lists::List;  ///< What is searched.

  /// To be called when the list has become another one.
  void restart() {
    kept_.clear();
    most_ = 1;
    read_again();
  }

  /// An entry for which live(entry) holds, and before which none of those leaves; nullptr when
  /// there is none. Preconditions: what was not live never will be; the list is not empty.
  template <class Live>
  const Entry* first(const Lists& lists, const List& list, Live&& live) {
    for (;;) {
      if (chosen_) {
        read_on(lists, list, live);
      } else {
        choose(lists, list, live);
      }
      for (; !kept_.empty(); drop_first(lists))
        if (const Entry& entry = lists.at(kept_.front()); live(entry)) return &entry;
      if (!left_out_) return nullptr;
      most_ *= kMore;
      read_again();
    }
  }

  /// Bytes in use, besides the object.
  std::size_t memory() const { return kept_.capacity() * sizeof(std::uint32_t); }

 private:
  static constexpr std::size_t kMore = 8;

  using Sort = BinSort<Entry>;

  // Of heaps of places: the latest entry on top, and the earliest.
  static auto latest_on_top(const Lists& lists) {
    return [&lists](std::uint32_t a, std::uint32_t b) {
      return Sort::leaves_before(lists.at(a), lists.at(b));
    };
  }
  static auto earliest_on_top(const Lists& lists) {
    return [&lists](std::uint32_t a, std::uint32_t b) {
      return Sort::leaves_before(lists.at(b), lists.at(a));
    };
  }

  void read_again() {
    reading_ = {};
    chosen_ = left_out_ = false;
  }

  // Reads all of the list and keeps the earliest.
  template <class Live>
  void choose(const Lists& lists, const List& list, Live& live) {
    lists.read_on(list, reading_, [&](const Entry& entry) {
      const bool full = kept_.size() == most_;
      left_out_ |= full;
      if (full && !Sort::leaves_before(entry, lists.at(kept_.front()))) return;
      if (!live(entry)) return;
      if (full) {
        std::pop_heap(kept_.begin(), kept_.end(), latest_on_top(lists));
        kept_.pop_back();
      }
      kept_.push_back(lists.place_of(entry));
      std::push_heap(kept_.begin(), kept_.end(), latest_on_top(lists));
    });
    if (left_out_) limit_ = kept_.front();
    std::make_heap(kept_.begin(), kept_.end(), earliest_on_top(lists));
    chosen_ = true;
  }

  // What has come since then is kept, unless it is as late as what was left out.
  template <class Live>
  void read_on(const Lists& lists, const List& list, Live& live) {
    lists.read_on(list, reading_, [&](const Entry& entry) {
      if (left_out_ && !Sort::leaves_before(entry, lists.at(limit_))) return;
      if (!live(entry)) return;
      kept_.push_back(lists.place_of(entry));
      std::push_heap(kept_.begin(), kept_.end(), earliest_on_top(lists));
    });
  }

  void drop_first(const Lists& lists) {
    std::pop_heap(kept_.begin(), kept_.end(), earliest_on_top(lists));
    kept_.pop_back();
  }

  std::vector<std::uint32_t> kept_;  // their places
  std::size_t most_ = 1;             // of them, when they are chosen
  typename Lists::Reading reading_;
  bool chosen_ = false;
  bool left_out_ = false;    // what was read has entries that are not kept
  std::uint32_t limit_ = 0;  // which are no earlier than the one that stands here
};

}  // namespace racked::des
