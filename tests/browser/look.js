// Looks at one page in several widths and both themes: its picture, accessibility, nothing beside the screen, its size.
import { expectAccessible } from "./a11y.js";
import { expect } from "./guard.js";

/** Every way in which a page of the product is looked at … */
export const ALL_VIEWS = ["light", "dark"].flatMap((theme) => [1440, 834, 390].map((width) => ({ theme, width })));
/** … and those that suffice for one of many states of it. */
export const TWO_VIEWS = [{ theme: "light", width: 1440 }, { theme: "dark", width: 390 }];
/** Bytes of a page's HTML, uncompressed; the page of all components is none of the product. */
const HTML_BYTES_MAX = 40_000;
const COMPONENTS_BYTES_MAX = 100_000;

/** A picture ends here: what lies below is more of the same, but for the page of all components. */
const HEIGHT_MAX = 1_800;
const COMPONENTS_HEIGHT_MAX = 9_000;

/** Goes there and checks what the answer says. */
export async function open(page, path, status = 200) {
  const answer = await page.goto(path);
  expect(answer.status(), path).toBe(status);
}

/** Everything that is checked of a page, whichever it is. */
export async function look(page, name, views = ALL_VIEWS) {
  const isAll = name.at(-1) === "components";
  const htmlMax = isAll ? COMPONENTS_BYTES_MAX : HTML_BYTES_MAX;
  const html = (await (await page.request.get(page.url())).body()).length;
  expect(html, "bytes of HTML").toBeLessThanOrEqual(htmlMax);

  const widths = new Set();
  for (const { theme, width } of views) {
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize({ width, height: 900 });
    const beside = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(beside, `${theme} ${width}: pixels beside the screen`).toBeLessThanOrEqual(0);
    // Only colours differ between the themes of one width.
    await expectAccessible(page, widths.has(width) ? ["color-contrast"] : []);
    widths.add(width);
    const height = Math.min(isAll ? COMPONENTS_HEIGHT_MAX : HEIGHT_MAX, await page.evaluate(() => document.documentElement.scrollHeight));
    const picture = [...name.slice(0, -1), `${name.at(-1)}-${width}-${theme}.png`];
    await expect(page).toHaveScreenshot(picture, { fullPage: true, clip: { x: 0, y: 0, width, height } });
  }
}
