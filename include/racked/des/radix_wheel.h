#pragma once

#include <racked/des/bin_sort.h>
#include <racked/des/latecomers.h>
#include <racked/des/wheel_buckets.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace racked::des {

/// Pending events for large numbers of them, each in one of three places:
///
/// - the present instant: a first-in-first-out list for each turn;
/// - the window: a sorted array of everything up to some instant, and beside it the latecomers
///   (latecomers.h), scheduled for that time after it was sorted, unless they come before all of
///   it;
/// - the buckets (wheel_buckets.h): eight levels of them, each 256 times as wide as those below. An
///   event is put into one without a search.
///
/// How many events there are in a bucket that is opened is measured; when it is few, all buckets
/// are made wider or narrower by a power of two, so that no scale of time is slower than another.
/// Of more than 2²⁰ events they stay as they are: to move those would take too long at once; but
/// for one of the lowest level that is too long, which makes all as narrow as they can be.
///
/// When the window is empty the earliest bucket is opened: sorted into the window when it is short,
/// else poured into the level below. A long one is poured ahead, while the events before it leave,
/// and a very long one split while it is filled, so that no single operation has to move all of it.
/// An event is moved once for each level at most, whatever the distribution of times. Each place
/// keeps equal instants in the order of scheduling, so that no sequence numbers are kept. Entries
/// of cancelled events stay until their bucket is opened, they surface or they are swept.
///
/// push and pop are amortised O(levels), or O(log n) for a latecomer, and at worst about O(kLong),
/// but for what WheelBuckets::pour() says. At most 2³² entries. Not thread-safe.
template <class Payload, std::uint32_t kLong = 1u << 17>
class RadixWheel {
 public:
  /// What is moved about. Of a tag the two lowest bits are the turn; the rest and the version are
  /// the queue's.
  struct Entry {
    std::uint64_t instant;  ///< When it leaves, in ticks.
    Payload payload;        ///< What it carries.
    std::uint32_t tag;      ///< Turn, and more.
    std::uint32_t version;  ///< For the queue; the wheel does not read it.

    /// In which it leaves.
    unsigned turn() const { return tag & 3; }
  };

  RadixWheel() = default;  ///< To be reset before it is used.
  /// What has been moved from may only be assigned to, reset or destroyed.
  ///@{
  RadixWheel(RadixWheel&&) = default;
  RadixWheel& operator=(RadixWheel&&) = default;
  ///@}
  /// A copy has room for what there is, not for what has been; one to a wheel that has room takes
  /// no memory. After std::bad_alloc the same as for what has been moved from.
  ///@{
  RadixWheel(const RadixWheel& other) { *this = other; }
  RadixWheel& operator=(const RadixWheel& other) {
    if (this == &other) return *this;
    buckets_ = other.buckets_;
    tail_ = other.tail_ - other.head_;
    head_ = 0;
    if (window_.size() <= tail_) window_.resize(tail_ + 1);
    std::copy_n(&other.window_[other.head_], tail_ + 1, window_.data());
    if (other.late_.empty()) {
      late_.clear();
    } else {
      late_ = other.late_;
    }
    window_last_ = other.window_last_;
    bound_ = other.bound_;
    return *this;
  }
  ///@}

  /// Empties it, keeping the memory; nothing will be earlier than `floor`.
  void reset(std::uint64_t floor) {
    buckets_.reset(floor);
    seen_ = {};
    next_review_ = 0;
    doubtful_ = false;
    late_.clear();
    make_room(kFew);
    begin_window(0);
    window_last_ = floor;
  }

  /// Precondition: not before the floor, which is the instant popped last.
  [[gnu::always_inline]] void push(const Entry& entry) {
    if (entry.instant > window_last_) return buckets_.push(entry);
    insert_near(entry.instant, entry.payload, entry.tag, entry.version);
  }

  /// The earliest entry when it is at hand, else nullptr, and pop() has to look for it. O(1).
  const Entry* at_hand() const {
    const Entry& next = window_[head_];
    return next.instant < bound_ ? &next : nullptr;
  }
  /// Takes what is at hand.
  void take_at_hand() { buckets_.set_floor(window_[head_++].instant); }

  /// Nothing before `end` may be pushed any more. Precondition: nothing that is earlier is pending.
  void stop_at(std::uint64_t end) { buckets_.set_floor(std::max(buckets_.floor(), end)); }

