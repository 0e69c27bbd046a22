// Images a second of Roofscape's engine and of ONNX Runtime, in turn in one run, so that a drifting machine hurts both.
//
//   node tests/bench/compare.mjs build/release     (scripts/bench.sh installs onnxruntime-node and calls it)
//
// Prints, for each network and number of threads, the median over rounds of each, and the median of the ratios.
import { createRequire } from 'node:module';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const require = createRequire(path.join(process.env.ORT_FOLDER ?? process.cwd(), 'x.js'));
const ort = require('onnxruntime-node');
const build = process.argv[2] ?? 'build/release';
const rounds = Number(process.env.ROUNDS ?? 5);
const batch = 64;
const data = process.env.ROOFSCAPE_DATA ?? path.join(import.meta.dirname, '../../../shared/data');
const networks = [
  { name: 'lenet5', file: path.join(import.meta.dirname, '../../examples/fashion-lenet/lenet5.onnx'), shape: [1, 28, 28] },
  { name: 'resnet8', file: path.join(data, 'models/mlperftiny_ic_resnet8.onnx'), shape: [3, 32, 32] },
].filter((network) => existsSync(network.file));

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

// Images a second over about one second.
async function runtimeRate(session, shape) {
  const size = shape.reduce((a, b) => a * b, batch);
  const input = new ort.Tensor('float32', Float32Array.from({ length: size }, Math.random), [batch, ...shape]);
  const feeds = { [session.inputNames[0]]: input };
  await session.run(feeds);
  const start = performance.now();
  let images = 0;
  while (performance.now() - start < 1000) {
    await session.run(feeds);
    images += batch;
  }
  return (images / (performance.now() - start)) * 1000;
}

function engineRate(network, format, threads) {
  const out = execFileSync(path.join(build, 'tests/bench/roofscape_bench'), [
    `--benchmark_filter=^speed/${network}_${format}/${threads}/`, '--benchmark_format=json', '--benchmark_min_time=1',
  ], { stdio: ['ignore', 'pipe', 'ignore'] });
  return JSON.parse(out).benchmarks[0]['images/s'];
}

console.log('network    threads   Roofscape fp32   ONNX Runtime fp32   ratio   Roofscape int8   int8/fp32');
for (const network of networks) {
  for (const threads of [1, 2]) {
    const session = await ort.InferenceSession.create(network.file, {
      intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: 'sequential',
    });
    const ours = [], theirs = [], narrow = [];
    for (let round = 0; round < rounds; ++round) {
      ours.push(engineRate(network.name, 'fp32', threads));
      theirs.push(await runtimeRate(session, network.shape));
      narrow.push(engineRate(network.name, 'int8', threads));
    }
    const ratio = median(ours.map((rate, i) => rate / theirs[i]));
    const gain = median(narrow.map((rate, i) => rate / ours[i]));
    console.log(`${network.name.padEnd(10)} ${String(threads).padStart(7)} ${median(ours).toFixed(0).padStart(16)} ` +
      `${median(theirs).toFixed(0).padStart(19)} ${ratio.toFixed(2).padStart(7)} ${median(narrow).toFixed(0).padStart(16)} ` +
      `${gain.toFixed(2).padStart(11)}`);
  }
}
