#include "analytics/approx/curvatures.h"

#include <algorithm>

#include "analytics/approx/method.h"

namespace roofscape::approx {

std::shared_ptr<Curvatures> make_curvatures() { return std::make_shared<Curvatures>(); }

linear::Matrix gram(const SecondMoments& moments, std::int64_t group) {
  const auto n = static_cast<std::size_t>(moments.columns);
  linear::Matrix matrix(n, n);
  const std::span<const double> sums = moments.sums_of(group);
  std::copy(sums.begin(), sums.end(), matrix.values.begin());
  return matrix;
}

Result<CurvaturePtr> Curvatures::of(const std::shared_ptr<const SecondMoments>& moments, std::int64_t group,
                                    CurvatureOrder order) {
  return kept_.get({digests_.of(moments), group, order}, [&]() -> Result<Sized<Curvature>> {
    auto made = std::make_shared<Curvature>();
    made->hessian = linear::damped_hessian(gram(*moments, group));
    RS_ASSIGN(made->factor, linear::sweep_factor(made->hessian, {.descending = order == CurvatureOrder::kDescending}));
    constexpr std::int64_t kMatrices = 3;  // G, H and U
    const std::int64_t bytes =
        kMatrices * moments->columns * moments->columns * static_cast<std::int64_t>(sizeof(double));
    return Sized<Curvature>{std::move(made), bytes};
  });
}

}  // namespace roofscape::approx
