import { expect, it } from 'vitest';
import { DatabaseBusyError, isBusyError, retryWhileBusy } from './database-busy.js';

const busy = (): Error => Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' });

it('repeats what fails because another program writes, and nothing else', async () => {
  let tries = 0;
  const work = (): string => {
    tries += 1;
    if (tries < 3) throw Object.assign(new Error('query failed'), { driverError: busy() });
    return 'done';
  };
  expect(await retryWhileBusy(work)).toBe('done');
  expect(tries).toBe(3);
  const fault = new Error('no such table');
  await expect(retryWhileBusy(() => Promise.reject(fault))).rejects.toBe(fault);
});

it('gives up after its patience with 503 and a time to come back', async () => {
  const error: unknown = await retryWhileBusy(() => Promise.reject(busy()), 30).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DatabaseBusyError);
  expect(error).toMatchObject({ code: 'DATABASE_BUSY', status: 503 });
  expect((error as DatabaseBusyError).headers).toEqual({ 'retry-after': '10' });
  expect(isBusyError(error)).toBe(true);
});
