// The Dirichlet problem of the random walker on the four-neighbour graph of an image.
// L. Grady, Random walks for image segmentation, IEEE TPAMI 28 (2006) 1768-1783, equations 1, 9 and 10.

// Nothing of Eigen under another licence than MPL 2.0, and no assertion that would end the process.
#define EIGEN_MPL2_ONLY
#define EIGEN_NO_DEBUG

#include "CEigen.h"

#include <Eigen/SparseCholesky>
#include <Eigen/SparseCore>
#include <algorithm>
#include <cmath>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

std::string &lastError() {
  thread_local std::string message;
  return message;
}

/// Joins pixels to the ones to their right and below.
class Graph {
 public:
  Graph(const ceigen_grid &grid, double beta) : grid_(grid) {
    const int64_t values = pixels() * grid.channels;
    double mean = 0, squares = 0;
    for (int64_t i = 0; i < values; i++) mean += grid.image[i];
    mean /= double(values);
    for (int64_t i = 0; i < values; i++) squares += std::pow(grid.image[i] - mean, 2);
    const double deviation = std::sqrt(squares / double(values));
    // In an image of one value all edges are alike.
    if (deviation > 0) scale_ = -beta / (10 * deviation * std::sqrt(double(grid.channels)));
  }

  int64_t pixels() const { return int64_t(grid_.width) * grid_.height; }

  /// Calls `body(pixel, other, weight)` for each edge.
  template <typename Body>
  void forEachEdge(Body &&body) const {
    for (int64_t y = 0; y < grid_.height; y++) {
      for (int64_t x = 0; x < grid_.width; x++) {
        const int64_t pixel = y * grid_.width + x;
        if (x + 1 < grid_.width) body(pixel, pixel + 1, weight(pixel, pixel + 1));
        const int64_t below = pixel + grid_.width;
        if (y + 1 < grid_.height) body(pixel, below, weight(pixel, below));
      }
    }
  }

 private:
  double weight(int64_t a, int64_t b) const {
    double squares = 0;
    for (int32_t channel = 0; channel < grid_.channels; channel++) {
      const double difference = double(grid_.image[a * grid_.channels + channel])
          - double(grid_.image[b * grid_.channels + channel]);
      squares += difference * difference;
    }
    return std::exp(scale_ * squares) + 1e-10;
  }

  const ceigen_grid &grid_;
  double scale_ = 0;
};

void solve(const ceigen_grid &grid, double beta, double *probability) {
  const Graph graph(grid, beta);
  const int64_t pixels = graph.pixels();
  std::vector<int32_t> row(size_t(pixels), -1);  // of the pixels that are not known
  int32_t unknown = 0;
  bool hasSeed = false;
  for (int64_t pixel = 0; pixel < pixels; pixel++) {
    probability[pixel] = grid.seeds[pixel] == 1;
    if (grid.seeds[pixel] == 0) row[size_t(pixel)] = unknown++;
    else hasSeed = true;
  }
  if (!hasSeed) throw std::invalid_argument("there is no seed");
  if (unknown == 0) return;

  std::vector<Eigen::Triplet<double>> entries;
  entries.reserve(size_t(unknown) * 3);
  std::vector<double> degrees(size_t(unknown), 0.0);
  Eigen::VectorXd known = Eigen::VectorXd::Zero(unknown);
  graph.forEachEdge([&](int64_t a, int64_t b, double weight) {
    const int32_t first = row[size_t(a)], second = row[size_t(b)];
    if (first >= 0) degrees[size_t(first)] += weight;
    if (second >= 0) degrees[size_t(second)] += weight;
    if (first >= 0 && second >= 0) {
      entries.emplace_back(std::max(first, second), std::min(first, second), -weight);
    } else if (first >= 0 && grid.seeds[b] == 1) {
      known[first] += weight;
    } else if (second >= 0 && grid.seeds[a] == 1) {
      known[second] += weight;
    }
  });
  for (int32_t i = 0; i < unknown; i++) entries.emplace_back(i, i, degrees[size_t(i)]);

  Eigen::SparseMatrix<double> laplacian(unknown, unknown);
  laplacian.setFromTriplets(entries.begin(), entries.end());
  const Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>, Eigen::Lower> solver(laplacian);
  if (solver.info() != Eigen::Success) {
    throw std::runtime_error("the system has no single solution");
  }
  const Eigen::VectorXd solution = solver.solve(known);
  for (int64_t pixel = 0; pixel < pixels; pixel++) {
    const int32_t place = row[size_t(pixel)];
    if (place >= 0) probability[pixel] = std::clamp(solution[place], 0.0, 1.0);
  }
}

}  // namespace

const char *ceigen_last_error(void) { return lastError().c_str(); }

int32_t ceigen_random_walker(const ceigen_grid *grid, double beta, double *probability) {
  try {
    if (grid->width < 1 || grid->height < 1 || grid->channels < 1
        || int64_t(grid->width) * grid->height > INT32_MAX) {
      throw std::invalid_argument("the grid is empty or too large");
    }
    solve(*grid, beta, probability);
    return 0;
  } catch (const std::exception &error) {
    lastError() = error.what();
  } catch (...) {
    lastError() = "an unknown C++ exception";
  }
  return 1;
}
