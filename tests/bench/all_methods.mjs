// The front of the space of all methods beside that of integers and pruning alone, by the hypervolume of both in one box.
//
//   node tests/bench/all_methods.mjs build/release [DIRECTORY]
//
// Explores both files of examples/fashion-lenet on two platforms and prints, for each platform, both hypervolumes (shares
// of the box between the best and worst values of both fronts), and how long each exploration took.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const build = process.argv[2] ?? 'build/release';
const folder = process.argv[3] ?? mkdtempSync(path.join(os.tmpdir(), 'roofscape-'));
const example = path.join(import.meta.dirname, '../../examples/fashion-lenet');
const images = process.env.FASHION_MNIST ?? '/usr/share/datasets/fashion-mnist';

function roofscape(...words) {
  return execFileSync(path.join(build, 'client/roofscape'), [...words, '--local', folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 28,
  });
}

// Volume of the union of boxes from each point to (1, …, 1); coordinates in [0, 1], smaller is better.
function hypervolume(points) {
  if (points.length === 0) return 0;
  if (points[0].length === 1) return 1 - Math.min(...points.map((p) => p[0]));
  const last = points[0].length - 1;
  const sorted = [...points].sort((a, b) => a[last] - b[last]);
  let volume = 0;
  for (let i = 0; i < sorted.length; ++i) {
    const next = i + 1 < sorted.length ? sorted[i + 1][last] : 1;
    if (next > sorted[i][last]) {
      const slice = sorted.slice(0, i + 1).map((p) => p.slice(0, last));
      const kept = slice.filter((p, a) => !slice.some((q, b) => (b < a || q.some((v, k) => v < p[k])) && b !== a && q.every((v, k) => v <= p[k])));
      volume += (next - sorted[i][last]) * hypervolume(kept);
    }
  }
  return volume;
}

function explored(file) {
  const start = performance.now();
  const fronts = JSON.parse(roofscape('explore', path.join(example, file), '--format', 'json'));
  return { fronts, seconds: (performance.now() - start) / 1000 };
}

// Objectives of one point of a front on its platform, all to be minimised.
function objectives(evaluation, platform) {
  const estimate = evaluation.estimates.find((e) => e.platform.endsWith(`/${platform}`) || e.platform === platform);
  return [1 - evaluation.accuracy.top1, estimate.latency_seconds, estimate.energy_joules ?? 0,
    estimate.weight_bytes];
}

roofscape('model', 'import', path.join(example, 'lenet5.onnx'), '--name', 'lenet5', '--scale', '1/255');
roofscape('dataset', 'import', '--name', 'fashion', '--images', path.join(images, 't10k-images-idx3-ubyte.gz'), '--labels',
  path.join(images, 't10k-labels-idx1-ubyte.gz'));
const all = explored('all_methods.yaml');
const few = explored('integers_and_pruning.yaml');
console.log(`explored: all methods ${all.seconds.toFixed(0)} s, integers and pruning ${few.seconds.toFixed(0)} s`);
for (const front of all.fronts.fronts) {
  const platform = front.platform.split('/').pop();
  const other = few.fronts.fronts.find((f) => f.platform === front.platform);
  const sets = [front, other].map((f) => f.evaluations.map((p) => objectives(p, platform)));
  const both = sets.flat();
  const low = both[0].map((_, k) => Math.min(...both.map((p) => p[k])));
  const high = both[0].map((_, k) => Math.max(...both.map((p) => p[k])));
  const [wide, narrow] = sets.map((points) =>
    hypervolume(points.map((p) => p.map((v, k) => (high[k] > low[k] ? (v - low[k]) / (high[k] - low[k]) : 0)))));
  console.log(`${platform}: hypervolume ${wide.toFixed(4)} with all methods (${sets[0].length} points), ${narrow.toFixed(4)} with integers and pruning (${sets[1].length})`);
}
