#include "building_designs.h"

#include "field_path.h"
#include "overlay.h"

#include <map>
#include <set>
#include <string>
#include <utility>

namespace racked {
namespace {

constexpr int kMostElements = 200'000;

std::string path_of(const v1::BuildingDesign& design) {
  return element_path("building_design", design.id());
}

int elements(const v1::BuildingDesign& design) {
  return design.task_size() + design.hall_size() + design.feeder_size() + design.order_size();
}

class Completion {
 public:
  Completion(v1::Scenario& scenario, const Places& places, std::vector<Problem>& problems)
      : scenario_(scenario), places_(places), problems_(problems) {
    for (int i = 0; i < scenario.building_design_size(); ++i)
      designs_.emplace(scenario.building_design(i).id(), scenario.mutable_building_design(i));
  }

  void run() {
    for (int i = 0; i < scenario_.building_design_size(); ++i)
      complete(*scenario_.mutable_building_design(i));
  }

 private:
  enum class Stage { begun, done };

  void complete(v1::BuildingDesign& design) {
    const auto [stage, fresh] = stages_.emplace(&design, Stage::begun);
    if (!fresh) {
      if (stage->second == Stage::begun) refuse(design, "is like itself, by way of others or not");
      return;
    }
    const auto other = design.has_like() ? designs_.find(design.like()) : designs_.end();
    if (other != designs_.end()) {
      complete(*other->second);
      take_over(design, *other->second);
    }
    stages_[&design] = Stage::done;
  }

  void take_over(v1::BuildingDesign& design, const v1::BuildingDesign& other) {
    if (stages_[&other] != Stage::done) return;  // refused
    if (full_) return;
    elements_ += elements(other);
    full_ = elements_ > kMostElements;
    if (full_)
      return refuse(design, "would make more than 200,000 elements of all designs together");
    v1::BuildingDesign whole = other;
    lay_over(whole, design);
    design = std::move(whole);
  }

  void refuse(const v1::BuildingDesign& design, std::string message) {
    const std::string path = field_path(path_of(design), "like");
    problems_.push_back({places_.find(path), path, std::move(message)});
  }

  v1::Scenario& scenario_;
  const Places& places_;
  std::vector<Problem>& problems_;
  std::map<std::string, v1::BuildingDesign*> designs_;
  std::map<const v1::BuildingDesign*, Stage> stages_;
  int elements_ = 0;
  bool full_ = false;  // Said once.
};

}  // namespace

void complete_designs(v1::Scenario& scenario, const Places& places,
                      std::vector<Problem>& problems) {
  Completion(scenario, places, problems).run();
}

std::vector<Problem> without_inherited(const v1::Scenario& scenario,
                                       std::vector<Problem> problems) {
  std::set<std::pair<std::string, std::string>> said;
  for (const Problem& problem : problems) said.emplace(problem.path, problem.message);
  const auto inherited = [&](const Problem& problem) {
    for (const v1::BuildingDesign& design : scenario.building_design()) {
      const std::string prefix = path_of(design) + ".";
      if (!design.has_like() || problem.path.compare(0, prefix.size(), prefix) != 0) continue;
      const std::string there =
          element_path("building_design", design.like()) + "." + problem.path.substr(prefix.size());
      return said.count({there, problem.message}) > 0;
    }
    return false;
  };
  std::vector<Problem> kept;
  for (Problem& problem : problems)
    if (!inherited(problem)) kept.push_back(std::move(problem));
  return kept;
}

}  // namespace racked
