#include "analytics/search/cholesky.h"

#include <cmath>

namespace roofscape::search {
namespace {

// Σ a[i]·b[i] in eight interleaved sums: a fixed order that compilers can still keep in vector registers, and long
// enough that additions do not wait for each other.
double dot(const double* a, const double* b, std::size_t count) {
  double sum[8] = {};
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8)
    for (std::size_t k = 0; k < 8; ++k) sum[k] += a[i + k] * b[i + k];
  double total = ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
  for (; i < count; ++i) total += a[i] * b[i];
  return total;
}

}  // namespace

std::optional<Cholesky> Cholesky::factor(std::vector<double> matrix, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    double* row = &matrix[i * size];
    for (std::size_t j = 0; j < i; ++j) {
      const double* other = &matrix[j * size];
      row[j] = (row[j] - dot(row, other, j)) / other[j];
    }
    const double pivot = row[i] - dot(row, row, i);
    if (!(pivot > 0) || !std::isfinite(pivot)) return std::nullopt;
    row[i] = std::sqrt(pivot);
  }
  Cholesky result;
  result.lower_ = std::move(matrix);
  result.size_ = size;
  return result;
}

void Cholesky::solve_lower(std::span<double> b) const {
  for (std::size_t i = 0; i < size_; ++i) {
    const double* row = &lower_[i * size_];
    b[i] = (b[i] - dot(row, b.data(), i)) / row[i];
  }
}

std::vector<double> Cholesky::solve(std::span<const double> b) const {
  std::vector<double> x(b.begin(), b.end());
  solve_lower(x);
  for (std::size_t i = size_; i-- > 0;) {
    x[i] /= lower_[i * size_ + i];
    for (std::size_t j = 0; j < i; ++j) x[j] -= lower_[i * size_ + j] * x[i];
  }
  return x;
}

std::vector<double> Cholesky::inverse_diagonal() const {
  // Column i of L⁻¹ starts at row i; the diagonal of the inverse is the squared length of each column.
  std::vector<double> diagonal(size_), column(size_);
  for (std::size_t i = 0; i < size_; ++i) {
    double squares = 0;
    for (std::size_t r = i; r < size_; ++r) {
      const double* row = &lower_[r * size_];
      const double right = (r == i ? 1.0 : 0.0) - dot(row + i, column.data() + i, r - i);
      column[r] = right / row[r];
      squares += column[r] * column[r];
    }
    diagonal[i] = squares;
  }
  return diagonal;
}

double Cholesky::log_determinant() const {
  double sum = 0;
  for (std::size_t i = 0; i < size_; ++i) sum += 2 * std::log(lower_[i * size_ + i]);
  return sum;
}

}  // namespace roofscape::search
