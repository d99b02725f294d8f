// Walks the portal of a sandbox and writes what was wrong, by walk, as JSON: {"provider: by keyboard": ["…"]}.
//
// node walk.mjs --portal JSON --files JSON --out FILE [--screenshots DIR] [--only NAME]
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

import { keyOf } from "./lib/trust.mjs";
import * as anybody from "./walks/anybody.mjs";
import * as auditor from "./walks/auditor.mjs";
import * as municipality from "./walks/municipality.mjs";
import * as operator from "./walks/operator.mjs";
import * as provider from "./walks/provider.mjs";
import { DESK, PHONE, Visitor } from "./lib/visitor.mjs";

const { values: words } = parseArgs({
  options: { portal: { type: "string" }, files: { type: "string" }, out: { type: "string" }, screenshots: { type: "string" },
             only: { type: "string" } },
});
const portal = JSON.parse(words.portal);
const url = portal.url.replace(/\/$/, "");
const browser = await chromium.launch({
  executablePath: process.env.SLUIS_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", `--ignore-certificate-errors-spki-list=${await keyOf(url, portal.ca)}`],
});
const told = {};

async function walk(who, way, settings, work) {
  const name = `${who}: ${way}`;
  const started = Date.now();
  const visitor = new Visitor({ browser, url, shots: words.screenshots, name: `${who}-${way.split(" ").at(-1)}`, files: JSON.parse(words.files),
                                account: portal.accounts.find((each) => each.role === who), ...settings });
  await visitor.open();
  try {
    await work(visitor);
  } catch (error) {
    visitor.wrong(`stopped: ${error.stack}`);
    await visitor.shot("stopped").catch(() => {});
  }
  told[name] = visitor.problems;
  writeFileSync(words.out, JSON.stringify(told, null, 1));
  const state = await visitor.context.storageState();
  await visitor.close();
  console.log(`${name}: ${visitor.problems.length} problems, ${visitor.looked.size} pages, ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return state;
}

/// One after the other for one role: a code of the second factor is good for one signing in.
async function role(who, walks) {
  if (words.only && words.only !== who) return;
  const state = await walk(who, "by keyboard", { size: DESK }, walks.byKeyboard);
  await walk(who, "every page", { size: DESK, state }, walks.everyPage);
  await walk(who, "on a phone without scripts", { size: PHONE, script: false }, walks.withoutScripts);
}

// Two at a time: the machine has two processors, and the portal wants its part.
const waiting = [["provider", provider], ["municipality", municipality], ["operator", operator], ["anybody", anybody],
                 ["auditor", auditor]];
const next = async () => { while (waiting.length > 0) await role(...waiting.shift()); };
await Promise.all([next(), next()]);
await browser.close();
