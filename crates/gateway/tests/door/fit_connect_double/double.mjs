// A double of the FIT-Connect service and of one receiver behind it, for tests on this machine alone. It is no
// implementation of the service: it has the calls our sender makes, and it opens envelopes and signs events with `jose`.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import * as jose from "jose";

const DESTINATION = "11111111-2222-3333-4444-555555555555";
const EVENTS = "https://schema.fitko.de/fit-connect/events/";
const text = new TextDecoder();
// The library wants to know what a key may do in words of its own; ours stand in key_ops.
const imported = ({ key_ops: _, ...jwk }, alg) => jose.importJWK(jwk, alg);

// Keys are made once for a build directory: making them takes seconds.
async function keys() {
  if (existsSync("keys.json")) return JSON.parse(readFileSync("keys.json", "utf8"));
  const pair = async (alg, kid, operations) => {
    const made = await jose.generateKeyPair(alg, { modulusLength: 4096, extractable: true });
    const named = async (key, operation) => ({ ...(await jose.exportJWK(key)), kid, alg, key_ops: [operation] });
    return { public: await named(made.publicKey, operations[0]), private: await named(made.privateKey, operations[1]) };
  };
  const made = {
    wrap: await pair("RSA-OAEP-256", "wrap-1", ["wrapKey", "unwrapKey"]),
    service: await pair("PS512", "service-1", ["verify", "sign"]),
    receiver: await pair("PS512", "receiver-1", ["verify", "sign"]),
  };
  writeFileSync("keys.json", JSON.stringify(made));
  return made;
}

const known = await keys();
if (process.argv[2] === "keys") process.exit(0);
let plan = {};
const submissions = new Map();
const counts = {};

async function open(envelope) {
  const key = await imported(known.wrap.private, "RSA-OAEP-256");
  const { plaintext, protectedHeader } = await jose.compactDecrypt(envelope, key);
  return { content: text.decode(plaintext), header: protectedHeader };
}

async function event(submission, word, issuer, signer, more = {}) {
  const key = await imported(signer.private, "PS512");
  const claims = {
    iss: issuer, sub: `submission:${submission.id}`, txn: `case:${submission.case}`, jti: randomUUID(), iat: 1_700_000_000,
    events: { [EVENTS + word]: more },
  };
  const sign = new jose.CompactSign(new TextEncoder().encode(JSON.stringify(claims)));
  submission.events.push(await sign.setProtectedHeader({ alg: "PS512", typ: "secevent+jwt", kid: signer.private.kid }).sign(key));
}

const tag = (envelope) => envelope.split(".")[4];

function tags(submission) {
  const attachments = Object.fromEntries(Object.entries(submission.attachments).map(([id, envelope]) => [id, tag(envelope)]));
  return { metadata: tag(submission.metadata), data: tag(submission.data), attachments };
}

const server = createServer(async (request, response) => {
  let body = "";
  for await (const part of request) body += part;
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const path = request.url.split("?")[0];
  const ask = `${request.method} ${path}`;
  const say = (status, content) => {
    response.writeHead(status, { "content-type": "application/json" }).end(content === undefined ? "" : JSON.stringify(content));
  };
  try {
    if (path === "/test/plan") { plan = JSON.parse(body); return say(204); }
    if (path === "/test/act") {
      const { submission, word, more, tagged } = JSON.parse(body);
      const found = submissions.get(submission);
      await event(found, word, plan.receiver ?? DESTINATION, known.receiver, tagged ? { authenticationTags: tags(found), ...more } : more);
      return say(204);
    }
    if (path === "/test/seen") {
      const seen = [];
      for (const one of submissions.values()) {
        const opened = { id: one.id, submits: one.submits, announced: one.announced };
        if (one.data) {
          opened.data = await open(one.data);
          opened.metadata = JSON.parse((await open(one.metadata)).content);
          opened.attachments = {};
          for (const [id, envelope] of Object.entries(one.attachments)) opened.attachments[id] = (await open(envelope)).content;
        }
        seen.push(opened);
      }
      return say(200, { submissions: seen, counts });
    }
    const step = path.startsWith("/v2/submissions/") ? (path.includes("/attachments/") ? "attach" : "submit") : path.split("/").at(2) ?? path;
    counts[step] = (counts[step] ?? 0) + 1;
    if (plan.status && (!plan.step || plan.step === step) && path !== "/token") return say(plan.status, { title: "planned" });
    if (plan.hangUp === step) { delete plan.hangUp; return request.socket.destroy(); }
    if (path === "/token") {
      const form = new URLSearchParams(body);
      const good = form.get("client_id") === "stadt" && form.get("client_secret") === "geheim" && form.get("grant_type") === "client_credentials";
      return good ? say(200, { access_token: "token-1", expires_in: 1800, token_type: "Bearer" }) : say(401);
    }
    if (path === "/.well-known/jwks.json") return say(200, { keys: [known.service.public] });
    if (request.headers.authorization !== "Bearer token-1") return say(401);
    if (ask === `GET /v2/destinations/${DESTINATION}`) return say(200, { destinationId: DESTINATION, status: "active", encryptionKid: "wrap-1" });
    if (ask === `GET /v2/destinations/${DESTINATION}/keys/wrap-1`) return say(200, { ...known.wrap.public, ...plan.key });
    if (ask === `GET /v2/destinations/${DESTINATION}/keys/receiver-1`) return say(200, known.receiver.public);
    if (ask === "POST /v2/submissions") {
      const announced = JSON.parse(body);
      if (announced.destinationId !== DESTINATION) return say(422);
      const submission = { id: randomUUID(), case: randomUUID(), announced: announced.announcedAttachments, attachments: {}, events: [], submits: 0 };
      submissions.set(submission.id, submission);
      await event(submission, "create-submission", issuer, known.service);
      return say(201, { submissionId: submission.id, caseId: submission.case, destinationId: DESTINATION });
    }
    const [, , , id, kind, file] = path.split("/");
    if (path.startsWith("/v2/submissions/")) {
      const submission = submissions.get(id);
      if (!submission) return say(404);
      if (kind === "attachments") {
        if (!submission.announced.includes(file) || request.headers["content-type"] !== "application/jose") return say(422);
        submission.attachments[file] = body;
        return say(204);
      }
      if (submission.submits > 0) return say(409);
      const { encryptedMetadata, encryptedData } = JSON.parse(body);
      const missing = submission.announced.some((announced) => !(announced in submission.attachments));
      if (missing || (await open(encryptedMetadata)).header.cty !== "application/json") return say(422);
      Object.assign(submission, { metadata: encryptedMetadata, data: encryptedData, submits: submission.submits + 1 });
      await event(submission, "submit-submission", issuer, known.service, { authenticationTags: tags(submission) });
      // The worst moment to lose a connection: everything is done and nobody was told.
      if (plan.loseAnswer) { delete plan.loseAnswer; return request.socket.destroy(); }
      return say(200, { submissionId: id });
    }
    if (path.startsWith("/v2/cases/")) {
      const found = [...submissions.values()].find((one) => one.case === id);
      return found ? say(200, { eventLog: [...found.events, ...(plan.forged ?? [])], count: found.events.length }) : say(404);
    }
    say(404);
  } catch (error) {
    say(500, { title: String(error) });
  }
});

server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
