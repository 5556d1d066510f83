// A real OpenID provider (npm's oidc-provider) on a free port. Its sign-in page is one form: whoever you say you are, and how
// well you proved it. Addresses below /test/ turn it from outside. The first line it prints is its issuer.
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

// Nobody reads what comes after the first line.
console.log = console.info = console.warn = () => {};
const { redirect, signedOut } = JSON.parse(process.argv[2]);
const algorithms = ['ES256', 'RS256', 'PS256', 'EdDSA'];
const people = {
  eva: { name: 'Eva Meier', email: 'eva@example.org', email_verified: true, preferred_username: 'eva' },
  otto: { name: 'Otto Klein', preferred_username: 'otto' },
  karl: { name: 'Karl Schmidt', preferred_username: 'clerk.mitte', email: 'clerk.mitte', email_verified: false },
  // A new colleague to whom the directory gave the name of an old one.
  namesake: { name: 'Karla Schmidt', preferred_username: 'clerk.mitte' },
  boss: { name: 'Frau Boss', preferred_username: 'operator' },
  stranger: { name: 'Somebody', preferred_username: 'nobody.here' },
  citizen: { name: 'Eva Meier', preferred_username: 'eva@example.org' },
};

const client = (algorithm, more = {}) => ({
  client_id: `city-${algorithm}`,
  client_secret: 'a secret of the city that is long enough',
  redirect_uris: [redirect],
  post_logout_redirect_uris: [signedOut],
  grant_types: ['authorization_code'],
  response_types: ['code'],
  id_token_signed_response_alg: algorithm,
  token_endpoint_auth_method: 'client_secret_basic',
  ...more,
});

async function keys(round) {
  const all = algorithms.map(async (alg) => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 });
    return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: `${alg}-${round}` };
  });
  return Promise.all(all);
}

async function provider(issuer, jwks) {
  const made = new Provider(issuer, {
    jwks: { keys: jwks },
    clients: [
      ...algorithms.map((algorithm) => client(algorithm)),
      client('ES256', { client_id: 'city-post', token_endpoint_auth_method: 'client_secret_post' }),
      client('ES256', { client_id: 'city-public', client_secret: undefined, token_endpoint_auth_method: 'none' }),
    ],
    cookies: { keys: ['a key of a test'] },
    pkce: { required: () => true },
    acrValues: ['eidas/low', 'eidas/substantial', 'eidas/high'],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    enabledJWA: { idTokenSigningAlgValues: algorithms },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
  });
  made.on('server_error', (_, error) => console.error(error));
  return made;
}

const read = async (request) => {
  let text = '';
  for await (const part of request) text += part;
  return text;
};

let round = 1;
let current;
let counts = {};
const server = createServer(async (request, response) => {
  const path = request.url.split('?')[0];
  counts[path] = (counts[path] ?? 0) + 1;
  if (path === '/test/rotate') {
    round += 1;
    current = await provider(issuer, await keys(round));
    response.end('{}');
  } else if (path === '/test/counts') {
    response.end(JSON.stringify(counts));
  } else if (path.startsWith('/interaction/') && request.method === 'GET') {
    response.setHeader('content-type', 'text/html');
    response.end(`<form method="post" action="${path}"><input name="account"><input name="acr"></form>`);
  } else if (path.startsWith('/interaction/')) {
    const form = new URLSearchParams(await read(request));
    const account = form.get('account');
    const result = account
      ? { login: { accountId: account, acr: form.get('acr') || undefined } }
      : { error: 'access_denied', error_description: 'the person went away' };
    await current.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  } else {
    current.callback()(request, response);
  }
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const issuer = `http://127.0.0.1:${server.address().port}`;
current = await provider(issuer, await keys(round));
process.stdout.write(`${issuer}\n`);