  /// Takes the earliest entry, if it is not after `end`; else nullptr, and nothing before `end` may
  /// be pushed any more. What is returned stays until the wheel is changed. `pending` is about how
  /// many there are, by which the effort is chosen. Of a bucket that is opened only the entries for
  /// which keep(entry) holds stay; it is not asked when `all` do.
  template <class Keep>
  const Entry* pop(std::uint64_t end, std::size_t pending, bool all, Keep&& keep) {
    if (!has_near() && (end <= window_last_ || !open(end, pending, all, keep)))
      return stop_at(end), nullptr;
    const Entry& first = first_near();
    if (first.instant > end) return stop_at(end), nullptr;
    buckets_.set_floor(first.instant);
    take_near();
    return &first;
  }

  /// What will probably be popped `ahead` entries after the next one, else nullptr. O(1).
  const Entry* upcoming(std::size_t ahead) const {
    return head_ + ahead < tail_ ? &window_[head_ + ahead] : nullptr;
  }

  /// An entry for which live(entry) holds and that leaves as early as any of those, or nullptr; it
  /// stays where it is until the wheel is changed. Those before it are dropped, with a call of
  /// drop() for each. Amortised O(log n), at worst the length of a bucket (see
  /// WheelBuckets::first).
  template <class Live, class Drop>
  const Entry* first(Live&& live, Drop&& drop) {
    if (const Entry* const next = at_hand(); next != nullptr && live(*next)) return next;
    while (has_near()) {
      const Entry& near = first_near();
      if (live(near)) return &near;
      take_near();
      drop();
    }
    return buckets_.first(live, drop);
  }

  /// Keeps the entries for which keep(entry) holds; it may change all but their instant and turn.
  template <class Keep>
  void sweep(Keep&& keep) {
    buckets_.sweep(keep);
    sweep_near(keep);
  }
  /// Goes on keeping the entries for which keep(entry) holds, some hundred at a time (see
  /// WheelBuckets::sweep_on), and tells how many others were left out. O(1), but at the end of a
  /// round O(those in the window and at the present instant).
  template <class Keep>
  std::size_t sweep_on(Keep&& keep) {
    const auto swept = buckets_.sweep_on(kSweptAtOnce, keep);
    return swept.left_out + (swept.round ? sweep_near(keep) : 0);
  }

  /// Of its buckets (see WheelBuckets::grain).
  unsigned grain() const { return buckets_.grain(); }

  /// Bytes in use.
  std::size_t memory() const {
    return buckets_.memory() + late_.memory() +
           (window_.capacity() + opened_.capacity()) * sizeof(Entry);
  }

 private:
  static constexpr std::uint64_t kEnd = std::numeric_limits<std::uint64_t>::max();
  static constexpr std::size_t kFew = 64;
  static constexpr std::size_t kFront = 512;        // free places before a window when it is opened
  static constexpr std::size_t kSweptAtOnce = 128;  // entries
  static constexpr std::size_t kMostToMove = std::size_t{1} << 20;

  using Sort = BinSort<Entry>;

  // Buckets that were opened, and pairs of entries that were in the same one.
  struct Seen {
    std::size_t buckets = 0, entries = 0, pairs = 0;

    void add(std::size_t many) {
      ++buckets;
      entries += many;
      pairs += many * (many - 1);
    }
  };

  // Buckets that are opened together.
  struct Gathered {
    std::size_t entries = 0;
    std::uint64_t begin = 0, last = 0;  // instants that they span
    std::uint64_t gap_last = 0;         // up to which nothing follows, when that is known
  };

  // The window and its latecomers.
  template <class Keep>
  std::size_t sweep_near(Keep& keep) {
    const std::size_t before = tail_ + late_.size();
    std::size_t kept = head_;
    for (std::size_t i = head_; i < tail_; ++i)
      if (keep(window_[i])) window_[kept++] = window_[i];
    for (Entry& entry : put_latecomers_aside())
      if (keep(entry)) late_.add(entry);
    end_window(kept);
    return before - tail_ - late_.size();
  }

  // The present instant.

  void push_present(const Entry& entry) {
    buckets_.push_present(entry);
    bound_ = 0;
  }

  // What the window and its latecomers hold of the present instant joins the lists.
  void take_ties() {
    const std::uint64_t now = buckets_.floor();
    for (; head_ < tail_ && window_[head_].instant == now; ++head_) push_present(window_[head_]);
    for (; !late_.empty() && late_.first().instant == now; late_.remove_first())
      push_present(late_.first());
  }

  // What is not in a bucket.

  bool has_near() const { return buckets_.has_present() || head_ < tail_ || !late_.empty(); }
  const Entry& first_near() const {
    return buckets_.has_present() ? buckets_.first_present()
           : late_comes_first()   ? late_.first()
                                  : window_[head_];
  }
  // What was first stays where it is until the wheel is changed again.
  void take_near() {
    if (buckets_.has_present()) {
      buckets_.take_present();
      if (buckets_.has_present()) return;
    } else if (late_comes_first()) {
      late_.remove_first();
    } else {
      ++head_;
      return;
    }
    set_bound();
  }
  bool late_comes_first() const {
    return !late_.empty() && (head_ == tail_ || Sort::leaves_before(late_.first(), window_[head_]));
  }

