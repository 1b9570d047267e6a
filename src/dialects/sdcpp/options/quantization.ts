export interface QuantizationType {
  id: string;
  /** For people. */
  name: string;
  /** Of one weight, about. */
  bits: number;
}

/** Those that are no quantisation, by the words of the document. */
const FLOATS: Readonly<Record<string, Omit<QuantizationType, 'id'>>> = {
  f32: { name: 'F32 (32-bit float)', bits: 32 },
  f16: { name: 'F16 (16-bit float)', bits: 16 },
  bf16: { name: 'BF16 (Brain float 16)', bits: 16 },
};

/** `q8_0`, `q4_K`, `iq2_xxs`, `tq1_0`, `mxfp4`; no whole numbers, which hold no weights. */
const QUANTIZED = /^(?:i?q|tq|mxfp|nvfp)(\d)/i;

/**
 * The weight types of the engine as clients of this API know them, in their spelling.
 * @param weightTypes as the engine spells them
 */
export function quantizationTypes(weightTypes: readonly string[]): QuantizationType[] {
  return weightTypes.flatMap((type): QuantizationType[] => {
    const id = type.toLowerCase();
    const float = FLOATS[id];
    if (float) return [{ id, ...float }];
    const bits = Number(QUANTIZED.exec(id)?.[1]);
    if (!bits) return [];
    const kind = id.endsWith('_k') ? `${bits}-bit K-quant` : `${bits}-bit`;
    return [{ id, name: `${id.toUpperCase()} (${kind})`, bits }];
  });
}
