// A double of a provider that does what no real one would: it signs whatever it is told to. PUT /test/plan says what its
// next ID tokens look like; without a plan they are in order. The first line it prints is its issuer.
import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { CompactSign, exportJWK, exportSPKI, generateKeyPair } from 'jose';

const key = async (kid, alg = 'RS256') => {
  const pair = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 });
  return { ...pair, kid, alg, public: { ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' } };
};
const keys = { good: await key('good'), next: await key('next'), foreign: await key('foreign') };
let published = ['good'];
let plan = {};
let counts = {};
const codes = new Map();
const base64 = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

async function sign(claims, plan) {
  const signer = keys[plan.key ?? 'good'];
  const header = { alg: 'RS256', kid: signer.kid, typ: 'JWT', ...plan.header };
  Object.keys(header).forEach((name) => header[name] === null && delete header[name]);
  const body = new TextEncoder().encode(JSON.stringify(claims));
  switch (plan.signature ?? 'good') {
    case 'good':
      return new CompactSign(body).setProtectedHeader(header).sign(signer.privateKey, { crit: { exp: true } });
    case 'none':
      return `${base64({ ...header, alg: plan.header?.alg ?? 'none' })}.${base64(claims)}.`;
    case 'secret': // The classic: a symmetric signature, made with what everybody knows, or with the client's secret.
    {
      const secret = plan.secret ?? (await exportSPKI(signer.publicKey));
      const head = { ...header, alg: 'HS256' };
      return new CompactSign(body).setProtectedHeader(head).sign(new TextEncoder().encode(secret));
    }
    case 'changed': {
      const [head, , signature] = (await new CompactSign(body).setProtectedHeader(header).sign(signer.privateKey)).split('.');
      return `${head}.${base64({ ...claims, acr: 'eidas/high', sub: 'operator' })}.${signature}`;
    }
    default:
      throw new Error('no such signature');
  }
}

async function token(request, response) {
  const form = new URLSearchParams(await read(request));
  const asked = codes.get(form.get('code'));
  codes.delete(form.get('code'));
  const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
  if (!asked || asked.code_challenge !== challenge || asked.code_challenge_method !== 'S256') {
    return json(response, { error: 'invalid_grant' }, 400);
  }
  if (plan.token) return json(response, plan.token.body, plan.token.status);
  const now = Math.floor(Date.now() / 1000);
  const access_token = randomUUID();
  const at_hash = createHash('sha256').update(access_token).digest().subarray(0, 16).toString('base64url');
  const claims = {
    iss: issuer, aud: 'city', sub: 'eva', nonce: asked.nonce, iat: now, exp: now + 300, acr: 'eidas/high', at_hash,
    ...plan.claims,
  };
  if (plan.expired) Object.assign(claims, { iat: now - plan.expired - 300, exp: now - plan.expired });
  if (plan.future) Object.assign(claims, { iat: now + plan.future, exp: now + plan.future + 300 });
  Object.keys(claims).forEach((name) => claims[name] === null && delete claims[name]);
  const id_token = plan.id_token === undefined ? await sign(claims, plan) : plan.id_token;
  return json(response, { access_token, token_type: 'Bearer', expires_in: 300, ...(id_token && { id_token }) });
}

const json = (response, value, status = 200) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
};
const read = async (request) => {
  let text = '';
  for await (const part of request) text += part;
  return text;
};

const server = createServer(async (request, response) => {
  const url = new URL(request.url, issuer);
  counts[url.pathname] = (counts[url.pathname] ?? 0) + 1;
  switch (url.pathname) {
    case '/test/plan':
      plan = JSON.parse(await read(request));
      published = plan.published ?? published;
      return json(response, {});
    case '/test/counts':
      return json(response, counts);
    case '/.well-known/openid-configuration':
      if (plan.redirect) {
        response.writeHead(302, { location: plan.redirect });
        return response.end();
      }
      if (plan.endless) {
        response.writeHead(200, { 'content-type': 'application/json' });
        const part = ' '.repeat(65536);
        const more = () => { while (!response.destroyed && response.write(part)); };
        response.on('drain', more);
        return more();
      }
      return json(response, {
        issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'], subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
        authorization_response_iss_parameter_supported: true, ...plan.metadata,
      });
    case '/jwks':
      return json(response, { keys: published.map((name) => keys[name].public) });
    case '/authorize': {
      const code = randomUUID();
      const asked = Object.fromEntries(url.searchParams);
      codes.set(code, asked);
      const back = new URL(asked.redirect_uri);
      const answer = { code, state: asked.state, iss: issuer, ...plan.answer };
      Object.entries(answer).forEach(([name, value]) => value !== null && back.searchParams.set(name, value));
      response.writeHead(302, { location: back.toString() });
      return response.end();
    }
    case '/token':
      return token(request, response);
    default:
      return json(response, {}, 404);
  }
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const issuer = `http://127.0.0.1:${server.address().port}`;
console.log(issuer);
