// The other side: seals, opens and signs with `jose`, reads data fields with `xdatenfelder-xml` and XML with `sax`.
// One question as JSON on standard input, one answer as JSON on standard output.
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import * as jose from "jose";

const require = createRequire(import.meta.url);
const text = new TextDecoder();
const bytes = new TextEncoder();

// The library wants to know what a key may do in words of its own; ours stand in key_ops.
const imported = ({ key_ops: _, ...jwk }, alg) => jose.importJWK(jwk, alg);

const questions = {
  async keys() {
    const wrap = await jose.generateKeyPair("RSA-OAEP-256", { modulusLength: 4096, extractable: true });
    const sign = await jose.generateKeyPair("PS512", { modulusLength: 4096, extractable: true });
    const out = async (key, kid, alg, ops) => ({ ...(await jose.exportJWK(key)), kid, alg, key_ops: ops });
    return {
      wrapPublic: await out(wrap.publicKey, "wrap-1", "RSA-OAEP-256", ["wrapKey"]),
      wrapPrivate: await out(wrap.privateKey, "wrap-1", "RSA-OAEP-256", ["unwrapKey"]),
      wrapPkcs8: await jose.exportPKCS8(wrap.privateKey),
      signPublic: await out(sign.publicKey, "sign-1", "PS512", ["verify"]),
      signPrivate: await out(sign.privateKey, "sign-1", "PS512", ["sign"]),
    };
  },
  async open({ envelope, jwk }) {
    const key = await imported(jwk, "RSA-OAEP-256");
    const { plaintext, protectedHeader } = await jose.compactDecrypt(envelope, key, {
      keyManagementAlgorithms: ["RSA-OAEP-256"],
      contentEncryptionAlgorithms: ["A256GCM"],
    });
    return { content: text.decode(plaintext), header: protectedHeader };
  },
  async seal({ content, jwk, header }) {
    const key = await imported(jwk, "RSA-OAEP-256");
    const protectedHeader = { alg: "RSA-OAEP-256", enc: "A256GCM", kid: jwk.kid, cty: "application/json", ...header };
    return { envelope: await new jose.CompactEncrypt(bytes.encode(content)).setProtectedHeader(protectedHeader).encrypt(key) };
  },
  async sign({ claims, jwk, header }) {
    const protectedHeader = { alg: "PS512", typ: "secevent+jwt", kid: jwk.kid, ...header };
    const key = await imported(jwk, protectedHeader.alg);
    const token = new jose.CompactSign(bytes.encode(JSON.stringify(claims))).setProtectedHeader(protectedHeader);
    return { token: await token.sign(key) };
  },
  async fields({ xml }) {
    const { DataGroupMessage3 } = require("xdatenfelder-xml/dist/v3/parser.js");
    const message = DataGroupMessage3.fromString(xml);
    const table = (items) => Object.values(items.entries());
    return {
      id: message.id,
      groups: table(message.dataGroups).map(({ name, children }) => ({ name, children: children.map((child) => [child.type, child.cardinality]) })),
      fields: table(message.dataFields).map(({ name, inputType, dataType, constraints, mediaTypes }) => ({ name, inputType, dataType, constraints, mediaTypes })),
    };
  },
  async tree({ xml }) {
    const sax = require("sax");
    const parser = sax.parser(true, { xmlns: true });
    const root = { children: [] };
    const open = [root];
    parser.onerror = (error) => { throw error; };
    parser.onopentag = ({ local, uri }) => open.push({ name: local, namespace: uri, text: "", children: [] });
    parser.ontext = (more) => { if (open.length > 1) open.at(-1).text += more; };
    parser.onclosetag = () => { const done = open.pop(); open.at(-1).children.push(done); };
    parser.write(xml).close();
    return root.children[0];
  },
  async digest({ content }) {
    return { sha512: createHash("sha512").update(content).digest("hex") };
  },
};

const { ask, ...question } = JSON.parse(readFileSync(0, "utf8"));
try {
  console.log(JSON.stringify({ answer: await questions[ask](question) }));
} catch (error) {
  console.log(JSON.stringify({ refused: String(error?.code ?? error?.message ?? error) }));
}
