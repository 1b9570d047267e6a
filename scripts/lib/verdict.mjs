/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Tally
 * @typedef {object} Report vitest's JSON report, as far as it is used here
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests skipped ones
 * @property {number} numTodoTests
 * @property {{ status: string, assertionResults: { status: string }[] }[]} testResults
 */

/** @param {Tally[]} tallies */
export function sum(tallies) {
  return tallies.reduce(
    (total, next) => ({
      passed: total.passed + next.passed,
      failed: total.failed + next.failed,
      skipped: total.skipped + next.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/**
 * What a run of vitest amounts to. A file that failed without a failing test (it cannot be loaded,
 * a hook throws) counts as one failure, and so does a run that failed for no reason in the report.
 *
 * @param {Report | undefined} report undefined when the run left none
 * @param {number | null} status of the process; null when a signal ended it
 * @returns {Tally}
 */
export function tallyOf(report, status) {
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const brokenFiles = report.testResults.filter(
    (file) =>
      file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  const ran = report.numPassedTests + failed > 0;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && (status !== 0 || !ran) ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * @param {Tally} tally
 * @returns {string} such as `12 passed, 0 failed`
 */
export function verdict({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
