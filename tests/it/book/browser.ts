// Reads a book as a reader does: in a browser, from the disk, with nothing else at hand.
import axe from "axe-core";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Page } from "playwright-core";

const book = process.env["BOOK"] ?? "";
// A box of a diagram is named by its table alone: its columns are on the table's page.
const RULES = `axe.run({ preload: false, rules: { "label-content-name-mismatch": { enabled: false } } })`;
const wrong: string[] = [];
const check = (is: boolean, what: string) => { if (!is) wrong.push(what); };
const url = (file: string) => pathToFileURL(path.join(book, file)).href;

function watch(page: Page) {
  page.on("console", (message) => { if (message.type() === "error") wrong.push(`${page.url()}: ${message.text()}`); });
  page.on("pageerror", (error) => wrong.push(`${page.url()}: ${error.message}`));
  page.on("dialog", (dialog) => { wrong.push(`${page.url()}: a dialog: ${dialog.message()}`); void dialog.dismiss(); });
  page.on("request", (request) => { if (!request.url().startsWith("file:")) wrong.push(`a request: ${request.url()}`); });
  page.on("requestfailed", (request) => wrong.push(`not there: ${request.url()}`));
}

const pages = readdirSync(book, { recursive: true }).map(String).filter((file) => file.endsWith(".html")).sort();
const browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "", args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: { width: 1300, height: 850 }, colorScheme: "light" });
const page = await context.newPage();
watch(page);

async function read() {
  // Every page has its landmarks, and every link in it leads somewhere.
  for (const file of pages) {
    await page.goto(url(file));
    check((await page.locator("h1").count()) === 1, `${file}: one h1`);
    check((await page.locator("main").count()) === 1, `${file}: one main`);
    const ids = await page.locator("[id]").evaluateAll((all) => all.map((one) => one.id));
    check(new Set(ids).size === ids.length, `${file}: an id stands twice`);
    const links = await page.locator("a[href]").evaluateAll((all) => all.map((link) => String(link.getAttribute("href"))));
    for (const link of links) {
      const [target, anchor] = new URL(link, url(file)).href.split("#");
      check(target !== undefined && existsSync(new URL(target)), `${file}: ${link} leads nowhere`);
      if (target === url(file) && anchor) {
        check((await page.locator(`[id="${decodeURIComponent(anchor)}"]`).count()) === 1, `${file}: ${link} is not on the page`);
      }
    }
    check((await page.evaluate("typeof pwned")) === "undefined", `${file}: text of the schema was run`);
  }

  // Nothing that is known to keep readers out, in either light.
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const file of ["index.html", "table/public.orders.html", "diagram/public.html", "access.html", "findings.html"]) {
      await page.goto(url(file));
      await page.evaluate(axe.source);
      const found = (await page.evaluate(RULES)) as axe.AxeResults;
      for (const one of found.violations) {
        wrong.push(`${file} (${colorScheme}): ${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(" | ")}`);
      }
    }
  }
  await page.emulateMedia({ colorScheme: "light" });

  // The search, with nothing but keys.
  await page.goto(url("index.html"));
  await page.keyboard.press("/");
  await page.keyboard.type("orders buy");
  const first = page.locator("#results [role=option]").first();
  await first.waitFor();
  check((await first.innerText()).includes("buyer"), `the search finds a column: ${await first.innerText()}`);
  await page.keyboard.press("ArrowDown");
  check((await first.getAttribute("aria-selected")) === "true", "an arrow chooses");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/table/public.orders.html#column-buyer");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("zzzz");
  check((await page.locator("#results").innerText()).includes("Nothing"), "what is not there is not found");
  await page.keyboard.press("Escape");
  check(await page.locator("#results").isHidden(), "Escape closes the search");

  // The chosen language stays chosen.
  await page.locator(".choice button", { hasText: "Rust" }).first().click();
  check(await page.locator("div.lang[data-lang=rust]").isVisible(), "Rust is shown");
  check(await page.locator("div.lang[data-lang=typescript]").isHidden(), "TypeScript is not");
  await page.goto(url("table/public.users.html"));
  check(await page.locator("div.lang[data-lang=rust]").isVisible(), "Rust is shown on the next page");

  // The diagram: by button, wheel, mouse and keys, and from a table to its page.
  await page.goto(url("diagram/public.html"));
  const viewer = page.locator(".viewer");
  const canvas = page.locator(".canvas");
  const scale = async () => {
    // It is drawn with the next frame.
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    return Number(await viewer.getAttribute("data-scale"));
  };
  const seen = async () => { await scale(); return page.locator(".canvas svg").getAttribute("viewBox"); };
  const before = await scale();
  await page.getByRole("button", { name: "Magnify" }).click();
  check((await scale()) > before, "the button magnifies");
  const at = await canvas.boundingBox();
  if (!at) throw new Error("there is no diagram");
  await page.mouse.move(at.x + at.width / 2, at.y + at.height / 2);
  const magnified = await scale();
  await page.mouse.wheel(0, -300);
  check((await scale()) > magnified, "the wheel magnifies");
  const box = page.locator(".canvas a.box", { hasText: "orders" }).first();
  const where = page.url();
  let view = await seen();
  await page.mouse.down();
  await page.mouse.move(at.x + at.width / 2 + 80, at.y + at.height / 2 + 40, { steps: 5 });
  await page.mouse.up();
  check((await seen()) !== view && page.url() === where, "the mouse moves it, and follows no link");
  await canvas.focus();
  view = await seen();
  await page.keyboard.press("ArrowLeft");
  check((await seen()) !== view, "an arrow moves it");
  await page.keyboard.press("0");
  check((await scale()) === before, "0 shows all of it");
  const find = page.getByLabel("Find a table in the diagram");
  await find.fill("profi");
  check((await page.locator(".canvas .box.lit .name").allTextContents()).includes("profiles"), "a table is found");
  await find.fill("");
  await page.keyboard.press("Escape");
  await box.hover();
  check((await page.locator(".canvas .link.lit").count()) > 0, "what a table is connected with stands out");
  await box.click();
  await page.waitForURL("**/table/public.orders.html");

  // Light and dark: the system's, until somebody chooses.
  const ground = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
  const light = await ground();
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await ground();
  check(light !== dark, "dark where the system is");
  await page.getByRole("button", { name: "Light or dark" }).click();
  check((await ground()) === light, "light where that was chosen");
  await page.goto(url("index.html"));
  check((await ground()) === light, "what was chosen stays");

  // A narrow screen has a menu; without scripts everything is there but the search.
  await page.setViewportSize({ width: 390, height: 800 });
  check(await page.locator(".side").isHidden(), "the side is away");
  await page.getByRole("button", { name: "Menu" }).click();
  check(await page.locator(".side").isVisible(), "the menu shows it");
  for (const file of ["index.html", "table/public.orders.html", "access.html"]) {
    await page.goto(url(file));
    check((await page.evaluate("document.documentElement.scrollWidth <= innerWidth")) === true, `${file}: fits a narrow screen`);
  }
  const plain = await browser.newPage({ javaScriptEnabled: false });
  watch(plain);
  await plain.goto(url("table/public.orders.html"));
  check(await plain.locator("div.lang[data-lang=rust]").isVisible(), "all languages without scripts");
  check(await plain.locator(".canvas svg").isVisible(), "the diagram without scripts");

}

await read().catch((error: unknown) => wrong.push(String(error)));
await browser.close();
console.log(wrong.length ? wrong.join("\n") : `${pages.length} pages are right`);
process.exitCode = wrong.length ? 1 : 0;
