import { describe, expect, it } from 'vitest';
import { transferShare, transferText, type Transfer } from './transfer-text.js';

const DOWNLOAD: Transfer = {
  kind: 'download',
  status: 'processing',
  phase: 'downloading',
  position: null,
  progress: 0.25,
  current_step: 1024 ** 2,
  total_steps: 4 * 1024 ** 2,
  speed: 512 * 1024,
  time_remaining: 6000,
};

describe('transferText', () => {
  it('tells bytes, speed and the time that is left', () => {
    expect(transferText(DOWNLOAD)).toBe(
      'Downloading · 1.0 MiB of 4.0 MiB · 512 KiB/s · 6.0 s left',
    );
  });

  it('tells what is known where the size is not', () => {
    const unknown = { ...DOWNLOAD, total_steps: 0, speed: null, time_remaining: null };
    expect(transferText(unknown)).toBe('Downloading · 1.0 MiB');
    expect(transferShare(unknown)).toBeNull();
  });

  it('tells the place in the line', () => {
    expect(transferText({ ...DOWNLOAD, status: 'queued', position: 2 })).toBe(
      'Waits, number 2 in line',
    );
  });

  it('tells a conversion in percent', () => {
    const conversion = { ...DOWNLOAD, kind: 'convert', phase: 'converting' as const };
    expect(transferText(conversion)).toBe('Converting · 25 % · 6.0 s left');
    expect(transferShare(conversion)).toBe(0.25);
  });
});
