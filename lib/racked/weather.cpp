#include "weather.h"

namespace racked::weather {

void begin(State& state) {
  const Model& model = *state.model;
  state.lost_days.resize(model.weathers.size());
  for (std::size_t i = 0; i < model.weathers.size(); ++i) {
    const Id<Weather> id(i);
    const Weather& weather = model.weathers[id];
    std::vector<char>& lost_days = state.lost_days[i];
    lost_days.assign(weather.days.size(), 0);
    bool lost = false;
    for (std::size_t day = 0; day < weather.days.size(); ++day) {
      const Weather::Day& odds = weather.days[day];
      const double probability = day == 0 ? weather.first_lost
                                 : lost   ? odds.lost_after_lost
                                          : odds.lost_after_fair;
      lost = probability > 0 && state.chance(weather.purpose, day) < probability;
      if (!lost && !odds.closed) continue;
      lost_days[day] = 1;
      state.timeline.lost_days.push_back({id, static_cast<std::uint32_t>(day)});
    }
  }
  state.outdoors.resize(model.outdoors.size());
  for (std::size_t i = 0; i < model.outdoors.size(); ++i) {
    const Outdoors& place = model.outdoors[Id<Outdoors>(i)];
    state.outdoors[i].assign_without(model.calendars[place.calendar],
                                     state.lost_days[place.weather.index()]);
  }
}

}  // namespace racked::weather
