// Sends what stands in the form to this server and shows the answer as it came.
const byId = (id) => document.getElementById(id);
const [form, query, variables, token, status, answer] = ["question", "query", "variables", "token", "status", "answer"].map(byId);

const rootFields = `{
  __schema {
    queryType { fields { name description args { name type { name kind ofType { name kind } } } } }
    mutationType { fields { name description } }
    subscriptionType { fields { name description } }
  }
}`;

query.value = "{\n  __typename\n}\n";
variables.value = "{}";

async function ask(text, values) {
  const headers = { "content-type": "application/json", accept: "application/graphql-response+json" };
  if (token.value) headers.authorization = `Bearer ${token.value}`;
  const started = performance.now();
  status.textContent = "Waiting …";
  try {
    const response = await fetch("/graphql", { method: "POST", headers, body: JSON.stringify({ query: text, variables: values }) });
    const body = await response.text();
    status.textContent = `HTTP ${response.status}, ${Math.round(performance.now() - started)} ms`;
    try {
      answer.textContent = JSON.stringify(JSON.parse(body), null, 2);
    } catch {
      answer.textContent = body;
    }
  } catch (problem) {
    status.textContent = `No answer: ${problem.message}`;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  try {
    ask(query.value, JSON.parse(variables.value || "{}"));
  } catch {
    status.textContent = "The variables are not JSON.";
  }
});
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey) form.requestSubmit();
});
byId("schema").addEventListener("click", () => ask(rootFields, {}));
