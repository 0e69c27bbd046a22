#include "analytics/linear/obs.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <map>
#include <queue>
#include <string>

#include "analytics/linear/cholesky.h"
#include "analytics/linear/eigen.h"

namespace roofscape::linear {
namespace {

// Steps whose downdates reach H⁻¹ together: enough for a fast matrix product.
constexpr std::size_t kBundle = 48;

// Eliminating column p downdates H⁻¹ by v·vᵀ, v = [H⁻¹]_:p/√[H⁻¹]_pp. What a step needs (the diagonal blocks, one
// column) is kept current; the matrix itself is brought up to date, and rid of the columns that went, once a bundle.
class Eliminator {
 public:
  Eliminator(const Matrix& weights, const Matrix& inverse, const ObsOptions& options)
      : options_(options), columns_(weights.columns), block_(options.block), matrix_(view(inverse)), weights_(weights) {
    for (std::size_t i = 0; i < columns_; ++i) live_.push_back(i);
    position_ = live_;
    gone_.assign(block_count(), false);
    diagonal_.assign(columns_ * block_, 0.0);
    for (std::size_t i = 0; i < columns_; ++i)
      for (std::size_t k = 0; k < size(i / block_); ++k) diagonal_[i * block_ + k] = inverse(i, first(i / block_) + k);
    if (options.pattern) {
      const NOfM pattern = *options.pattern;
      for (std::size_t at = 0; at < columns_; at += pattern.of) {
        const std::size_t width = std::min(pattern.of, columns_ - at);
        may_lose_.push_back(width - std::min(width, pattern.keep));
      }
    }
  }

  Elimination run() && {
    Elimination result;
    while (result.order.size() < options_.steps) {
      const auto [block, loss] = cheapest();
      if (block == block_count()) break;
      result.order.push_back(block);
      result.losses.push_back(loss);
      gone_[block] = true;
      if (options_.pattern) --may_lose_[block / options_.pattern->of];
      for (std::size_t i = first(block); i < first(block) + size(block); ++i) eliminate(i);
      if (updates_.size() >= kBundle) catch_up();
    }
    return result;
  }

 private:
  std::size_t block_count() const { return (columns_ + block_ - 1) / block_; }
  std::size_t first(std::size_t block) const { return block * block_; }
  std::size_t size(std::size_t block) const { return std::min(block_, columns_ - first(block)); }

  // ½·Σ w_B·([H⁻¹]_BB)⁻¹·w_Bᵀ over the rows.
  double loss_of(std::size_t block) const {
    const std::size_t at = first(block);
    double sum = 0;
    if (block_ == 1) {
      for (std::size_t r = 0; r < weights_.rows; ++r) sum += weights_(r, at) * weights_(r, at);
      return sum / (2 * diagonal_[at]);
    }
    const auto width = static_cast<Eigen::Index>(size(block));
    const auto stride = static_cast<Eigen::Index>(block_);
    const Eigen::Map<const RowMajor, 0, Eigen::OuterStride<>> curvature(&diagonal_[at * block_], width, width,
                                                                        Eigen::OuterStride<>(stride));
    const Eigen::LLT<Eigen::MatrixXd> factored(curvature);
    for (std::size_t r = 0; r < weights_.rows; ++r) {
      const Eigen::Map<const Eigen::VectorXd> w(&weights_.values[r * columns_ + at], width);
      sum += factored.matrixL().solve(w).squaredNorm();
    }
    return sum / 2;
  }

  std::pair<std::size_t, double> cheapest() const {
    std::pair<std::size_t, double> best{block_count(), 0.0};
    for (std::size_t block = 0; block < block_count(); ++block) {
      if (gone_[block] || (options_.pattern && may_lose_[block / options_.pattern->of] == 0)) continue;
      const double loss = loss_of(block);
      if (best.first == block_count() || loss < best.second) best = {block, loss};
    }
    return best;
  }

  // Column i of the current H⁻¹, by position among the live; only the lower half of the matrix is kept.
  std::vector<double> column_of(std::size_t i) const {
    const auto p = static_cast<Eigen::Index>(position_[i]);
    std::vector<double> column(live_.size());
    const auto n = static_cast<Eigen::Index>(live_.size());
    Eigen::Map<Eigen::VectorXd> out(column.data(), n);
    out.head(p) = matrix_.row(p).head(p).transpose();
    out.tail(n - p) = matrix_.col(p).tail(n - p);
    for (const std::vector<double>& update : updates_) {
      const double share = update[static_cast<std::size_t>(p)];
      for (std::size_t k = 0; k < column.size(); ++k) column[k] -= share * update[k];
    }
    return column;
  }

  void eliminate(std::size_t i) {
    std::vector<double> column = column_of(i);
    const double pivot = column[position_[i]];
    for (std::size_t r = 0; r < weights_.rows; ++r) {
      const double step = weights_(r, i) / pivot;
      if (step == 0) continue;
      const std::span<double> row = weights_.row(r);
      for (std::size_t k = 0; k < live_.size(); ++k) row[live_[k]] -= step * column[k];
      row[i] = 0;
    }
    const double scale = 1 / std::sqrt(pivot);
    for (double& value : column) value *= scale;
    for (std::size_t k = 0; k < live_.size(); ++k) {
      const std::size_t block = live_[k] / block_;
      if (gone_[block]) continue;  // nobody asks again
      for (std::size_t j = 0; j < size(block); ++j)
        diagonal_[live_[k] * block_ + j] -= column[k] * column[position_[first(block) + j]];
    }
    updates_.push_back(std::move(column));
  }

