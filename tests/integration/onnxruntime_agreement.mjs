// Whether exported networks mean elsewhere what they mean here: 8-bit and narrower points of a front, exported and run
// in ONNX Runtime, must give the class that our engine gives on at least 99.5 % of the images, one by one.
//
//   ORT_FOLDER=FOLDER node tests/integration/onnxruntime_agreement.mjs build/release [MODEL…]
//
// FOLDER, build/onnxruntime unless given, is where `npm install onnxruntime-node` was run. Explores each network in a temporary folder, twice: with 8-bit
// integers alone, and with a choice of widths and schemes. Exits with 0 where all points hold, 1 where one does not, 77
// where ONNX Runtime or the images are not there.
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

const kLeastAgreement = 0.995;
const kSkipped = 77;
const kLevels = ['all', 'disabled']; // ONNX Runtime's default, and the graph as it is written
const kMixedPoints = 4;

function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(kSkipped);
}

const source = path.join(import.meta.dirname, '../..');
const data = process.env.ROOFSCAPE_DATA ?? path.join(source, '../shared/data');
const fashion = process.env.FASHION_MNIST ?? '/usr/share/datasets/fashion-mnist';
const mnist = path.join(data, 'mnist');
const digits = (folder) => ({
  images: path.join(folder, 't10k-images-idx3-ubyte.gz'), labels: path.join(folder, 't10k-labels-idx1-ubyte.gz'),
});
const cases = [
  { name: 'lenet5', file: path.join(source, 'examples/fashion-lenet/lenet5.onnx'), scale: [1, 255], ...digits(fashion) },
  { name: 'mnist-8', file: path.join(data, 'models/mnist-8_onnxjs-demo.onnx'), scale: [1, 1], ...digits(mnist) },
  { name: 'lstm', file: path.join(data, 'models/mnist_lstm20_from_int8_dequant.onnx'), scale: [1, 255], ...digits(mnist) },
  { name: 'resnet8', file: path.join(data, 'models/mlperftiny_ic_resnet8.onnx'), scale: [1, 1],
    images: path.join(data, 'cifar10/cifar10_test_lossless_9886.bin.gz') },
];

const build = process.argv[2];
if (!build) throw new Error('usage: node onnxruntime_agreement.mjs BUILD_DIR [MODEL…]');
const wanted = process.argv.slice(3);
const there = cases.filter((one) => (wanted.length === 0 || wanted.includes(one.name)) &&
  [one.file, one.images, one.labels].every((file) => file === undefined || existsSync(file)));
