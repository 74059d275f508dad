#include "scaled.h"

#include <google/protobuf/text_format.h>

namespace racked {
namespace {

template <class Numbers>
void scale(Numbers* numbers, double factor) {
  for (double& number : *numbers) number *= factor;
}

}  // namespace

v1::Distribution scaled(const v1::Distribution& distribution, double factor) {
  v1::Distribution result = distribution;
  if (result.has_at_least()) result.set_at_least(result.at_least() * factor);
  if (result.has_at_most()) result.set_at_most(result.at_most() * factor);
  const auto ends = [&](auto* shape) {
    shape->set_min(shape->min() * factor);
    shape->set_max(shape->max() * factor);
  };
  switch (result.shape_case()) {
    case v1::Distribution::kFixed: result.set_fixed(result.fixed() * factor); break;
    case v1::Distribution::kUniform: ends(result.mutable_uniform()); break;
    case v1::Distribution::kTriangular:
      ends(result.mutable_triangular());
      result.mutable_triangular()->set_mode(result.triangular().mode() * factor);
      break;
    case v1::Distribution::kPert:
      ends(result.mutable_pert());
      result.mutable_pert()->set_mode(result.pert().mode() * factor);
      break;
    case v1::Distribution::kNormal:
      result.mutable_normal()->set_mean(result.normal().mean() * factor);
      result.mutable_normal()->set_sd(result.normal().sd() * factor);
      break;
    case v1::Distribution::kLognormal: {
      v1::Lognormal& shape = *result.mutable_lognormal();
      shape.set_median(shape.median() * factor);
      if (shape.has_p90()) shape.set_p90(shape.p90() * factor);
      break;
    }
    case v1::Distribution::kGamma:
      result.mutable_gamma()->set_scale(result.gamma().scale() * factor);
      break;
    case v1::Distribution::kWeibull:
      result.mutable_weibull()->set_scale(result.weibull().scale() * factor);
      break;
    case v1::Distribution::kExponential:
      result.mutable_exponential()->set_mean(result.exponential().mean() * factor);
      break;
    case v1::Distribution::kBeta: ends(result.mutable_beta()); break;
    case v1::Distribution::kEmpirical: {
      v1::Empirical& shape = *result.mutable_empirical();
      scale(shape.mutable_value(), factor);
      for (auto& quantile : *shape.mutable_quantile())
        quantile.set_value(quantile.value() * factor);
      break;
    }
    case v1::Distribution::kMixture:
      for (auto& component : *result.mutable_mixture()->mutable_component())
        *component.mutable_distribution() = scaled(component.distribution(), factor);
      break;
    case v1::Distribution::SHAPE_NOT_SET: break;
  }
  return result;
}

std::string written(const google::protobuf::Message& message) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.SetUseUtf8StringEscaping(true);
  std::string text;
  printer.PrintToString(message, &text);
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return "{ " + text + " }";
}

}  // namespace racked
