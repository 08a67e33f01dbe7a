// The commands of package.json: `node scripts/run.mjs start|dev|test|bench|keys:rotate`. Plain Node, and nothing imported
// before the version check, so that an old Node gets the sentence below and not a syntax error. The `exec` before it in
// package.json takes npm's shell out of the way: it would die of a signal at once and pass none on.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    'Nexus Backend needs Node 20.19 or newer; this is Node ' +
      process.versions.node +
      '.\n' +
      'Remedy: install a current Node (https://nodejs.org, or `nvm install 24`), then run the command again.',
  );
  process.exitCode = 1;
} else {
  void import('./commands.mjs')
    .then(({ runCommand }) => runCommand(process.argv[2], process.argv.slice(3)))
    .then((code) => process.exit(code));
}
