// Runs the audit of the GraphQL-over-HTTP specification against the address in the first argument.
import { serverAudits } from "graphql-http";

const failed = [];
const passed = { MUST: 0, SHOULD: 0, MAY: 0 };
for (const audit of serverAudits({ url: process.argv[2] })) {
  const result = await audit.fn();
  if (result.status === "ok") passed[audit.name.split(" ")[0]] += 1;
  else failed.push(`${audit.id} ${result.status}: ${audit.name}: ${result.reason}`);
}
console.log(JSON.stringify({ passed, failed }));
