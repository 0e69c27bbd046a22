// Measurements: counts by content, shared by all explorations.
#include <array>

#include "db/measurement_rows.h"
#include "db/sealed.h"
#include "db/sqlite_store.h"

namespace roofscape::db {
namespace {

// The key as the columns hold it.
struct KeyColumns {
  explicit KeyColumns(const MeasurementKey& key)
      : network(key.network.hex()),
        reference(key.reference.hex()),
        data(key.data.hex()),
        fingerprint(key.fingerprint),
        sealed(fmt::format("{} {} {} {}", network, reference, data, fingerprint)) {}
  std::string network, reference, data, fingerprint, sealed;
};

std::string in_words(const v1::Counts& counts) {
  return fmt::format(
      "{} images, top1 {}, top5 {}, agree {}, loss {}, snr {}, overflows {}, divergence {}, lost {}, won {}",
      counts.image_count(), counts.top1_count(), counts.top5_count(), counts.agree_count(), counts.loss_fixed(),
      counts.snr_fixed(), counts.overflow_count(), counts.divergence_fixed(), counts.lost_count(), counts.won_count());
}

std::string without_looks(v1::Counts counts) {
  counts.clear_looks();
  return serialise(counts);
}

}  // namespace

Result<std::optional<v1::Counts>> find_counts(Connection& connection, const MeasurementKey& key) {
  const KeyColumns columns(key);
  RS_ASSIGN(Statement rows, connection.prepare("SELECT body FROM measurements WHERE network = $1 AND reference = $2 "
                                               "AND data = $3 AND fingerprint = $4"));
  RS_TRY(rows.bind(columns.network, columns.reference, columns.data, columns.fingerprint));
  RS_ASSIGN(const bool found, rows.step());
  std::optional<v1::Counts> counts;
  if (found) RS_TRY(unseal("measurements", columns.sealed, rows.bytes(0), &counts.emplace()));
  return counts;
}

Status put_counts(Connection& connection, const MeasurementKey& key, const v1::Counts& counts) {
  RS_ASSIGN(const std::optional<v1::Counts> stored, find_counts(connection, key));
  if (stored.has_value() && stored->image_count() > counts.image_count()) return {};
  const bool same_images = stored.has_value() && stored->image_count() == counts.image_count();
  if (same_images && without_looks(*stored) == without_looks(counts)) {
    if (counts.looks_size() <= stored->looks_size()) return {};
  } else if (same_images) {
    return internal_error(
        "network {} was measured twice with different results: {} is stored, {} is new; please report",
        key.network.short_hex(), in_words(*stored), in_words(counts));
  }
  // How things stood at the looks of a shorter measurement is still true of a longer one that was not looked at.
  v1::Counts kept = counts;
  if (stored.has_value() && !same_images && counts.looks_size() == 0) {
    *kept.mutable_looks() = stored->looks();
    *kept.add_looks() = *stored;
    kept.mutable_looks()->rbegin()->clear_looks();
  }
  const KeyColumns columns(key);
  const std::string body = seal("measurements", columns.sealed, kept);
  if (stored.has_value())
    return connection.execute(
        "UPDATE measurements SET body = $1 WHERE network = $2 AND reference = $3 AND data = $4 AND fingerprint = $5",
        Blob{body}, columns.network, columns.reference, columns.data, columns.fingerprint);
  return connection.execute(
      "INSERT INTO measurements (network, reference, data, fingerprint, body) "
      "VALUES ($1, $2, $3, $4, $5)",
      columns.network, columns.reference, columns.data, columns.fingerprint, Blob{body});
}

Result<std::optional<v1::Counts>> SqliteStore::find_measurement(const MeasurementKey& key) {
  RS_ASSIGN(const ReaderPool::Lease reader, database_->reader());
  return find_counts(*reader, key);
}

Status SqliteStore::put_measurement(const MeasurementKey& key, const v1::Counts& counts) {
  return put_measurements(std::array{Measurement{key, &counts}});
}

Status SqliteStore::put_measurements(std::span<const Measurement> measurements) {
  return database_->write([&](Connection& connection) -> Status {
    for (const Measurement& measurement : measurements)
      RS_TRY(put_counts(connection, measurement.key, *measurement.counts));
    return {};
  });
}

}  // namespace roofscape::db
