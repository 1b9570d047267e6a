/** The configuration cannot be used; the message has a line for each fault. Stops the boot. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}