  // The window, sorted by instant and turn, with an entry behind it that is later than all.

  void begin_window(std::size_t count) {
    head_ = kFront;
    end_window(kFront + count);
  }
  void end_window(std::size_t tail) {
    tail_ = tail;
    head_ = std::min(head_, tail);
    window_[tail].instant = kEnd;
    set_bound();
  }

  // What is earlier than this is at hand when it stands in the window.
  void set_bound() {
    bound_ = buckets_.has_present() ? 0 : late_.empty() ? kEnd : late_.first().instant;
  }

  // An entry comes in pieces, so that the call can be the last act of its caller, who has neither
  // registers to save nor an entry to put together.
  [[gnu::noinline]] void insert_near(std::uint64_t instant, Payload payload, std::uint32_t tag,
                                     std::uint32_t version) {
    const Entry entry{instant, payload, tag, version};
    if (instant == buckets_.floor()) {
      take_ties();
      return push_present(entry);
    }
    if (head_ > 0 && instant < bound_ && instant < window_[head_].instant) {
      window_[--head_] = entry;
      return;
    }
    if (late_.full()) {
      spill();
      return push(entry);
    }
    late_.add(entry);
    bound_ = std::min(bound_, instant);
  }

  // The later half of the latecomers goes back into the buckets, with what of the window comes
  // after them, equal instants together and in order; all of them when there is no window, and
  // nothing to keep them apart from.
  void spill() {
    const std::span<Entry> late = put_latecomers_aside();
    const std::uint64_t cut = head_ == tail_ ? buckets_.floor() + 1 : late[late.size() / 2].instant;
    if (buckets_.empty()) buckets_.reach_out();
    window_last_ = cut - 1;
    std::size_t tail = tail_;
    while (tail > head_ && window_[tail - 1].instant >= cut) --tail;
    for (std::size_t i = tail; i < tail_; ++i) buckets_.push(window_[i]);
    for (const Entry& entry : late) entry.instant < cut ? late_.add(entry) : buckets_.push(entry);
    end_window(tail);
  }

  // In order. What stands where they are put is needed only while a bucket is opened.
  std::span<Entry> put_latecomers_aside() {
    if (opened_.size() < late_.size()) opened_.resize(Latecomers<Entry>::kMost);
    std::size_t count = 0;
    late_.drain([&](const Entry& entry) { opened_[count++] = entry; });
    return {opened_.data(), count};
  }

  // For windows of `most` events when they are opened.
  void make_room(std::size_t most) {
    if (opened_.size() < most) opened_.resize(most);
    if (window_.size() <= kFront + most) window_.resize(kFront + most + 1);
  }

  // Fills the window, or the present instant, with what comes next; false when nothing is left in
  // a bucket that begins by `end`.
  template <class Keep>
  [[gnu::noinline]] bool open(std::uint64_t end, std::size_t pending, bool all, Keep& keep) {
    const std::size_t most = std::clamp(pending / 16, kFew, Sort::kMost);
    if (seen_.entries >= next_review_) review_grain(pending, most);
    make_room(most);
    begin_window(0);
    for (;;) {
      const Gathered gathered = gather(end, most);
      if (buckets_.has_present()) return true;
      if (gathered.entries == 0) {
        window_last_ = std::max(window_last_, gathered.gap_last);
        return false;
      }
      const std::size_t count = all ? take_all(gathered, end) : take(gathered, end, keep);
      if (count == 0) continue;
      if (!buckets_.has_present()) buckets_.pour_ahead(most, gathered.last, count);
      return true;
    }
  }

  // Takes buckets that come next out of their places; or one may have become the present instant.
  // Very short ones are joined: the cost of opening is shared. What is scheduled before the next
  // one goes near, even when that is far away.
  Gathered gather(std::uint64_t end, std::size_t most) {
    Gathered gathered;
    const std::size_t enough = std::max(most / 8, kFew / 2);
    while (!buckets_.empty() && gathered.entries < enough) {
      const unsigned bucket = buckets_.earliest();
      const std::uint64_t begin = buckets_.begin_of(bucket);
      const std::size_t many = buckets_.is_split(bucket) ? kEnd : buckets_.size_of(bucket);
      if (begin > end || (gathered.entries > 0 && many > enough)) {
        gathered.gap_last = std::max<std::uint64_t>(begin, 1) - 1;
        break;
      }
      if (many > most) {
        pour(bucket, begin, end);
        if (buckets_.has_present()) break;
        continue;
      }
      if (gathered.entries == 0) gathered.begin = begin;
      gathered.last = buckets_.last_of(bucket);
      gathered.entries += many;
      seen_.add(many);
      buckets_.gather(bucket);
    }
    if (gathered.entries > 0 && buckets_.empty()) gathered.gap_last = kEnd;
    return gathered;
  }

