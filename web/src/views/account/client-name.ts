const BROWSERS: ReadonlyArray<[RegExp, string]> = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];

/** In this order: a phone with Android says Linux too, one of Apple's Mac OS X. */
const SYSTEMS: ReadonlyArray<[RegExp, string]> = [
  [/Android/, 'Android'],
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'Mac'],
  [/CrOS/, 'ChromeOS'],
  [/Linux|X11/, 'Linux'],
];

function nameIn(names: ReadonlyArray<[RegExp, string]>, text: string): string | undefined {
  return names.find(([pattern]) => pattern.test(text))?.[1];
}

/** What a log in was made with, for people: "Firefox on Linux"; a program by its own name. */
export function clientName(userAgent: string | null): string {
  if (!userAgent) return 'Unknown program';
  const browser = nameIn(BROWSERS, userAgent);
  if (!browser) return userAgent.split(/[\s/]/, 1)[0] || 'Unknown program';
  const system = nameIn(SYSTEMS, userAgent);
  return system ? `${browser} on ${system}` : browser;
}
