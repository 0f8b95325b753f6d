// As gzip does.
const { pipeline } = require('stream');
const { createGzip } = require('zlib');

pipeline(process.stdin, createGzip({ level: 9 }), process.stdout, (error) => {
  if (error) throw error;
});
