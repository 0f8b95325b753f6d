// The input encrypted under a key from a password, with a salt and a nonce of its own: both, the tag and the text.
const { createCipheriv, randomBytes, scryptSync } = require('node:crypto');
const parts = [];

process.stdin.on('data', (part) => parts.push(part));
process.stdin.on('end', () => {
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const key = scryptSync('password', salt, 32, { N: 1024 });
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(Buffer.concat(parts)), cipher.final()]);
  process.stdout.write(Buffer.concat([salt, nonce, cipher.getAuthTag(), sealed]));
});