  // What was gathered goes into the window, or the present instant: all entries, from where they
  // are, or those that are kept, put together first. How many those are is told.
  std::size_t take_all(const Gathered& gathered, std::uint64_t end) {
    sort(
        gathered, gathered.entries, end, [&](auto&& use) { buckets_.for_each_gathered(use); },
        [&](auto&& use) { buckets_.drain_gathered(use); });
    return gathered.entries;
  }
  template <class Keep>
  std::size_t take(const Gathered& gathered, std::uint64_t end, Keep& keep) {
    std::size_t count = 0;
    buckets_.drain_gathered([&](const Entry& entry) {
      opened_[count] = entry;
      count += keep(entry);
    });
    if (count == 0) return 0;
    const auto for_each = [&](auto&& use) {
      for (std::size_t i = 0; i < count; ++i) use(opened_[i]);
    };
    sort(gathered, count, end, for_each, for_each);
    return count;
  }

  // take_each(use) leaves nothing; when all are of one instant they become the present one.
  template <class Look, class Take>
  [[gnu::always_inline]] void sort(const Gathered& gathered, std::size_t count, std::uint64_t end,
                                   Look&& look_at_each, Take&& take_each) {
    Sort sort;
    sort.begin(count, gathered.begin, gathered.last);
    std::uint64_t low = kEnd, high = 0;
    look_at_each([&](const Entry& entry) {
      low = std::min(low, entry.instant);
      high = std::max(high, entry.instant);
      sort.count(entry);
    });
    if (low == high && low <= end && count > 1) {
      buckets_.set_floor(low);
      window_last_ = low;
      take_each([&](const Entry& entry) { push_present(entry); });
      return;
    }
    window_last_ = std::max(gathered.last, gathered.gap_last);
    if (sort.is_crowded(low, high)) {
      sort.begin(count, low, high);
      look_at_each([&](const Entry& entry) { sort.count(entry); });
    }
    sort.find_places();
    take_each([&](const Entry& entry) { sort.put(entry, &window_[kFront]); });
    sort.finish(&window_[kFront], opened_.data());
    begin_window(count);
  }

  // Buckets that have a few events each cost more to open than to sort. With another grain they
  // have more, so that the longest that are not poured fill a window by themselves. At the second
  // sight: it may only have changed what is scheduled, or just begun. When it does not help, as
  // with times on many scales, it is tried ever more seldom.
  [[gnu::noinline]] void review_grain(std::size_t pending, std::size_t most) {
    const Seen seen = std::exchange(seen_, {});
    if (pending > kMostToMove || seen.entries > most / 16 * seen.buckets || seen.entries == 0) {
      doubtful_ = false;
      next_review_ = seen.entries == 0 ? pending : 4 * pending;
      return;
    }
    doubtful_ = !doubtful_;
    if (doubtful_) return;
    next_review_ = std::max(4 * pending, 2 * next_review_);
    // How many others an event has in its bucket; of a random number that is the mean number.
    const std::size_t beside = seen.pairs / seen.entries;
    const std::size_t times = most / (4 * beside + 1);  // as many would be a quarter of `most`
    const auto coarser = static_cast<unsigned>(times > 1 ? std::bit_width(times) - 1 : 6);
    buckets_.regrain((buckets_.grain() + coarser) % 8);
  }

  void pour(unsigned bucket, std::uint64_t begin, std::uint64_t end) {
    buckets_.pour(bucket, end);
    if (buckets_.has_present()) {
      window_last_ = buckets_.floor();
      bound_ = 0;
    } else if (begin > 0) {
      window_last_ = std::max(window_last_, begin - 1);
    }
  }

  std::size_t head_ = 0, tail_ = 0;
  std::uint64_t window_last_ = 0;
  std::uint64_t bound_ = kEnd;  // see set_bound()
  WheelBuckets<Entry, kLong> buckets_;
  std::vector<Entry> window_;
  Latecomers<Entry> late_;
  std::vector<Entry> opened_;    // what is to be sorted
  Seen seen_;                    // since the grain was reviewed
  std::size_t next_review_ = 0;  // when so many entries have been seen
  bool doubtful_ = false;        // the last review would have changed it
};

}  // namespace racked::des
