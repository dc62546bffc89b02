import { createWebhook, expect, fire, reloadUntil, test } from "./company.js";

test.use({ storageState: async ({ signedIn }, use) => use(signedIn) });

/** A webhook whose receiver is broken, with so many failed deliveries; the list of them is open. */
async function failing(page, company, receiver, name, count) {
  receiver.status = 503;
  await createWebhook(page, company, { name, url: `${receiver.url}/in`, alerts: [company.alerts[0]] });
  const id = new URL(page.url()).pathname.split("/").at(-1);
  for (let n = 0; n < count; n += 1) await fire(company, company.alerts[0], `TRK-${n}`);
  await page.goto(`${company.path}/deliveries?status=failed&webhook=${id}`);
  await reloadUntil(page, page.getByTestId("deliveries").locator("tbody tr").nth(count - 1));
  return id;
}

test("read why a delivery failed, and send it again", async ({ page, company, receiver }) => {
  await failing(page, company, receiver, "Broken", 1);
  await page.locator("tbody a").first().click();
  await expect(page.getByTestId("badge").first()).toContainText("Failed");
  await expect(page.getByTestId("response")).toContainText("503");
  await expect(page.getByTestId("request")).toContainText("POST /in");

  receiver.status = 200;
  const failed = page.url();
  await page.getByText("Redeliver…").click();
  await page.getByTestId("redeliver").click();
  await expect(page.locator("#flash")).toContainText("is sent to Broken again");
  expect(page.url(), "a delivery of its own").not.toBe(failed);
  await reloadUntil(page, page.getByTestId("badge").first().filter({ hasText: "Delivered" }));
  expect(receiver.to("/in")).toHaveLength(2);
});

test("send many failed deliveries again, and see how far it is", async ({ page, company, receiver }) => {
  await failing(page, company, receiver, "Many", 3);
  receiver.status = 200;
  await page.getByTestId("redeliver-many").click();
  await expect(page.getByTestId("found")).toContainText("3");
  await page.getByTestId("begin").getByRole("button").click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Redelivery");
  await expect(page.getByTestId("progress").getByTestId("badge")).toContainText("Finished", { timeout: 30_000 });
  expect(receiver.to("/in")).toHaveLength(6);
});

test("choose some failed deliveries, and send just those again", async ({ page, company, receiver, javaScriptEnabled }) => {
  const id = await failing(page, company, receiver, "Chosen", 3);
  const list = `${company.path}/deliveries?status=failed&webhook=${id}`;
  const rows = page.getByTestId("deliveries").locator("tbody tr");
  const choose = page.getByTestId("choose").getByRole("button");
  const all = page.getByLabel("Select this page");
  await choose.click();
  await expect(page.getByTestId("errors"), "nothing chosen is not all").toContainText("None is chosen");
  await expect(page.getByTestId("begin")).toHaveCount(0);

  await page.goto(list);
  if (javaScriptEnabled) {
    await all.check();
    await expect(choose).toHaveText("Redeliver 3 chosen…");
    await rows.nth(1).getByRole("checkbox").uncheck();
    await expect(choose).toHaveText("Redeliver 2 chosen…");
    await expect(all).toHaveJSProperty("indeterminate", true);
  } else {
    await expect(all, "it needs a script").toBeHidden();
    await rows.nth(0).getByRole("checkbox").check();
    await rows.nth(2).getByRole("checkbox").check();
  }
  const vehicles = [await rows.nth(0).locator("small").first().innerText(), await rows.nth(2).locator("small").first().innerText()];
  receiver.status = 200;
  await choose.click();
  await expect(page.getByTestId("also")).toContainText("2 chosen deliveries");
  await page.getByTestId("begin").getByRole("button").click();
  await expect(page.getByTestId("progress").getByTestId("badge")).toContainText("Finished", { timeout: 30_000 });
  expect(receiver.to("/in")).toHaveLength(5);
  await page.locator("#progress .links a").first().click();
  await expect(rows).toHaveCount(2);
  for (const vehicle of vehicles) await expect(rows.filter({ hasText: vehicle })).toHaveCount(1);
});

