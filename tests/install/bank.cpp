// Uses the kernel alone, as somebody would who has never heard of a data center.
#include <racked/des/event_loop.h>

#include <iostream>

// One clerk, who needs 3 minutes for a customer; one customer comes every 2 minutes, ten in all.
// They come at 0, 2, … 18 and leave at 3, 6, … 30: customer i waits 3 i - 2 i = i minutes, 45 in
// all.
int main() {
  using namespace racked::des;
  using namespace std::chrono_literals;
  enum class Kind : int { comes, leaves };

  EventLoop<Kind> bank;
  for (int i = 0; i < 10; ++i) bank.schedule(kStart + i * 2min, Turn::start, Kind::comes);

  int present = 0;
  Duration waited{};
  Time changed = kStart;
  bank.run_until(kStart + 24h, [&](const Event<Kind>& event) {
    if (present > 1) waited += (present - 1) * (event.time - changed);
    changed = event.time;
    present += event.payload == Kind::comes ? 1 : -1;
    const bool clerk_begins = event.payload == Kind::comes ? present == 1 : present > 0;
    if (clerk_begins) bank.schedule(event.time + 3min, Turn::finish, Kind::leaves);
  });
  std::cout << std::chrono::duration_cast<std::chrono::minutes>(waited).count() << " min waited\n";
  return waited == 45min ? 0 : 1;
}
