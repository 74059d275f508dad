#include <racked/des/frame_pool.h>

namespace racked::des::process_detail {

Seat* FramePool::make_seat(std::size_t size_class) {
  const std::size_t lines = lines_of(size_class);
  if (blocks_.empty() || blocks_.back().size - blocks_.back().used < lines) {
    const std::size_t size = std::max(lines, kBlockLines);
    blocks_.push_back({std::make_unique_for_overwrite<Line[]>(size), size, 0});
  }
  Block& block = blocks_.back();
  Seat* const seat = new (&block.lines[block.used]) Seat{};
  block.used += lines;
  seat->pool = this;
  seat->generation = 1;
  seat->size_class = static_cast<std::uint8_t>(size_class);
  next_free(*seat) = nullptr;
  return seat;
}

}  // namespace racked::des::process_detail
