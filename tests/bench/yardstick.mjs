// The searchers beside their opponents, on every network and space of tests/bench/spaces, as tables in Markdown.
//
//   node tests/bench/yardstick.mjs FOLDER [--build build/release] [--jobs resnet8,lstm_integers] [--seeds 1,2,3]
//        [--searchers surrogate,nsga2,random,expert,optuna-nsga2,optuna-tpe] [--evaluations 40,120,300] [--threads 2]
//
// FOLDER keeps measurements, the best fronts known and every result (results.csv): what is there is not run again, so
// that an interrupted matrix goes on, and a part of it may be run first. Writes FOLDER/yardstick.md from all results of
// the folder. All searchers are compared at equal numbers of images seen: a budget of N is what N measurements on all
// evaluation images see. `--jobs` takes names, or beginnings of names, of files in tests/bench/spaces, or paths. A job
// whose network or data is not on this machine, and Optuna where it is not installed, are skipped with a word.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

const kSkipped = 77;
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    build: { type: 'string', default: 'build/release' },
    jobs: { type: 'string', default: '' },
    searchers: { type: 'string', default: 'expert,surrogate,nsga2,random,optuna-nsga2,optuna-tpe' },
    evaluations: { type: 'string', default: '40,120,300' },
    seeds: { type: 'string', default: '1,2,3' },
    threads: { type: 'string', default: '2' },
  },
});
const folder = positionals[0];
if (folder === undefined) {
  console.error('usage: node tests/bench/yardstick.mjs FOLDER [--jobs …] [--searchers …] [--evaluations …] [--seeds …]');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const program = path.join(options.build, 'tests/bench/search_yardstick');
const spaces = path.join(import.meta.dirname, 'spaces');
const csv = path.join(folder, 'results.csv');

function jobFiles() {
  const all = readdirSync(spaces).filter((name) => name.endsWith('.yaml')).sort();
  const wanted = options.jobs.split(',').filter((name) => name !== '');
  if (wanted.length === 0) return all.map((name) => path.join(spaces, name));
  return wanted.flatMap((name) =>
    existsSync(name) ? [name] : all.filter((file) => file.startsWith(name)).map((file) => path.join(spaces, file)));
}

function results() {
  if (!existsSync(csv)) return [];
  const [header, ...lines] = readFileSync(csv, 'utf8').trim().split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    const row = Object.fromEntries(line.split(',').map((value, i) => [names[i], value]));
    for (const name of names)
      if (!['job', 'searcher', 'platform'].includes(name)) row[name] = Number(row[name]);
    return row;
  });
}

function run(job, searcher, evaluations, seeds) {
  const flags = [job, '--evaluations', String(evaluations), '--seeds', seeds.join(','), '--by-images', '--threads',
    options.threads, '--cache', path.join(folder, 'measurements'), '--best', path.join(folder, 'best'), '--csv', csv];
  const python = ['/usr/bin/python3', path.join(import.meta.dirname, 'optuna_driver.py')];
  const command = searcher.startsWith('optuna-') ? [...python, searcher.slice('optuna-'.length), program, ...flags]
    : [program, ...flags, '--searcher', searcher];
  console.log(`${path.basename(job, '.yaml')}: ${searcher}, ${evaluations} evaluations, seeds ${seeds.join(', ')}`);
  const { status } = spawnSync(command[0], command.slice(1), { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0 && status !== kSkipped) throw new Error(`${command.join(' ')} ended with ${status}`);
}

function runWhatIsMissing() {
  const searchers = options.searchers.split(',');
  for (const job of jobFiles())
    for (const evaluations of options.evaluations.split(',').map(Number))
      for (const searcher of searchers) {
        const name = path.basename(job, '.yaml');
        const there = results().filter((row) =>
          row.job === name && row.searcher === searcher && row.budget === evaluations && row.at === evaluations);
        const seeds = options.seeds.split(',').map(Number).filter((seed) => !there.some((row) => row.seed === seed));
        if (seeds.length > 0) run(job, searcher, evaluations, seeds);
      }
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function groups(rows, key) {
  const found = new Map();
  for (const row of rows) found.set(key(row), [...(found.get(key(row)) ?? []), row]);
  return found;
}

const ratio = (value, other) => (other > 0 ? value / other : value > 0 ? Infinity : 1);
const shown = (value, digits = 3) => (Number.isFinite(value) ? value.toFixed(digits) : value > 0 ? '∞' : '–');

// Every row at its budget's end, beside the expert's of the same job, platform, budget and seed, and the best known.
function compared() {
  const rows = results().filter((row) => row.at === row.budget);
  const place = (row) => `${row.job} ${row.platform}`;
  const experts = new Map(rows.filter((row) => row.searcher === 'expert')
    .map((row) => [`${place(row)} ${row.budget} ${row.seed}`, row.hypervolume]));
  const best = new Map([...groups(rows, place)].map(([key, all]) => [key, Math.max(...all.map((row) => row.best))]));
  return rows.map((row) => ({
    ...row,
    overExpert: ratio(row.hypervolume, experts.get(`${place(row)} ${row.budget} ${row.seed}`)),
    ofBest: ratio(row.hypervolume, best.get(place(row))),
  }));
}

function table(header, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

// The judgement: over all jobs, platforms and seeds.
function overall(rows) {
  const lines = [...groups(rows, (row) => `${row.budget} ${row.searcher}`)].map(([, all]) => {
    const over = all.map((row) => row.overExpert).filter((value) => !Number.isNaN(value));
    return [all[0].budget, all[0].searcher, all.length, shown(median(over)), shown(Math.min(...over)),
      shown(over.filter((value) => value < 1).length / over.length, 2),
      shown(median(all.map((row) => row.ofBest))), shown(Math.min(...all.map((row) => row.ofBest))),
      shown(median(all.map((row) => row.seconds)), 1)];
  });
  lines.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1));
  return table(['budget', 'searcher', 'fronts', 'over expert: median', 'worst', 'share below', 'of best: median', 'worst',
    'seconds, median'], lines);
}

// Mean over platforms of the median seed's hypervolume; in brackets the worst seed's.
function byJob(rows, budget) {
  const of = rows.filter((row) => row.budget === budget);
  const searchers = [...new Set(of.map((row) => row.searcher))].sort();
  const lines = [...groups(of, (row) => row.job)].map(([job, all]) => [job, ...searchers.map((searcher) => {
    const platforms = [...groups(all.filter((row) => row.searcher === searcher), (row) => row.platform).values()];
    if (platforms.length === 0) return '–';
    const mean = (pick) => platforms.reduce((sum, seeds) => sum + pick(seeds.map((row) => row.hypervolume)), 0) / platforms.length;
    return `${shown(mean(median), 4)} (${shown(mean((values) => Math.min(...values)), 4)})`;
  })]);
  return table(['job', ...searchers], lines);
}

runWhatIsMissing();
const rows = compared();
const budgets = [...new Set(rows.map((row) => row.budget))].sort((a, b) => a - b);
const text = ['Over all jobs, platforms and seeds, at equal images seen:', overall(rows),
  ...budgets.flatMap((budget) => [
    `Hypervolume at ${budget} measurements' worth of images, mean over the platforms, median seed (worst seed):`,
    byJob(rows, budget)])].join('\n\n');
writeFileSync(path.join(folder, 'yardstick.md'), `${text}\n`);
console.log(`\n${text}`);