  // Applies the updates to what is left of the matrix.
  void catch_up() {
    std::vector<std::size_t> stay;  // positions
    for (std::size_t k = 0; k < live_.size(); ++k)
      if (!gone_[live_[k] / block_]) stay.push_back(k);
    const auto n = static_cast<Eigen::Index>(stay.size());
    Eigen::MatrixXd updates(n, static_cast<Eigen::Index>(updates_.size()));
    Eigen::MatrixXd smaller(n, n);
    for (Eigen::Index j = 0; j < n; ++j) {
      const auto from = static_cast<Eigen::Index>(stay[static_cast<std::size_t>(j)]);
      for (Eigen::Index k = j; k < n; ++k)
        smaller(k, j) = matrix_(static_cast<Eigen::Index>(stay[static_cast<std::size_t>(k)]), from);
    }
    for (std::size_t u = 0; u < updates_.size(); ++u)
      for (std::size_t k = 0; k < stay.size(); ++k)
        updates(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(u)) = updates_[u][stay[k]];
    if (n > 0) smaller.selfadjointView<Eigen::Lower>().rankUpdate(updates, -1);  // Eigen takes the address of the first
    matrix_ = std::move(smaller);
    updates_.clear();
    std::vector<std::size_t> live;
    for (const std::size_t k : stay) {
      position_[live_[k]] = live.size();
      live.push_back(live_[k]);
    }
    live_ = std::move(live);
  }

  const ObsOptions& options_;
  std::size_t columns_, block_;
  Eigen::MatrixXd matrix_;                    // H⁻¹ of the live columns before `updates_`; its lower half counts
  std::vector<std::vector<double>> updates_;  // v of each step since, by position
  Matrix weights_;
  std::vector<std::size_t> live_;      // position → column
  std::vector<std::size_t> position_;  // column → position
  std::vector<bool> gone_;             // blocks
  std::vector<double> diagonal_;       // [column, block]: current blocks along the diagonal of H⁻¹
  std::vector<std::size_t> may_lose_;  // of each group of the pattern: how many more
};

void remove_block(Mask& mask, std::size_t row, std::size_t index, std::size_t block) {
  for (std::size_t i = index * block; i < std::min(mask.columns, (index + 1) * block); ++i) mask(row, i) = 0;
}

}  // namespace

Elimination eliminate(const Matrix& weights, const Matrix& inverse, const ObsOptions& options) {
  RS_CHECK(inverse.rows == weights.columns && inverse.columns == weights.columns);
  RS_CHECK(options.block > 0 && (!options.pattern || (options.block == 1 && options.pattern->of > 0)));
  return Eliminator(weights, inverse, options).run();
}

Mask cheapest_mask(std::span<const Elimination> rows, std::size_t columns, std::size_t removed, std::size_t block) {
  Mask mask(rows.size(), columns);
  using Next = std::pair<double, std::size_t>;  // loss of a row's next step; the row
  std::priority_queue<Next, std::vector<Next>, std::greater<>> queue;
  std::vector<std::size_t> taken(rows.size(), 0);
  const auto offer = [&](std::size_t row) {
    if (taken[row] < rows[row].order.size()) queue.emplace(rows[row].losses[taken[row]], row);
  };
  for (std::size_t row = 0; row < rows.size(); ++row) offer(row);
  for (; removed > 0 && !queue.empty(); --removed) {
    const std::size_t row = queue.top().second;
    queue.pop();
    remove_block(mask, row, rows[row].order[taken[row]++], block);
    offer(row);
  }
  return mask;
}

Mask prefix_mask(std::span<const Elimination> rows, std::size_t columns, std::size_t steps, std::size_t block) {
  Mask mask(rows.size(), columns);
  for (std::size_t row = 0; row < rows.size(); ++row)
    for (std::size_t step = 0; step < std::min(steps, rows[row].order.size()); ++step)
      remove_block(mask, row, rows[row].order[step], block);
  return mask;
}

Result<Matrix> reconstruct(const Matrix& weights, const Mask& kept, const Matrix& hessian) {
  RS_CHECK(weights.rows == kept.rows && weights.columns == kept.columns && hessian.rows == weights.columns);
  std::map<std::string, std::vector<std::size_t>> alike;  // by the row of the mask
  for (std::size_t row = 0; row < weights.rows; ++row)
    alike[{kept.row(row).begin(), kept.row(row).end()}].push_back(row);
  Matrix result(weights.rows, weights.columns);
  for (const auto& [mask, rows] : alike) {
    std::vector<std::size_t> stay, go;
    for (std::size_t i = 0; i < mask.size(); ++i) (mask[i] != 0 ? stay : go).push_back(i);
    Matrix change(stay.size(), rows.size());
    if (!stay.empty() && !go.empty()) {
      Matrix curvature(stay.size(), stay.size());
      Matrix coupling(stay.size(), go.size());
      for (std::size_t i = 0; i < stay.size(); ++i) {
        for (std::size_t j = 0; j < stay.size(); ++j) curvature(i, j) = hessian(stay[i], stay[j]);
        for (std::size_t j = 0; j < go.size(); ++j) coupling(i, j) = hessian(stay[i], go[j]);
      }
      Matrix lost(go.size(), rows.size());
      for (std::size_t j = 0; j < go.size(); ++j)
        for (std::size_t r = 0; r < rows.size(); ++r) lost(j, r) = weights(rows[r], go[j]);
      RS_ASSIGN(change, solve(curvature, matrix_of(view(coupling) * view(lost))));
    }
    for (std::size_t i = 0; i < stay.size(); ++i)
      for (std::size_t r = 0; r < rows.size(); ++r) result(rows[r], stay[i]) = weights(rows[r], stay[i]) + change(i, r);
  }
  return result;
}

}  // namespace roofscape::linear
