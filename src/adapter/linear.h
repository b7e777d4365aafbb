#pragma once
// The few pieces of linear algebra that low-rank updates need, in doubles. Sizes are the caller's
// to bound: time grows with rows × columns².

#include <cstddef>
#include <vector>

namespace gh::adapter {

// Column by column: `at(row, column)` is values[column * rows + row].
struct Matrix {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<double> values;

  double& at(std::size_t row, std::size_t column) { return values[column * rows + row]; }
  double at(std::size_t row, std::size_t column) const { return values[column * rows + row]; }
};

// The R of a thin QR decomposition (Householder), of min(rows, columns) rows.
Matrix triangle_of(Matrix matrix);

// Singular values, largest first (one-sided Jacobi).
std::vector<double> singular_values(Matrix matrix);

// Of the product b · a, `b` tall and `a` wide, without forming it: those of the product of the two
// triangles, which is as small as the rank.
std::vector<double> singular_values_of_product(const Matrix& b, const Matrix& a);

}  // namespace gh::adapter
