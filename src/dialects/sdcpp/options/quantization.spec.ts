import { describe, expect, it } from 'vitest';
import { quantizationTypes } from './quantization.js';

describe('quantizationTypes', () => {
  it('has the document’s names', () => {
    expect(quantizationTypes(['f32', 'f16', 'bf16', 'q8_0', 'q5_1', 'q4_K', 'q8_K'])).toEqual([
      { id: 'f32', name: 'F32 (32-bit float)', bits: 32 },
      { id: 'f16', name: 'F16 (16-bit float)', bits: 16 },
      { id: 'bf16', name: 'BF16 (Brain float 16)', bits: 16 },
      { id: 'q8_0', name: 'Q8_0 (8-bit)', bits: 8 },
      { id: 'q5_1', name: 'Q5_1 (5-bit)', bits: 5 },
      { id: 'q4_k', name: 'Q4_K (4-bit K-quant)', bits: 4 },
      { id: 'q8_k', name: 'Q8_K (8-bit K-quant)', bits: 8 },
    ]);
  });

  it('leaves out what holds no weights', () => {
    expect(quantizationTypes(['i8', 'i64', 'f64'])).toEqual([]);
  });
});
