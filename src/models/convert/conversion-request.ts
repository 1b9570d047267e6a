import type { ModelType } from '../model-type.js';

/** A model file that is to be written in another weight type. */
export interface WantedConversion {
  /** A model by its name, id or path below its models folder, or the absolute path of a file in one. */
  model: string;
  /** Which type the name is of. */
  modelType?: ModelType;
  /** One of {@link ModelConversion.weightTypes}. */
  outputType: string;
  /**
   * A file name, a path below the first models folder, or an absolute path in one; default:
   * `<name>.<type>.gguf` beside the file, or in the folder of its type where nothing may lie beside it.
   */
  output?: string;
  /** A VAE to put into the result, named as `model`. */
  vae?: string;
  /** `pattern=type,pattern=type` by the names of tensors; none larger than `outputType`. */
  tensorTypeRules?: string;
}

/** What a job of kind `convert` needs to know; paths are absolute. */
export interface ConversionRequest {
  input_path: string;
  output_path: string;
  output_type: string;
  model_type: ModelType;
  vae_path: string | null;
  tensor_type_rules: string | null;
  /** Bytes, as far as can be told before. */
  estimate: number;
}
