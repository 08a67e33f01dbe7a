// Where in its own work a program is killed: FAULT_KILL='<file of dist> <class> <method> before|after'.

/** The process dies of SIGKILL at the first call of that method: before it does anything, or after it has done it. */
export async function armKillPoint() {
  if (process.env.FAULT_KILL === undefined) return;
  const [file, className, method, moment] = process.env.FAULT_KILL.split(' ');
  const { [className]: owner } = await import(`../../../dist/${file}`);
  const original = owner.prototype[method];
  if (typeof original !== 'function') throw new Error(`${className} has no method ${method}`);
  owner.prototype[method] = async function (...args) {
    if (moment === 'after') await original.apply(this, args);
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);
  };
}
