// Orders as JSON on the input, what each city bought as JSON on the output.
const { readFileSync } = require('node:fs');

const cities = new Map();
for (const { city, items } of JSON.parse(readFileSync(0, 'utf8'))) {
  const sum = cities.get(city) ?? { city, orders: 0, total: 0 };
  sum.orders += 1;
  for (const { price, count } of items) sum.total += price * count;
  cities.set(city, sum);
}
process.stdout.write(JSON.stringify([...cities.values()].sort((a, b) => b.total - a.total)));
