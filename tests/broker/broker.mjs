// A broker for tests: oidc-provider as it is, with nobody at the screen. Who "signs in" next is what was last put to
// /test/next: {"subject", "acr", "email", "verified"}.
//
// node broker.mjs SETTINGS.json, of {"port", "certificate", "key", "client", "secret", "back"}. Says "ready" when it is.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

import Provider from 'oidc-provider';

const settings = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const issuer = `https://localhost:${settings.port}`;
const people = new Map();
let next = {};

function jwk(type, options, more) {
  return { ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), use: 'sig', ...more };
}

const provider = new Provider(issuer, {
  clients: [{
    client_id: settings.client,
    client_secret: settings.secret,
    redirect_uris: [settings.back],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: settings.algorithm ?? 'RS256',
  }],
  jwks: { keys: [
    jwk('rsa', { modulusLength: 2048 }, { kid: 'rsa', alg: 'RS256' }),
    jwk('ec', { namedCurve: 'P-256' }, { kid: 'ec', alg: 'ES256' }),
  ] },
  cookies: { keys: ['a test needs no secret'] },
  pkce: { methods: ['S256'], required: () => true },
  acrValues: ['low', 'high'],
  claims: { openid: ['sub', 'acr'], email: ['email', 'email_verified'] },
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: false } },
  interactions: { url: (ctx, interaction) => `/test/interaction/${interaction.uid}` },
  findAccount: (ctx, id) => ({
    accountId: id,
    claims: () => {
      const person = people.get(id) ?? {};
      return { sub: id, ...(person.email && { email: person.email, email_verified: person.verified }) };
    },
  }),
  ttl: { Session: 600, Grant: 600, Interaction: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
});

async function interact(request, response) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    people.set(next.subject, next);
    await provider.interactionFinished(request, response, {
      login: { accountId: next.subject, acr: next.acr, remember: false },
    });
    return;
  }
  const grant = grantId ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope('openid email');
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } },
    { mergeWithLastSubmission: true });
}

const answer = provider.callback();
createServer({ cert: readFileSync(settings.certificate), key: readFileSync(settings.key) }, async (request, response) => {
  try {
    if (request.url.startsWith('/test/interaction/')) {
      await interact(request, response);
    } else if (request.url === '/test/next' && request.method === 'POST') {
      let body = '';
      for await (const part of request) body += part;
      next = JSON.parse(body);
      response.writeHead(204).end();
    } else {
      answer(request, response);
    }
  } catch (error) {
    console.error(error);
    response.writeHead(500).end();
  }
}).listen(settings.port, '127.0.0.1', () => console.log('ready'));
