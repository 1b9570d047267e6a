/** Variables that programs need to find their libraries, devices and folders, and the language of their messages. */
const NAMES = new Set([
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SystemRoot',
]);

/** The same by the beginning of the name: locale, loader, threads, and drivers of graphics cards. */
const PREFIXES = [
  'LC_',
  'LD_LIBRARY_',
  'DYLD_LIBRARY_',
  'XDG_',
  'OMP_',
  'GOMP_',
  'KMP_',
  'MKL_',
  'OPENBLAS_',
  'GGML_',
  'CUDA_',
  'NVIDIA_',
  'VK_',
  'MESA_',
  'LIBGL_',
  'HIP_',
  'HSA_',
  'ROCR_',
  'ROCM_',
  'ONEAPI_',
  'SYCL_',
  'ZES_',
  'ZE_',
  'METAL_',
  'MTL_',
];

/**
 * The environment of a child process: what programs need, and nothing else. The server's environment holds
 * secrets under names that nobody can list (its own settings, tokens of model hubs, keys of cloud services).
 */
export function childEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => NAMES.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix)),
  );
  return { ...more, ...Object.fromEntries(inherited) };
}
