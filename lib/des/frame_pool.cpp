#include <racked/des/frame_pool.h>

namespace racked::des::process_detail {

// The more there is, the larger, so that large pages can be had.
void FramePool::add_block(std::size_t lines) {
  std::size_t all = 0;
  for (const LargeArray<Line>& block : blocks_) all += block.size();
  LargeArray<Line> block;
  block.reserve(std::max({lines, kBlockLines, all / 4}));
  blocks_.push_back(std::move(block));
}

Seat* FramePool::make_seat(std::size_t size_class) {
  const std::size_t lines = lines_of(size_class);
  if (blocks_.empty() || blocks_.back().capacity() - blocks_.back().size() < lines)
    add_block(lines);
  LargeArray<Line>& block = blocks_.back();
  const std::size_t begin = block.size();
  block.resize(begin + lines);
  Seat* const seat = new (block.data() + begin) Seat{};
  seat->pool = this;
  seat->generation = 1;
  seat->size_class = static_cast<std::uint8_t>(size_class);
  next_free(*seat) = nullptr;
  return seat;
}

}  // namespace racked::des::process_detail
