// The console in Debian's Chromium. Servers are started by servers.js; what every page has to keep is in guard.js.
import { defineConfig } from "@playwright/test";

const chromium = {
  browserName: "chromium",
  viewport: { width: 1440, height: 900 },
  locale: "en-GB",
  timezoneId: "UTC",
  colorScheme: "light",
  launchOptions: {
    executablePath: process.env.BELFRY_CHROMIUM || "/usr/bin/chromium",
    chromiumSandbox: false,
    // The same pixels on every machine: no hinting, no sub-pixels, one colour space.
    args: ["--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb", "--hide-scrollbars"],
  },
};

export default defineConfig({
  testDir: ".",
  outputDir: "../../target/browser/results",
  globalSetup: "./servers.js",
  reporter: [["list"], ["./sum.js"]],
  workers: 2,
  fullyParallel: true,
  retries: 0,
  timeout: 180_000,
  expect: {
    timeout: 15_000,
    // Another patch level of Chromium may draw the edge of a letter differently. A word or a line that moved is more.
    toHaveScreenshot: { maxDiffPixels: 120, threshold: 0.2, animations: "disabled", caret: "hide" },
  },
  updateSnapshots: "none", // script/browser --accept says otherwise
  snapshotPathTemplate: "baselines/{arg}{ext}",
  use: chromium,
  projects: [
    { name: "script", use: { javaScriptEnabled: true } },
    { name: "no-script", testMatch: "flows/*.spec.js", grepInvert: /@script/, use: { javaScriptEnabled: false } },
  ],
});
