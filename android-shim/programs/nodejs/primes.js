// The primes up to the number on the input, in rounds between which timers and promises have their turn.
let text = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (part) => {
  text += part;
});
process.stdin.on('end', async () => {
  const limit = Number.parseInt(text, 10);
  const composite = new Uint8Array(limit + 1);
  let found = 0;
  let rounds = 0;
  const timer = setInterval(() => {
    rounds += 1;
  }, 1);
  for (let n = 2; n <= limit; n++) {
    if (n % 100_000 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    if (composite[n]) continue;
    found += 1;
    for (let multiple = n * n; multiple <= limit; multiple += n) composite[multiple] = 1;
  }
  clearInterval(timer);
  console.log(rounds > 0 ? found : 'no timer came');
});
