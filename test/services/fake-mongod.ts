/**
 * The text of a program that stands in for mongod where there is none: it keeps a replica set's configuration in its
 * data folder and answers as a real one does to hello, replSetInitiate, replSetGetConfig and replSetReconfig. It
 * writes down every command that changes something, beside its data.
 */
export const FAKE_MONGOD = `#!${process.execPath}
const { createRequire } = require('node:module');
const { deserialize, serialize } = createRequire(${JSON.stringify(import.meta.url)})('bson');
const fs = require('node:fs');
const net = require('node:net');
const { parseArgs } = require('node:util');
const { values } = parseArgs({ strict: false, allowPositionals: true, options: { dbpath: { type: 'string' }, port: { type: 'string' }, bind_ip: { type: 'string' }, replSet: { type: 'string' } } });
const file = values.dbpath + '/config.json';
const me = values.bind_ip + ':' + values.port;
const load = () => (fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : null);
const save = (what, config) => { fs.writeFileSync(file, JSON.stringify(config)); fs.appendFileSync(values.dbpath + '/changes', what + ' ' + JSON.stringify(config.members) + '\\n'); return { ok: 1 }; };
function answer(command) {
  const config = load();
  const mine = config !== null && config.members.some((member) => member.host === me);
  const wire = { minWireVersion: 0, maxWireVersion: 25, maxBsonObjectSize: 16777216, maxMessageSizeBytes: 48000000, maxWriteBatchSize: 100000, localTime: new Date(), logicalSessionTimeoutMinutes: 30, readOnly: false, ok: 1 };
  if (command.hello || command.isMaster || command.ismaster) {
    if (config === null) return { isreplicaset: true, isWritablePrimary: false, ismaster: false, secondary: false, ...wire };
    return { setName: values.replSet, setVersion: config.version ?? 1, hosts: config.members.map((member) => member.host), me, isWritablePrimary: mine, ismaster: mine, secondary: false, ...wire };
  }
  if (command.replSetGetConfig) return config === null ? { ok: 0, code: 94, codeName: 'NotYetInitialized', errmsg: 'no replset config has been received' } : { config, ok: 1 };
  if (command.replSetInitiate) return config === null ? save('initiate', { version: 1, ...command.replSetInitiate }) : { ok: 0, code: 23, codeName: 'AlreadyInitialized', errmsg: 'already initialized' };
  if (command.replSetReconfig) return command.force && command.replSetReconfig.version > config.version ? save('reconfig', command.replSetReconfig) : { ok: 0, code: 103, codeName: 'NewReplicaSetConfigurationIncompatible', errmsg: 'version' };
  return { ok: 1 };
}
function frame(to, opcode, parts) {
  const body = Buffer.concat(parts), head = Buffer.alloc(16);
  head.writeInt32LE(16 + body.length, 0); head.writeInt32LE(to, 8); head.writeInt32LE(opcode, 12);
  return Buffer.concat([head, body]);
}
net.createServer((socket) => {
  let rest = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
      const message = rest.subarray(0, rest.readInt32LE(0)); rest = rest.subarray(message.length);
      const id = message.readInt32LE(4);
      if (message.readInt32LE(12) === 2004) {
        const from = message.indexOf(0, 20) + 9, reply = Buffer.alloc(20); reply.writeInt32LE(8, 0); reply.writeInt32LE(1, 16);
        socket.write(frame(id, 1, [reply, serialize(answer(deserialize(message.subarray(from, from + message.readInt32LE(from)))))]));
      } else socket.write(frame(id, 2013, [Buffer.alloc(5), serialize(answer(deserialize(message.subarray(21, 21 + message.readInt32LE(21)))))]));
    }
  });
}).listen(Number(values.port), values.bind_ip);
process.on('SIGTERM', () => process.exit(0));
`;
