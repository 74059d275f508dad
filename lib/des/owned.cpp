#include <racked/des/owned.h>
#include <racked/des/process_promise.h>

#include <utility>

namespace racked::des::process_detail {

Owned::Owned(ProcessLoop& in, std::string called)
    : loop(in), name(std::move(called)), place(in.owned_.size()) {
  in.owned_.push_back(this);
}

Owned::~Owned() {
  if (loop_is_gone) return;
  Owned* const last = loop.owned_.back();
  loop.owned_[place] = last;
  last->place = place;
  loop.owned_.pop_back();
}

void Owned::forget() noexcept {
  if (loop_is_gone || (!loop.ending_ && !to_be_served && idle())) delete this;
}

void Owned::leave_loop() noexcept {
  loop_is_gone = true;
  if (names == 0) delete this;
}

}  // namespace racked::des::process_detail