test("a chosen delivery stays chosen and no other comes to be, whatever comes and goes @script", async ({ page, company, receiver }) => {
  const id = await failing(page, company, receiver, "Moving", 3);
  await page.goto(`${company.path}/deliveries?webhook=${id}`);
  const rows = page.getByTestId("deliveries").locator("tbody tr");
  const choose = page.getByTestId("choose").getByRole("button");
  const chosen = () => page.locator("tbody :checked").evaluateAll((boxes) => boxes.map((box) => box.value));
  const middle = rows.nth(1).getByRole("checkbox");
  await middle.check();
  const number = await middle.inputValue();
  const vehicle = (await rows.nth(0).locator("small").first().innerText()).split(" ")[0];

  // The list is exchanged for that of another filter, which has it, too; then for one that has not.
  const filter = page.getByTestId("filters");
  await filter.getByLabel("Result").selectOption("5xx");
  await expect(page).toHaveURL(/result=5xx/);
  expect(await chosen()).toEqual([number]);
  await expect(choose).toHaveText("Redeliver 1 chosen…");
  await fire(company, company.alerts[0], "TRK-new");
  await expect(async () => {
    await filter.getByLabel("Result").selectOption("");
    await expect(page).not.toHaveURL(/result=/);
    await filter.getByLabel("Result").selectOption("5xx");
    await expect(rows).toHaveCount(4, { timeout: 1_000 });
  }).toPass();
  expect(await chosen(), "a row came above").toEqual([number]);
  await filter.getByLabel("Vehicle").fill(vehicle);
  await filter.getByLabel("Vehicle").press("Tab"); // Enter would load the page anew
  await expect(rows).toHaveCount(1);
  expect(await chosen(), "another row stands there now").toEqual([]);
  await expect(choose).toHaveText("Redeliver chosen…");
  // The browser does not give a choice to whatever row comes to stand in the same place.
  await page.goto(`${company.path}/deliveries?webhook=${id}`);
  await rows.nth(0).getByRole("checkbox").check();
  await page.reload();
  expect(await chosen()).toEqual([]);
});

test("filters live in the address and survive a reload", async ({ page, company, receiver, javaScriptEnabled }) => {
  const id = await failing(page, company, receiver, "Filtered", 1);
  await page.goto(`${company.path}/deliveries`);
  await page.getByRole("navigation", { name: "Status" }).getByRole("link", { name: "Failed" }).click();
  await expect(page).toHaveURL(/status=failed/);
  await page.locator("#webhook").selectOption(id);
  if (!javaScriptEnabled) await page.getByTestId("filters").getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(new RegExp(`webhook=${id}`));
  await page.reload();
  await expect(page.getByTestId("active-filters")).toContainText("Filtered");
  await expect(page.getByTestId("deliveries").locator("tbody tr")).toHaveCount(1);
});

test("narrow the list by what the form asks, give the filter a name, and take it along as a file", async ({ page, company, receiver, javaScriptEnabled }) => {
  // Of one webhook: other tests of the company have deliveries, too.
  const id = await failing(page, company, receiver, "Narrowed", 2);
  await page.goto(`${company.path}/deliveries?webhook=${id}`);
  const form = page.getByTestId("filters");
  const apply = async () => { if (!javaScriptEnabled) await form.getByRole("button", { name: "Apply" }).click(); };
  await form.getByLabel("Result").selectOption("5xx");
  await apply();
  await expect(page).toHaveURL(/\/deliveries\?result=5xx&webhook=\d+$/);
  await form.getByLabel("Vehicle").fill("TRK-1");
  await form.getByLabel("Vehicle").press("Enter");
  await expect(page).toHaveURL(/\?result=5xx&vehicle=TRK-1&webhook=\d+$/);
  await expect(page.getByTestId("deliveries").locator("tbody tr")).toHaveCount(1);
  await form.getByLabel("Attempts").fill("many");
  await form.getByLabel("Attempts").press("Enter");
  await expect(page.getByTestId("errors")).toContainText("Attempts: Type a whole number");
  await page.getByRole("link", { name: "Vehicle" }).click();
  await expect(page).toHaveURL(/\?result=5xx&webhook=\d+$/);

  await page.getByRole("link", { name: "Save view…" }).click();
  await page.getByLabel("Name").fill("Broken ones");
  await page.getByRole("button", { name: "Save view" }).click();
  await expect(page.locator("#flash")).toContainText("The view Broken ones was saved.");
  const view = page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Broken ones" });
  await expect(view).toHaveAttribute("aria-current", "true");
  const file = await page.request.get(await page.getByTestId("csv").getAttribute("href"));
  expect((await file.text()).trim().split("\r\n")).toHaveLength(3);

  await page.getByTestId("live").click();
  await fire(company, company.alerts[0], "TRK-9");
  if (javaScriptEnabled) {
    await expect(page.getByTestId("newer")).toContainText("1 new", { timeout: 20_000 });
    await page.getByTestId("newer").getByRole("link", { name: "show" }).click();
    await expect(page.getByTestId("deliveries").locator("tbody tr")).toHaveCount(3);
  }
  await page.getByTestId("live").click();
  await expect(page.getByTestId("newer")).toHaveCount(0);
});
