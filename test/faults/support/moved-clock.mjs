// For `node --import`: a process whose clock is not that of the machine. CLOCK_MOVES='300000 -300000': milliseconds by
// which it is ahead from the start, and from each SIGUSR2 on.
const RealDate = globalThis.Date;
const realNow = RealDate.now.bind(RealDate);
const moves = (process.env.CLOCK_MOVES ?? '0').split(' ').map(Number);
let ahead = moves.shift() ?? 0;

const now = () => realNow() + ahead;
const MovedDate = new Proxy(RealDate, {
  construct: (target, args) => Reflect.construct(target, args.length === 0 ? [now()] : args),
  apply: (target) => new target(now()).toString(),
});
RealDate.now = now;
RealDate.prototype.constructor = MovedDate;
globalThis.Date = MovedDate;

process.on('SIGUSR2', () => {
  ahead = moves.shift() ?? ahead;
  process.stdout.write(`${JSON.stringify({ message: 'clock moved', ahead })}\n`);
});
