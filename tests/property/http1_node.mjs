// How Node's HTTP server (llhttp) reads a client's bytes: the other side of http1_differential.py.
// stdin: inputs, each as a 4-byte big-endian length and the bytes. stdout: for each input a line of
// JSON, [[method, target, fields, body in hex, complete], …].
import http from 'node:http';
import { Duplex } from 'node:stream';

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function read(bytes) {
  const seen = [];
  const server = http.createServer((request, response) => {
    const entry = [request.method, request.url, request.rawHeaders.filter((_, i) => i % 2 === 0), '', false];
    seen.push(entry);
    request.on('data', (data) => { entry[3] += data.toString('hex'); });
    request.on('end', () => {
      entry[4] = request.complete;
      response.end();
    });
    request.on('error', () => {});
  });
  server.on('clientError', () => {});
  const socket = new Duplex({ read() {}, write(_, __, done) { done(); } });
  socket.setTimeout = () => socket;
  socket.on('error', () => {});
  server.emit('connection', socket);
  socket.push(bytes);
  for (let i = 0; i < 12; ++i) await turn();
  socket.destroy();
  return seen;
}

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
let input = Buffer.concat(chunks);
while (input.length >= 4) {
  const size = input.readUInt32BE(0);
  const seen = await read(input.subarray(4, 4 + size));
  input = input.subarray(4 + size);
  console.log(JSON.stringify(seen));
}
