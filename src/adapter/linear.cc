#include "adapter/linear.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>
#include <utility>

namespace gh::adapter {

namespace {

using Column = std::span<double>;

Column column(Matrix& matrix, std::size_t index) {
  return Column(matrix.values).subspan(index * matrix.rows, matrix.rows);
}

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

Matrix transposed(const Matrix& matrix) {
  Matrix out{matrix.columns, matrix.rows, std::vector<double>(matrix.values.size())};
  for (std::size_t c = 0; c < matrix.columns; ++c) {
    for (std::size_t r = 0; r < matrix.rows; ++r) out.at(c, r) = matrix.at(r, c);
  }
  return out;
}

// left · rightᵀ
Matrix product_with_transposed(const Matrix& left, const Matrix& right) {
  Matrix out{left.rows, right.rows, std::vector<double>(left.rows * right.rows)};
  for (std::size_t k = 0; k < left.columns; ++k) {
    for (std::size_t c = 0; c < right.rows; ++c) {
      for (std::size_t r = 0; r < left.rows; ++r) out.at(r, c) += left.at(r, k) * right.at(c, k);
    }
  }
  return out;
}

}  // namespace

Matrix triangle_of(Matrix matrix) {
  const std::size_t size = std::min(matrix.rows, matrix.columns);
  for (std::size_t k = 0; k < size; ++k) {
    const Column below = column(matrix, k).subspan(k);
    const double length = std::sqrt(dot(below, below));
    if (length == 0) continue;
    // The reflection takes the column to (±length, 0, …, 0); the sign avoids cancellation.
    const double head = below[0] > 0 ? -length : length;
    std::vector<double> mirror(below.begin(), below.end());
    mirror[0] -= head;
    const double scale = 2 / dot(mirror, mirror);
    for (std::size_t c = k; c < matrix.columns; ++c) {
      const Column other = column(matrix, c).subspan(k);
      const double part = scale * dot(mirror, other);
      for (std::size_t i = 0; i < other.size(); ++i) other[i] -= part * mirror[i];
    }
  }
  Matrix triangle{size, matrix.columns, std::vector<double>(size * matrix.columns)};
  for (std::size_t c = 0; c < matrix.columns; ++c) {
    for (std::size_t r = 0; r <= std::min(c, size - 1) && r < size; ++r) {
      triangle.at(r, c) = matrix.at(r, c);
    }
  }
  return triangle;
}

std::vector<double> singular_values(Matrix matrix) {
  constexpr int kSweeps = 40;  // it converges in about ten
  constexpr double kSmall = 1e-14;
  bool turned = true;
  for (int sweep = 0; turned && sweep < kSweeps; ++sweep) {
    turned = false;
    for (std::size_t p = 0; p + 1 < matrix.columns; ++p) {
      for (std::size_t q = p + 1; q < matrix.columns; ++q) {
        const Column a = column(matrix, p);
        const Column b = column(matrix, q);
        const double aa = dot(a, a);
        const double bb = dot(b, b);
        const double ab = dot(a, b);
        if (std::abs(ab) <= kSmall * std::sqrt(aa * bb)) continue;
        turned = true;
        // The rotation that makes the two columns orthogonal.
        const double zeta = (bb - aa) / (2 * ab);
        const double t = (zeta >= 0 ? 1.0 : -1.0) / (std::abs(zeta) + std::hypot(1.0, zeta));
        const double cosine = 1 / std::hypot(1.0, t);
        const double sine = cosine * t;
        for (std::size_t i = 0; i < a.size(); ++i) {
          const double old = a[i];
          a[i] = cosine * old - sine * b[i];
          b[i] = sine * old + cosine * b[i];
        }
      }
    }
  }
  std::vector<double> values;
  for (std::size_t c = 0; c < matrix.columns; ++c) {
    values.push_back(std::sqrt(dot(column(matrix, c), column(matrix, c))));
  }
  std::ranges::sort(values, std::greater<>());
  return values;
}

std::vector<double> singular_values_of_product(const Matrix& b, const Matrix& a) {
  // b = Q R, aᵀ = P S, so b · a = Q (R Sᵀ) Pᵀ, and Q and P change no singular value.
  return singular_values(product_with_transposed(triangle_of(b), triangle_of(transposed(a))));
}

}  // namespace gh::adapter
