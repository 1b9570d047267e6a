import type { EngineDto, SystemDto, VersionDto } from '../../../api/generated/types.gen.js';
import { factsOf, type Fact } from '../../../lib/fact.js';
import { duration } from '../../../lib/format.js';

export function serverFacts(
  system: SystemDto,
  { version, commit, branch, clean }: VersionDto,
): Fact[] {
  const { cpu } = system;
  return factsOf([
    ['Version', version],
    ['Commit', `${commit.short} of ${branch}${clean ? '' : ', with changes'}`],
    ['Node.js', system.node],
    ['Machine', `${system.platform} ${system.release}, ${system.arch}`],
    ['Machine is up for', duration(system.uptime * 1000)],
    ['Processor', `${cpu.model}, ${cpu.cores} threads`],
    ['Busy threads', cpu.load.toFixed(1)],
    ['Data folder', system.disk.path],
  ]);
}

/** "System Info: AVX2 = 1 | AVX512 = 0 |" is "AVX2". */
export function featuresOf(text: string): string {
  const flags = text
    .split('|')
    .map((entry) => entry.slice(entry.lastIndexOf(':') + 1).split('='))
    .filter(([, value = '']) => value.trim() === '1')
    .map(([name = '']) => name.trim());
  return flags.length > 0 ? flags.join(', ') : text;
}

/** Devices with a memory of their own; that of the processor is the machine's. */
export function devicesOf({ devices = [] }: EngineDto): NonNullable<EngineDto['devices']> {
  return devices.filter(({ type, memory_total }) => type !== 'cpu' && memory_total > 0);
}

export function engineFacts(engine: EngineDto): Fact[] {
  return factsOf([
    ['Name', engine.name],
    ['Version', engine.version],
    ['Commit', engine.commit],
    ['Built for', engine.features && featuresOf(engine.features)],
    [
      'Devices',
      engine.devices?.map(({ name, description }) => `${name}: ${description}`).join('; '),
    ],
    ['Cores', engine.physical_cores?.toString()],
    ['Process', engine.pid?.toString()],
  ]);
}
