// The auditor: sees what the operator sees, and can change none of it.
import { signIn, signOut } from "../lib/sign_in.mjs";

export async function byKeyboard(visitor) {
  await signIn(visitor, { byKeyboard: true });
  await visitor.go("/operations");
  await visitor.pressed(".nav a[href='/operations/providers']");
  visitor.expect(visitor.page.url().endsWith("/operations/providers"), "the menu does not lead to the providers");
  await visitor.pressed("main table a");
  await visitor.look("provider");
}

export async function everyPage(visitor) {
  const pages = await visitor.crawl("/");
  for (const path of pages.filter((each) => each.startsWith("/operations") && !/applications\/_/.test(each))) {
    await visitor.go(path.replace("/_", "/P0001"));
    const forms = await visitor.page.locator("main form[method=post]").count();
    visitor.expect(forms === 0, `an auditor is shown ${forms} forms that change something at ${path}`);
  }
}

export async function withoutScripts(visitor) {
  await signIn(visitor);
  await visitor.go("/operations");
  await visitor.look("operations");
  visitor.expect((await visitor.page.locator("main input[name=reason]").count()) === 0, "an auditor may decide");
  await signOut(visitor);
}
