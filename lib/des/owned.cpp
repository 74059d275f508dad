#include <racked/des/owned.h>
#include <racked/des/process_promise.h>

#include <utility>

namespace racked::des::process_detail {

Owned::Owned(ProcessLoop& in, std::string called)
    : loop(in), name(std::move(called)), place(in.owned_.size()) {
  in.owned_.push_back(this);
}

Owned::~Owned() { leave_list(); }

void Owned::leave_list() noexcept {
  if (std::exchange(is_out, true)) return;
  Owned* const last = loop.owned_.back();
  loop.owned_[place] = last;
  last->place = place;
  loop.owned_.pop_back();
}

// What stands in it may reset the loop when it is destroyed.
void Owned::forget() noexcept {
  if (!is_out && (loop.ending_ || to_be_served || !idle())) return;
  leave_list();
  delete this;
}

void Owned::leave_loop() noexcept {
  is_out = true;
  if (names == 0) delete this;
}

}  // namespace racked::des::process_detail
