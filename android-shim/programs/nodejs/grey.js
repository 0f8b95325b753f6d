// A picture without its colours. Bundled with pngjs, whose streams compress in other threads where there are any.
const { PNG } = require('pngjs');

process.stdin.pipe(new PNG()).on('parsed', function () {
  for (let at = 0; at < this.data.length; at += 4) {
    const [red, green, blue] = this.data.subarray(at, at + 3);
    this.data.fill(Math.round(0.3 * red + 0.6 * green + 0.1 * blue), at, at + 3);
  }
  this.pack().pipe(process.stdout);
});
