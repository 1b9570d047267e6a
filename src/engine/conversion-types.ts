/**
 * Weight types that the engine reads and computes with, and ends its process over when it is to write them.
 * Source: `ggml_quantize_chunk` in ggml.c, which has no case for them.
 */
const NOT_WRITTEN = new Set(['q8_1', 'q8_K', 'i8', 'i16', 'i32', 'i64', 'f64']);

/** Those of the engine's weight types that a model can be converted to. */
export function conversionTypesOf(weightTypes: readonly string[]): string[] {
  return weightTypes.filter((name) => !NOT_WRITTEN.has(name));
}