if (there.length === 0) skip('neither the networks nor their images are there; install the package dataset-fashion-mnist');
let ort;
try {
  ort = createRequire(path.join(process.env.ORT_FOLDER ?? path.join(source, 'build/onnxruntime'), 'x.js'))('onnxruntime-node');
} catch {
  skip('onnxruntime-node is not found; run `npm install onnxruntime-node` in a folder and name it in ORT_FOLDER');
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'roofscape-agreement-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

// Runs one command against a private server in `folder`; what it prints.
function roofscape(...words) {
  return execFileSync(path.join(build, 'client/roofscape'), [...words, '--local', path.join(folder, 'store')],
    { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });
}

// Bytes of all images, and how many belong to one: IDX as it says itself, else rows of CIFAR-10 (a label in front).
function readImages(file) {
  const packed = readFileSync(file);
  const bytes = packed[0] === 0x1f && packed[1] === 0x8b ? gunzipSync(packed) : packed;
  if (bytes.readUInt32BE(0) === 0x803) {
    return { bytes, first: 16, pixels: bytes.readUInt32BE(8) * bytes.readUInt32BE(12), gap: 0 };
  }
  return { bytes, first: 1, pixels: 3072, gap: 1 };
}

// The CSV of `evaluate --predictions`.
function readPredictions(file) {
  return readFileSync(file, 'utf8').trim().split('\n').slice(1).map((line) => {
    const [image, label, predicted] = line.split(',').map(Number);
    return { image, label, predicted };
  });
}

// Class that ONNX Runtime gives each of the images.
async function runtimeClasses(file, one, indices, level) {
  const session = await ort.InferenceSession.create(file, { graphOptimizationLevel: level, intraOpNumThreads: 2 });
  const shape = session.inputMetadata[0].shape.slice(1);
  const { bytes, first, pixels, gap } = one.read;
  const classes = [];
  for (let from = 0; from < indices.length; from += 100) {
    const batch = indices.slice(from, from + 100);
    const values = new Float32Array(batch.length * pixels);
    batch.forEach((image, i) => {
      const at = first + image * (pixels + gap);
      // The network keeps its channels where we do: in front.
      for (let p = 0; p < pixels; ++p) values[i * pixels + p] = bytes[at + p] * (one.scale[0] / one.scale[1]);
    });
    const input = new ort.Tensor('float32', values, [batch.length, ...shape]);
    const output = (await session.run({ [session.inputNames[0]]: input }))[session.outputNames[0]].data;
    const size = output.length / batch.length;
    batch.forEach((_, i) => {
      let best = 0;
      for (let c = 1; c < size; ++c) if (output[i * size + c] > output[i * size + best]) best = c;
      classes.push(best);
    });
  }
  await session.release();
  return classes;
}

// A file with this setting of integers for every layer.
function space(name, integer) {
  const file = path.join(folder, name);
  writeFileSync(file, `space:\n  - layers: "*"\n    integer: ${integer}\n`);
  return file;
}

// Explores a choice of integers, among which each layer may also stay in fp32, and returns the points of the front that
// change anything, those that change most layers first.
function front(id, one, integer, evaluations) {
  const spec = space(`${id}.yaml`, integer);
  appendFileSync(spec, `id: ${id}\nmodel: ${one.name}\ndataset: ${one.name}\nplatforms: [raspberry-pi-4]\n` +
    'objectives: [maximise top1, minimise latency]\nevaluation_images: 512\n' +
    `search: {searcher: surrogate, evaluations: ${evaluations}, seed: 1}\n`);
  roofscape('explore', spec, '--format', 'json');
  const [only] = JSON.parse(roofscape('front', id, '--format', 'json')).fronts;
  const changed = (evaluation) => evaluation.recipe.steps.length;
  return only.evaluations.filter(changed).sort((a, b) => changed(b) - changed(a));
}

// Smallest and largest width of the weights and of the activations.
function widths(evaluation) {
  const range = (knob) => {
    const all = evaluation.recipe.steps.map((step) => step.knobs[knob]);
    return [...new Set([Math.min(...all), Math.max(...all)])].join('–');
  };
  return `${evaluation.recipe.steps.length} layers: weights ${range('weight_bits')}, activations ${range('activation_bits')}`;
}

const percent = (count, of) => `${((100 * count) / of).toFixed(2)} %`;
let holds = true;

async function compare(id, one, evaluation) {
  const name = `explorations/${id}/evaluations/${evaluation.index}`;
  const csv = path.join(folder, 'predictions.csv');
  const file = path.join(folder, 'exported.onnx');
  roofscape('evaluate', '--model', one.name, '--dataset', one.name, '--images', '1000000', '--config', name,
    '--predictions', csv);
  roofscape('export', id, String(evaluation.index), '-o', file);
  const ours = readPredictions(csv);
  const right = ours.filter((row) => row.predicted === row.label).length;
  let line = `${one.name.padEnd(9)} ${widths(evaluation).padEnd(44)} ${String(ours.length).padStart(6)} images   ` +
    `Roofscape ${percent(right, ours.length)}`;
  for (const level of kLevels) {
    const theirs = await runtimeClasses(file, one, ours.map((row) => row.image), level);
    const same = ours.filter((row, i) => row.predicted === theirs[i]).length;
    const theirRight = ours.filter((row, i) => row.label === theirs[i]).length;
    const enough = same >= kLeastAgreement * ours.length;
    holds &&= enough;
    line += `   ${level} ${percent(theirRight, ours.length)}, agrees on ${percent(same, ours.length)}${enough ? '' : ' TOO FEW'}`;
  }
  console.log(line);
}

console.log(`ONNX Runtime ${ort.env.versions.node ?? ''}: top-1 at its optimisation levels, and agreement with Roofscape's engine`);
for (const one of there) {
  one.read = readImages(one.images);
  roofscape('model', 'import', one.file, '--name', one.name, '--scale', one.scale.join('/'));
  roofscape('dataset', 'import', '--name', one.name, '--images', one.images, ...(one.labels ? ['--labels', one.labels] : []));
  const eight = front(`${one.name}-eight`, one, '{weight_bits: 8, activation_bits: 8}', 30);
  if (eight.length === 0) throw new Error(`the front of ${one.name} has no point with 8 bits`);
  await compare(`${one.name}-eight`, one, eight[0]);
  const mixed = front(`${one.name}-mixed`, one,
    '{weight_bits: [4, 8, 12], activation_bits: [4, 8, 12], weight_scheme: [symmetric, affine], activation_scheme: [symmetric, affine]}', 30);
  for (let i = 0; i < Math.min(kMixedPoints, mixed.length); ++i) {
    await compare(`${one.name}-mixed`, one, mixed[i]);
  }
}
process.exit(holds ? 0 : 1);
