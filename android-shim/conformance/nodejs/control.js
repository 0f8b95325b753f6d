// `node control.js NAME`: an attempt outside the sandbox, its answer on stdout.
const attempts = require('./attempts.js');

Promise.resolve(attempts(new TextEncoder().encode(process.argv[2])))
  .then((answer) => {
    process.stdout.write(String(answer));
    setTimeout(() => process.exit(0), 0);
  })
  .catch((error) => {
    process.stdout.write(error.name === 'RangeError' ? 'RangeError' : String(error));
    process.exit(1);
  });
