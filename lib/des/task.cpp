#include <racked/des/task.h>

#include <stdexcept>
#include <utility>

namespace racked::des {

// Whether it has ended without waiting. An ordinary call: a jump from one coroutine into the other
// (symmetric transfer) would let the stack grow where the compiler does not optimise.
bool process_detail::Promise::call(TaskState* task) {
  if (task == nullptr) throw std::logic_error("a task is awaited that was moved from");
  if (!loop.frames_.owns(task->handle.address()))
    throw std::logic_error(called() + " awaits a task of another loop");
  task->process = this;
  task->caller = std::exchange(rarely().innermost, task);
  seat().set(Seat::kInTask);
  task->handle.resume();
  if (task->ended) end_call(*task);
  return task->ended;
}

void process_detail::Promise::end_call(const TaskState& task) noexcept {
  rare->innermost = task.caller;
  seat().set(Seat::kInTask, task.caller != nullptr);
}

// The innermost goes on; when it ends, what called it, and so on.
void ProcessLoop::resume_task(Promise& promise) {
  promise.state = Promise::State::running;
  current_ = &promise.seat();
  using process_detail::TaskState;
  for (TaskState* task = promise.rare->innermost; task != nullptr; task = task->caller) {
    task->handle.resume();
    if (!task->ended) {
      current_ = nullptr;
      return;
    }
    promise.end_call(*task);
  }
  resume_itself(promise);
}

}  // namespace racked::des
