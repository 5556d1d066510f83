// Solves the challenge on standard input as the ALTCHA widget does, and prints what the widget would send.
import { solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/sha';
import { readFileSync } from 'node:fs';

const challenge = JSON.parse(readFileSync(0, 'utf8'));
const solution = await solveChallenge({ challenge, deriveKey });
const { parameters, signature } = challenge;
process.stdout.write(btoa(JSON.stringify({ challenge: { parameters, signature }, solution })));
