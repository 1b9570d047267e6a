import { describe, expect, it } from 'vitest';
import { atLeast, chooseLibclang, installCommand } from './machine.mjs';
import { installAdvice, rustVersionIn } from './system-packages.mjs';

describe('chooseLibclang', () => {
  it.each([
    ['libclang-14-dev - x\nlibclang-16-dev - x\nlibclang-19-dev - x\n', 'libclang-16-dev'],
    ['libclang-9-dev - x\nlibclang-19-dev - x\n', 'libclang-19-dev'],
    ['', undefined],
  ])('chooses from what is offered', (offered, chosen) => {
    expect(chooseLibclang(offered)).toBe(chosen);
  });
});

describe('installCommand', () => {
  it('names only what is missing', () => {
    expect(installCommand('apt', ['libclang', 'pam'], { libclang: 'libclang-16-dev' })).toBe(
      'apt-get install -y libclang-16-dev libpam0g-dev',
    );
    expect(installCommand('dnf', ['cmake'], { sudo: true })).toBe('sudo dnf install -y cmake');
    expect(installCommand('brew', ['cmake', 'libclang'])).toBe('brew install cmake llvm');
    expect(installCommand('apt', ['python'])).toBe('apt-get install -y python3-venv');
  });
});

describe('installAdvice', () => {
  it('gives the command of the package manager at hand', () => {
    const advice = installAdvice('The engine needs', ['cmake'], 'dnf');
    expect(advice).toContain('The engine needs cmake.');
    expect(advice).toContain('    sudo dnf install -y cmake');
    expect(advice).not.toContain('apt-get');
  });
});

describe('atLeast', () => {
  it.each([
    ['1.95.0', '1.88', true],
    ['1.88.0', '1.88', true],
    ['1.87.2', '1.88', false],
    ['2.0.0', '1.88', true],
    ['1.9.0', '1.88', false],
  ])('%s against %s', (found, wanted, enough) => {
    expect(atLeast(found, wanted)).toBe(enough);
  });
});

describe('rustVersionIn', () => {
  it('reads the version that the crate asks for', () => {
    expect(rustVersionIn('[package]\nedition = "2024"\nrust-version = "1.88"\n')).toBe('1.88');
  });
});
