// ONNX Runtime's side of the race; see torch_race.py. Usage: node ort_race.js CACHE THREADS SECONDS FIGURE...
// With LATENCY set it prints a line `figure threads median p99` in milliseconds instead, for `neighbours`.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const ort = require('onnxruntime-node');

const [cache, threads, seconds] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];

const LARGEST_DEVIATION = 1e-3;

/** The named tensors of a safetensors file, without reading the rest of it: name -> { shape, data }. */
function readTensors(file, names) {
  const descriptor = fs.openSync(file, 'r');
  const read = (length, position) => {
    const bytes = Buffer.from(new ArrayBuffer(length));
    fs.readSync(descriptor, bytes, 0, length, position);
    return bytes;
  };
  const length = Number(read(8, 0).readBigUInt64LE());
  const header = JSON.parse(read(length, 8).toString('utf8'));
  const tensors = names.map((name) => {
    const { shape, data_offsets: [begin, end] } = header[name];
    return [name, { shape, data: new Float32Array(read(end - begin, 8 + length + begin).buffer) }];
  });
  fs.closeSync(descriptor);
  return Object.fromEntries(tensors);
}

/** Seconds of every call after some to warm up, the fastest first. */
async function times(action) {
  const now = () => Number(process.hrtime.bigint()) / 1e9;
  await action();
  for (const start = now(); now() - start < 0.5 + seconds / 10;) await action();
  const all = [];
  for (const start = now(); all.length === 0 || now() - start < seconds;) {
    const one = now();
    await action();
    all.push(now() - one);
  }
  return Float64Array.from(all).sort();
}

const say = (figure, value, unit) => console.log(figure, threads, Number(value.toPrecision(6)), unit);

async function run(figure) {
  const [, network, batch] = /^(\w+)-infer-(\d+)$/.exec(figure) ?? [];
  if (!network) throw new Error(`no such figure here: ${figure}`);
  const tensors = readTensors(path.join(cache, `${figure}.safetensors`), ['race.input', 'race.output']);
  const session = await ort.InferenceSession.create(path.join(cache, `${network}.onnx`), {
    intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: 3,
  });
  const feeds = { x: new ort.Tensor('float32', tensors['race.input'].data, tensors['race.input'].shape) };
  const expected = tensors['race.output'].data;
  const got = (await session.run(feeds)).y.data;
  let difference = 0, largest = 0;
  expected.forEach((value, i) => {
    difference = Math.max(difference, Math.abs(got[i] - value));
    largest = Math.max(largest, Math.abs(value));
  });
  if (!(difference / largest <= LARGEST_DEVIATION)) {
    throw new Error(`${figure}: ONNX Runtime's numbers differ from PyTorch's by ${(difference / largest).toExponential(1)} of the largest, at most ${LARGEST_DEVIATION} is allowed`);
  }
  const all = await times(() => session.run(feeds));
  if (process.env.LATENCY) {
    const at = (share) => Number((1000 * all[Math.floor(all.length * share)]).toPrecision(6));
    console.log(figure, threads, at(0.5), at(0.99));
    return;
  }
  say(`${figure}-deviation`, difference / largest, 'relative');
  const time = all[0];
  const latency = network === 'lenet5' && batch === '1';
  say(figure, latency ? time * 1e6 : Number(batch) / time, latency ? 'µs' : 'images/s');
}

(async () => {
  for (const figure of process.argv.slice(5)) await run(figure);
})().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
