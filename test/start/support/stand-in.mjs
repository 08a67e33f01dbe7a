// Takes the place of the API or the worker: a probe, and the ways to end that a test asks for.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const role = process.argv[2];
const port = Number(role === 'api' ? process.env.PORT : process.env.WORKER_PORT);
const behaviour = process.env[`STAND_IN_${role.toUpperCase()}`] ?? '';
const note = (text) => appendFileSync(process.env.EVENTS_FILE, `${role} ${process.pid} ${text}\n`);

note('began');
if (behaviour === 'crash') {
  console.error(`${role} can't work like this`);
  process.exit(3);
}
if (behaviour === 'never-ready') console.log('waiting for something that never comes');

process.on('SIGTERM', () => {
  note('was told to stop');
  if (behaviour === 'deaf') return;
  setTimeout(() => {
    note('finished');
    process.exit(0);
  }, 200);
});

const server = createServer((request, response) => {
  if (request.url === '/crash') process.exit(4);
  if (request.url === '/say') console.log(JSON.stringify({ level: 30, msg: 'a request was served' }));
  if (request.url === '/environment') {
    response.end(JSON.stringify(process.env));
    return;
  }
  response.statusCode = behaviour === 'never-ready' ? 503 : 200;
  response.end(JSON.stringify({ pid: process.pid }));
});
server.listen(port, process.env.HOST);
