import { describe, expect, it } from 'vitest';
import { deletionText } from './model-text.js';

describe('deletionText', () => {
  it('says which files go, without the advice to programs', () => {
    const message =
      'Deleting the model "a" deletes loras/a.safetensors for good. Ask again with confirm=true.';
    expect(deletionText(message)).toBe(
      'Deleting the model "a" deletes loras/a.safetensors for good.',
    );
  });
});
