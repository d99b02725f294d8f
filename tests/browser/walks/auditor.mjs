// auditor.
import { signIn, signOut } from "../lib/sign_in.mjs";

export async function byKeyboard(visitor) {
  const { page } = visitor;
  await signIn(visitor, { byKeyboard: true });
  await visitor.pressed(".nav a[href='/deliveries']");
  await visitor.look("deliveries");
}

export async function everyPage(visitor) {
  await visitor.go("/");
  await visitor.crawl("/");
}

export async function withoutScripts(visitor) {
  await signIn(visitor);
  await visitor.go("/deliveries");
  await visitor.look("deliveries");
  await signOut(visitor);
}
