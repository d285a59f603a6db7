// Evaluates expressions with GitHub's own evaluator: one JSON request per line, one answer per line.
// Request {text, contexts, job_status}; answer {value, json} or {error}.
import {createInterface} from "node:readline";
import {data, Evaluator, Lexer, Parser} from "@actions/expressions";

const statusOf = {success: "success", failure: "failure", cancelled: "cancelled"};

function functionsFor(jobStatus) {
  const functions = new Map([["always", () => new data.BooleanData(true)]]);
  for (const [name, status] of Object.entries(statusOf))
    functions.set(name, () => new data.BooleanData(jobStatus === status));
  return new Map(
    [...functions].map(([name, call]) => [name, {name, minArgs: 0, maxArgs: 0, call}])
  );
}

function evaluate({text, contexts, job_status}) {
  const functions = functionsFor(job_status);
  const known = JSON.parse(JSON.stringify(contexts), data.reviver);
  const parser = new Parser(new Lexer(text).lex().tokens, Object.keys(contexts), [
    ...functions.values(),
  ]);
  const result = new Evaluator(parser.parse(), known, functions).evaluate();
  return {value: result.coerceString(), json: JSON.stringify(result, data.replacer)};
}

for await (const line of createInterface({input: process.stdin})) {
  let answer;
  try {
    answer = evaluate(JSON.parse(line));
  } catch (error) {
    answer = {error: String(error)};
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
