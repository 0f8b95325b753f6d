// Versions, one a line, the newest first; what is none goes to the error output. Bundled with semver.
import { text } from 'node:stream/consumers';
import { compareBuild, parse } from 'semver';

const versions = (await text(process.stdin)).split('\n').filter((line) => line !== '');
const known = versions.flatMap((line) => {
  const version = parse(line);
  if (version === null) console.error(`${line} is no version`);
  return version ?? [];
});
for (const version of known.sort(compareBuild).reverse()) console.log(version.raw);
