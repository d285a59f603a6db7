// Owns the other end of the pipe of tfjs.py: loads a converted model and answers line by line.
// Asked with a JSON array of rows; answers a JSON array of rows.

const fs = require('fs');
const path = require('path');
const readline = require('readline');

console.warn = () => {};  // that a faster back end could be installed; the pipe is for answers
const tf = require('@tensorflow/tfjs');

async function load(folder) {
  const parts = JSON.parse(fs.readFileSync(path.join(folder, 'model.json'), 'utf8'));
  const groups = parts.weightsManifest;
  const files = groups.flatMap(group => group.paths);
  const bytes = Buffer.concat(files.map(file => fs.readFileSync(path.join(folder, file))));
  const weightData = new Uint8Array(bytes).buffer;
  const weightSpecs = groups.flatMap(group => group.weights);
  return tf.loadGraphModel(tf.io.fromMemory({...parts, weightSpecs, weightData}));
}

async function main() {
  const model = await load(process.argv[2]);
  for await (const line of readline.createInterface({input: process.stdin})) {
    const rows = tf.tidy(() => model.predict(tf.tensor2d(JSON.parse(line))).arraySync());
    process.stdout.write(JSON.stringify(rows) + '\n');
  }
}

main();
