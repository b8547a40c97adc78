type Device = { browser: string | null; system: string | null; phone: boolean };

/** The order counts: Edge and Opera call themselves Chrome, Chrome calls itself Safari. */
const BROWSERS: [RegExp, string][] = [
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\/|Opera/, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];
const first = (list: [RegExp, string][], text: string) => list.find(([like]) => like.test(text))?.[1] ?? null;

/** What a browser says of itself, as its owner would call it. */
export const deviceOf = (agent: string): Device => ({
  browser: first(BROWSERS, agent),
  system: first(SYSTEMS, agent),
  phone: /iPhone|Android.*Mobile/.test(agent),
});
