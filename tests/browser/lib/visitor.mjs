// Somebody at a browser. Everything that is reached is looked at: what the console says, where requests go, axe-core,
// the width, the headings, and a picture of it when asked.
import { createRequire } from "node:module";
import { readFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
// What may come out otherwise on a phone.
const RULES_OF_WIDTH = ["color-contrast", "target-size", "scrollable-region-focusable", "label", "link-name", "button-name"];

export const DESK = { width: 1280, height: 900 };
export const PHONE = { width: 360, height: 740 };

export class Visitor {
  problems = [];
  looked = new Set();

  constructor(settings) {
    Object.assign(this, { size: DESK, script: true, shots: null, state: undefined }, settings);
  }

  async open() {
    this.context = await this.browser.newContext({
      viewport: this.size, javaScriptEnabled: this.script, storageState: this.state, locale: "nl-NL", reducedMotion: "reduce",
      acceptDownloads: true,
    });
    this.context.setDefaultTimeout(15000);
    this.page = await this.context.newPage();
    this.watch(this.page);
    return this;
  }

  watch(page) {
    page.on("console", (message) => {
      if (message.type() !== "error" && !/Content Security Policy/.test(message.text())) return;
      // A form that was refused answers 4xx with its page: the browser notes that, and it is no mistake.
      const isAnswer = /status of (400|403|404|409|410|413|422|429)/.test(message.text()) && this.mayFail;
      if (!isAnswer) this.wrong(`console: ${message.text()}`);
    });
    // Listening is what keeps the browser from opening a window of its own.
    page.on("filechooser", () => {});
    page.on("pageerror", (error) => this.wrong(`script: ${error.message}`));
    page.on("request", (request) => {
      if (!request.url().startsWith(this.url + "/") && !request.url().startsWith("data:") && !request.url().startsWith("blob:"))
        this.wrong(`asks another host: ${request.url()}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 500) this.wrong(`${response.status()} of ${response.url()}`);
    });
  }

  wrong(text) {
    const where = this.page ? new URL(this.page.url().startsWith("http") ? this.page.url() : this.url).pathname : "";
    const line = `${where}: ${text}`;
    if (!this.problems.includes(line)) this.problems.push(line);
  }

  expect(holds, text) {
    if (!holds) this.wrong(text);
  }

  async go(path) {
    return await this.page.goto(this.url + path, { waitUntil: "load" });
  }

  /// Sends what the browser itself would not let pass: the portal must say it.
  async unguarded() {
    await this.page.evaluate(() => { for (const form of document.forms) form.noValidate = true; });
  }

  /// Refused answers are part of what `work` does.
  async refused(work) {
    this.mayFail = true;
    try { await work(); } finally { this.mayFail = false; }
  }

  has(selector) {
    return this.page.locator(selector).first().isVisible().catch(() => false);
  }

  async shot(name) {
    if (!this.shots) return;
    mkdirSync(this.shots, { recursive: true });
    const kind = this.page.viewportSize().width < 600 ? "phone" : "desk";
    await this.page.screenshot({ path: join(this.shots, `${this.name}-${name}-${kind}.png`), fullPage: true, caret: "initial" });
  }

  async facts() {
    return await this.page.evaluate(() => ({
      heads: document.querySelectorAll("h1").length,
      inline: [...document.querySelectorAll("[style]")].map((each) => each.outerHTML.slice(0, 120)),
      lang: document.documentElement.lang,
      title: document.title,
      wide: document.documentElement.scrollWidth - window.innerWidth,
      widest: [...document.querySelectorAll("main *, header *, footer *")]
        .filter((each) => each.getBoundingClientRect().right > window.innerWidth + 1).slice(0, 3).map((each) => each.outerHTML.slice(0, 100)),
      unfilled: /\{\{|\}\}|\[\[[a-z]/.exec(document.documentElement.outerHTML)?.[0],
      text: document.querySelector("main")?.innerText ?? "",
    }));
  }

  async examine(rules) {
    const only = rules ? { type: "rule", values: rules } : { type: "tag", values: STANDARDS };
    await this.page.evaluate(axe);
    return await this.page.evaluate(async (options) => {
      const result = await window.axe.run(document, options);
      return result.violations.map((each) => `axe ${each.id}: ${each.nodes.slice(0, 3).map((node) => node.html.slice(0, 160) + " " +
        (node.any[0]?.message ?? node.all[0]?.message ?? node.none[0]?.message ?? "")).join(" | ")}`);
    }, { runOnly: only, resultTypes: ["violations"] });
  }

  /// Looks at what is on the screen, at a desk's width and at a phone's. `name` once for each kind of page.
  async look(name, { again = false } = {}) {
    if (this.looked.has(name) && !again) return;
    this.looked.add(name);
    const was = this.page.viewportSize();
    for (const size of this.script ? [DESK, PHONE] : [was]) {
      if (this.page.viewportSize().width !== size.width) await this.page.setViewportSize(size);
      const facts = await this.facts();
      this.expect(facts.heads === 1, `${facts.heads} times <h1>`);
      this.expect(facts.inline.length === 0, `inline style: ${facts.inline}`);
      this.expect(facts.lang === "nl" || facts.lang === "en", `lang is "${facts.lang}"`);
      this.expect(facts.title.length > 5, "no title");
      this.expect(facts.wide <= 0, `${facts.wide} px wider than ${size.width}: ${facts.widest}`);
      this.expect(!facts.unfilled, `not filled in: ${facts.unfilled}`);
      if (this.script) {
        const rules = size.width === DESK.width ? null : RULES_OF_WIDTH;
        for (const violation of await this.examine(rules)) this.wrong(violation);
      }
      await this.shot(name);
    }
    await this.page.setViewportSize(was);
  }

  /// Tab until what `selector` names has the focus, which must be seen. Then it can be typed into or pressed.
  async tabTo(selector, most = 120) {
    const wanted = this.page.locator(selector).first();
    await wanted.waitFor({ state: "attached" });
    for (let pressed = 0; pressed < most; ++pressed) {
      await this.page.keyboard.press("Tab");
      const found = await wanted.evaluate((element) => element === document.activeElement ||
        (element.type === "radio" && document.activeElement.type === "radio" && element.name === document.activeElement.name));
      if (!found) continue;
      const seen = await this.page.evaluate(() => {
        const style = getComputedStyle(document.activeElement);
        const box = document.activeElement.getBoundingClientRect();
        return style.outlineStyle !== "none" && box.bottom > 0 && box.top < window.innerHeight;
      });
      this.expect(seen, `the focus on ${selector} is not seen`);
      return;
    }
    throw new Error(`no way by Tab to ${selector} on ${this.page.url()}`);
  }

  async pressed(selector, key = "Enter") {
    await this.tabTo(selector);
    await Promise.all([this.page.waitForNavigation({ waitUntil: "load" }), this.page.keyboard.press(key)]);
  }

  async type(selector, text) {
    await this.tabTo(selector);
    await this.page.keyboard.type(text);
  }

  /// Every page that links lead to from here, one of each kind, looked at. Help is the same for everybody and is looked at
  /// once, by somebody unknown (walks/anybody.mjs).
  async crawl(from, { most = 60, skip = (path) => /^\/(help|accessibility|sign-in|forgot)/.test(path) } = {}) {
    const kindOf = (path) => path.replace(/\/(\d+|[0-9a-f-]{16,}|[PD]\d{4,})(?=\/|$)/g, "/_") || "/";
    const seen = new Set();
    const waiting = [from];
    while (waiting.length > 0 && seen.size < most) {
      const path = waiting.shift();
      const kind = kindOf(path.split("?")[0]);
      if (seen.has(kind)) continue;
      seen.add(kind);
      const answer = await this.go(path);
      this.expect(answer.status() === 200, `${answer.status()} at ${path}`);
      await this.look(kind.replace(/^\//, "").replace(/\//g, ".") || "home");
      const links = await this.page.evaluate(() => [...document.querySelectorAll("a[href^='/']")]
        .filter((link) => !link.hasAttribute("download")).map((link) => link.getAttribute("href")));
      for (const link of links) {
        const target = link.split("#")[0];
        if (/\.(csv|xlsx|json|p7s|txt|html|svg|css|zip)(\?|$)/.test(target) || skip(target)) continue;
        waiting.push(target);
      }
    }
    return [...seen];
  }

  /// Bytes that a browser which has nothing yet must fetch for `path`: all answers, bodies and headers.
  async weigh(path) {
    const context = await this.browser.newContext({ storageState: await this.context.storageState(), javaScriptEnabled: this.script });
    const page = await context.newPage();
    const sizes = [];
    page.on("requestfinished", (request) => sizes.push(request.sizes()));
    await page.goto(this.url + path, { waitUntil: "networkidle" });
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size.responseBodySize + size.responseHeadersSize, 0);
    await context.close();
    return bytes;
  }

  /// As it comes out of a printer, for who looks at the pictures.
  async print(name) {
    if (!this.shots) return;
    mkdirSync(this.shots, { recursive: true });
    await this.page.pdf({ path: join(this.shots, `${this.name}-${name}.pdf`), format: "A4", preferCSSPageSize: true });
  }

  /// The warning before the session ends comes in time, and staying signed in works.
  async warnedOfTheEnd(path) {
    const { page } = this;
    await page.clock.install();
    await this.go(path);
    const lasts = Number(await page.getAttribute("body", "data-session-seconds"));
    this.expect(lasts > 120, `a session lasts ${lasts} s`);
    await page.clock.fastForward((lasts - 121) * 1000);
    this.expect(!(await this.has("[data-session-warning]")), "the end of the session is told too early");
    await page.clock.fastForward(2000);
    this.expect(await this.has("[data-session-warning]"), "the end of the session is not told");
    await this.shot("session-ends");
    for (const violation of await this.examine(["color-contrast", "target-size", "button-name"])) this.wrong(violation);
    await page.click("[data-session-keep]");
    await page.waitForSelector("[data-session-warning]", { state: "hidden" });
  }

  async close() {
    await this.context.close();
  }
}
