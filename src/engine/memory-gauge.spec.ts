import { describe, expect, it } from 'vitest';
import type { EngineDevice, EngineMemory } from './image-engine.js';
import { MemoryGauge } from './memory-gauge.js';

const MIB = 1024 * 1024;
const taken: Buffer[] = [];

/** Takes real memory, since pages are given out only when they are written to, and never gives it back in the midst of another test. */
const take = async (mib: number): Promise<void> => void taken.push(Buffer.alloc(mib * MIB, 1));

async function measured(
  gauge: MemoryGauge,
  key: string | undefined,
  work: () => Promise<unknown>,
): Promise<EngineMemory> {
  const told: EngineMemory[] = [];
  await gauge.measuring(key, (memory) => told.push(memory), work);
  expect(told).toHaveLength(1);
  return told[0]!;
}

function card(used: number): EngineDevice {
  return { name: 'X0', description: '', type: 'gpu', memoryTotal: 1000, memoryFree: 1000 - used };
}

describe('MemoryGauge', () => {
  it('tells what work takes at its peak', async () => {
    const gauge = new MemoryGauge(() => []);
    const { ram, device } = await measured(gauge, undefined, () => take(100));
    expect(ram).toBeGreaterThan(90 * MIB);
    expect(ram).toBeLessThan(250 * MIB);
    expect(device).toBeNull();
  });

  it('counts what is kept under the same key, and nothing else that is kept', async () => {
    const gauge = new MemoryGauge(() => []);
    await gauge.keeping('large', () => take(150));
    const own = await measured(gauge, 'large', () => take(20));
    const other = await measured(gauge, 'another', () => take(20));
    expect(own.ram - other.ram).toBeGreaterThan(100 * MIB);
    gauge.forget('large');
    const after = await measured(gauge, 'another', () => take(20));
    expect(after.ram - other.ram).toBeGreaterThan(100 * MIB);
  });

  it('measures devices from where they were at the beginning', async () => {
    let used = 100;
    const gauge = new MemoryGauge(() => [card(used)]);
    await gauge.keeping('other', async () => (used = 300));
    const { device } = await measured(gauge, undefined, async () => (used = 650));
    expect(device).toBe(350);
  });

  it('takes no driver that does not say, nor the CPU, for a device', async () => {
    const silent = { ...card(0), memoryTotal: 0 };
    const gauge = new MemoryGauge(() => [silent, { ...card(500), type: 'cpu' }]);
    expect((await measured(gauge, undefined, () => take(1))).device).toBeNull();
  });

  it('says nothing of work that fails, and hands its error on', async () => {
    const told: EngineMemory[] = [];
    const failing = new MemoryGauge(() => []).measuring(
      undefined,
      (memory) => told.push(memory),
      () => Promise.reject(new Error('no')),
    );
    await expect(failing).rejects.toThrow('no');
    expect(told).toEqual([]);
  });
});
