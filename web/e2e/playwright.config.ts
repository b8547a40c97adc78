import { defineConfig } from '@playwright/test';

/** Windows that nobody sees: the list under their address bar alone costs more than most pages. */
const UNSEEN = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'];
/** A process for a page that may come, beside each page: every journey has browsers of its own, none is reused. */
const AHEAD = ['SpareRendererForSitePerProcess'];
/** What Playwright switches off itself: of two lists the browser takes the last. */
const PLAYWRIGHTS = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
];

/** Driven by programs of Python, which start a house and say where it is: roles/browser.py. */
export default defineConfig({
  testDir: '.',
  testMatch: ['journeys/*.journey.ts', 'check/*.check.ts', 'screens/*.shots.ts'],
  outputDir: process.env.E2E_OUTPUT,
  reporter: [['list']],
  workers: 1,
  // Generous: a loaded machine is slow, and what comes at once costs nothing.
  timeout: 180_000,
  expect: { timeout: 20_000 },
  use: {
    baseURL: process.env.E2E_URL,
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM,
      // Root has no sandbox to run it in.
      chromiumSandbox: process.getuid?.() !== 0,
      args: [
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--font-render-hinting=none',
        `--disable-features=${[...UNSEEN, ...AHEAD, ...PLAYWRIGHTS].join(',')}`,
      ],
    },
  },
});
