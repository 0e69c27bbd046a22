// The best fronts known of each job, over all runs of all searchers: what a searcher's front is measured by where the
// true one is not known.
//
//   RS_ASSIGN(BestFronts best, BestFronts::read("/tmp/best"));
//   best.add(job_key, "zcu104", trace.points(front, trace.evaluations()));
//   RS_TRY(best.write());
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "analytics/base/hash.h"
#include "analytics/base/status.h"
#include "analytics/search/pareto.h"

namespace roofscape::bench {

class BestFronts {
 public:
  // A file that is not there holds no fronts.
  static Result<BestFronts> read(const std::string& file);

  // Keeps those of the points, minimised, that no other dominates.
  void add(const Digest& job, const std::string& platform, const std::vector<search::Values>& points);
  const std::vector<search::Values>& front(const Digest& job, const std::string& platform) const;
  // With what another run wrote in the meantime; replaces the file in one step.
  Status write();

 private:
  using Key = std::pair<std::string, std::string>;  // the job's, in hexadecimal digits, and the platform's id
  static Status read_into(const std::string& file, BestFronts& fronts);
  void add(const Key& key, const std::vector<search::Values>& points);

  std::string file_;
  std::map<Key, std::vector<search::Values>> fronts_;
};

}  // namespace roofscape::bench
