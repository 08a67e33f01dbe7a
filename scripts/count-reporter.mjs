import { writeFileSync } from 'node:fs';

/** A vitest reporter that leaves the number of tests by outcome in the file that TEST_COUNTS_FILE names. */
export default class CountReporter {
  onTestRunEnd(modules) {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      let failedTests = 0;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed' || state === 'failed') counts[state] += 1;
        else counts.skipped += 1;
        if (state === 'failed') failedTests += 1;
      }
      // A file that could not be loaded, or a hook that failed, has no failed test of its own.
      if (module.state() === 'failed' && failedTests === 0) counts.failed += 1;
    }
    const file = process.env.TEST_COUNTS_FILE;
    if (file) writeFileSync(file, JSON.stringify(counts));
  }
}
