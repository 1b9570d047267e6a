/** Unix time in whole seconds, the unit of the core API's timestamps. */
export function unixSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
