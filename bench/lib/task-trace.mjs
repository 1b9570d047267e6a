/** @typedef {{ ph: string, name: string, pid: number, tid: number, tdur?: number, args?: { name?: string } }} TraceEvent */

/**
 * Watches the tasks of a browser's pages: how long the processor worked on each, which a busy machine does
 * not make longer, as it does the time that passes.
 *
 * @param {import('playwright-core').Browser} browser
 * @returns the end of it, with the longest in milliseconds
 */
export async function traceTasks(browser) {
  const session = await browser.newBrowserCDPSession();
  /** @type {TraceEvent[]} */
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of /** @type {unknown[]} */ (value))
      events.push(/** @type {TraceEvent} */ (event));
  });
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel'] },
  });
  return async () => {
    const complete = new Promise((resolve) => {
      session.once('Tracing.tracingComplete', resolve);
    });
    await session.send('Tracing.end');
    await complete;
    const places = new Set(
      events
        .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
        .map(({ pid, tid }) => `${pid}/${tid}`),
    );
    const tasks = events.filter(
      ({ ph, name, pid, tid }) =>
        ph === 'X' && name.endsWith('RunTask') && places.has(`${pid}/${tid}`),
    );
    if (tasks.length === 0) throw new Error('The browser told of no task.');
    return tasks.reduce((longest, { tdur = 0 }) => Math.max(longest, tdur / 1000), 0);
  };
}
