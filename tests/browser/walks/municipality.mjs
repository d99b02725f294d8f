// A policy officer with one question: are people more content where the general practitioner refers?
import { signIn, signOut } from "../lib/sign_in.mjs";

const MOST_BYTES = 60 * 1024;

export async function byKeyboard(visitor) {
  const { page } = visitor;
  await signIn(visitor, { byKeyboard: true });
  await visitor.pressed(".nav a[href='/reports']");
  await visitor.look("reports");
  await visitor.pressed("main a[href^='/reports/tevredenheid']");
  visitor.expect(await visitor.has(".figures"), "there are no figures");
  await visitor.look("report");
  await visitor.tabTo("select[name='verwijzer']");
  await page.keyboard.press("ArrowDown");
  await visitor.pressed("form.filters button.button");
  visitor.expect(/verwijzer=/.test(page.url()), `the filter is not in the address: ${page.url()}`);
  await visitor.look("report.filtered");
}

export async function everyPage(visitor) {
  const { page } = visitor;
  await visitor.crawl("/");
  for (const indicator of ["tevredenheid", "zonder-hulp-verder", "doelrealisatie", "uitval", "respons", "herhaald-beroep"]) {
    const path = `/reports/${indicator}`;
    const answer = await visitor.go(path);
    visitor.expect(answer.status() === 200, `${answer.status()} at ${path}`);
    await visitor.look(`reports.${indicator}`);
    await visitor.print(`reports.${indicator}`);
    const bytes = await visitor.weigh(path);
    visitor.expect(bytes <= MOST_BYTES, `${path} weighs ${bytes} bytes`);
  }
  // Series over quarters, too much at once, and an address that somebody spoilt.
  await visitor.go("/reports/tevredenheid?by=end");
  await visitor.look("report.series");
  await visitor.print("report.series");
  visitor.expect((await visitor.weigh("/reports/tevredenheid?by=end")) <= MOST_BYTES, "a series weighs too much");
  await visitor.refused(async () => {
    await visitor.go("/reports/tevredenheid?verwijzer=02&hulpvorm=02&perspectief=01&profiel=1");
    await visitor.look("report.too-much");
    await visitor.go("/reports/tevredenheid?verwijzer=%3Cscript%3E&by=nothing");
    visitor.expect(await visitor.has("[role=alert], .error"), "a wrong filter is not told in words");
    await visitor.look("report.wrong");
    const foreign = await visitor.go("/deliveries");
    visitor.expect(foreign.status() === 404, `a municipality gets ${foreign.status()} for deliveries`);
    await visitor.look("not-yours");
  });
  // With a script a choice made with the pointer is shown at once.
  await visitor.go("/reports/uitval");
  await Promise.all([page.waitForURL(/verwijzer=/), page.locator("select[name='verwijzer']").evaluate((select) => {
    select.selectedIndex = 1;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  })]);
  // On a telephone the filters fill the screen: their button goes on to the figures.
  const size = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 740 });
  await visitor.go("/reports/uitval?verwijzer=02");
  await Promise.all([page.waitForNavigation(), page.click("main form.filters button")]);
  const top = await page.locator("#figures").evaluate((figures) => figures.getBoundingClientRect().top);
  visitor.expect(Math.abs(top) < 200, `the figures are ${top} pixels away from who asked for them`);
  await page.setViewportSize(size);
  await visitor.go("/reports/uitval?verwijzer=02");
  for (const ending of ["csv", "xlsx"]) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(`main a[href*='.${ending}']`)]);
    visitor.expect(download.suggestedFilename().endsWith(`.${ending}`), `a download is called ${download.suggestedFilename()}`);
    visitor.expect((await download.failure()) === null, `the download of ${ending} failed`);
  }
  // English.
  await Promise.all([page.waitForNavigation(), page.click("form[action='/language'] button")]);
  visitor.expect(/verwijzer=/.test(page.url()), "the language switch forgets the filters");
  await visitor.look("report.english");
  await Promise.all([page.waitForNavigation(), page.click("form[action='/language'] button")]);
}

export async function withoutScripts(visitor) {
  const { page } = visitor;
  await signIn(visitor);
  await visitor.go("/reports");
  await visitor.look("reports");
  await visitor.go("/reports/tevredenheid");
  await page.locator("select[name='verwijzer']").selectOption({ index: 1 });
  await Promise.all([page.waitForNavigation(), page.click("form.filters button.button")]);
  visitor.expect(/verwijzer=/.test(page.url()), "without scripts the filter does not work");
  await visitor.look("report.filtered");
  await visitor.go("/overview");
  await visitor.look("overview");
  await signOut(visitor);
}
