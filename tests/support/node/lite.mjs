// Runs Python in Pyodide, as xlwings Lite does in the browser: node lite.mjs < task.json
// The task: {pyodide: folder, wheels: [files], folders: {name: folder}, files: {name: text}, env, code, argument}.
// The code's function main gets the argument as JavaScript's own value, and what it gives comes back as JSON.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// Without it Node prints a whole line of the place that failed, and Pyodide's lines are megabytes long.
process.on("uncaughtException", (error) => {
  console.error(error.stack ?? error);
  process.exit(1);
});
const task = JSON.parse(readFileSync(0, "utf8"));
const { loadPyodide } = await import(pathToFileURL(join(task.pyodide, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: task.pyodide, env: { HOME: "/", ...task.env } });
const site = python.runPython("import site; site.getsitepackages()[0]");
for (const wheel of task.wheels) {
  python.unpackArchive(new Uint8Array(readFileSync(wheel)), "wheel", { extractDir: site });
}
// Copied, not mounted: Pyodide reads its own files much faster.
function copy(from, to) {
  python.FS.mkdirTree(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory()) copy(join(from, entry.name), `${to}/${entry.name}`);
    else if (entry.name.endsWith(".py")) python.FS.writeFile(`${to}/${entry.name}`, readFileSync(join(from, entry.name)));
  }
}
for (const [name, folder] of Object.entries(task.folders)) copy(folder, `${site}/${name}`);
for (const [name, text] of Object.entries(task.files)) python.FS.writeFile(`${site}/${name}`, text);

await python.runPythonAsync(task.code);
const main = python.globals.get("main");
let answer = await main(task.argument);
if (answer?.toJs) answer = answer.toJs({ dict_converter: Object.fromEntries, create_pyproxies: false });
process.stdout.write(JSON.stringify({ version: python.version, answer }));
