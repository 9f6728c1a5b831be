// The JavaScript that xlwings Server generates, run as Excel runs it: only Excel's own parts are stand-ins.
// Usage: node server.mjs ADDRESS RUNTIME, with [[function, [argument, ...]], ...] as JSON on stdin.
import vm from "node:vm";

const [address, runtime] = process.argv.slice(2);
const functions = new Map();
const requests = [];

class ExcelError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

const supported = (set, version) => set === "CustomFunctionsRuntime" && Number(version) <= Number(runtime);

async function post(url, body, { headers }) {
  requests.push(body.func_name);
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await answer.text();
  const json = (answer.headers.get("content-type") ?? "").includes("application/json");
  const response = { status: answer.status, statusText: answer.statusText, data: json ? JSON.parse(text) : text };
  if (answer.ok) return response;
  throw Object.assign(new Error(`status ${answer.status}`), { response });
}

const excel = {
  console: { log() {}, info() {}, error() {} },
  crypto,
  setTimeout,
  window: { location: { origin: address } },
  config: { customFunctionsMaxRetries: 3, customFunctionsRetryCodes: [500, 502, 503, 504], requestTimeout: 60 },
  xwRequest: { post },
  xlwings: { getCultureInfoName: async () => "en-GB", getDateFormat: async () => "dd/mm/yyyy" },
  Office: {
    onReady: async (ready) => ready?.({}),
    context: { requirements: { isSetSupported: supported } },
  },
  Excel: {
    RequestContext: class {
      workbook = { name: "report.xlsx", load() {} };
      async sync() {}
    },
  },
  CustomFunctions: {
    associate: (id, call) => functions.set(id, call),
    Error: ExcelError,
    ErrorCode: { invalidValue: "#VALUE!" },
  },
};
excel.globalThis = excel;

const code = await (await fetch(`${address}/xlwings/custom-functions-code.js`)).text();
vm.runInContext(code, vm.createContext(excel));

async function call([name, args]) {
  const before = requests.length;
  try {
    const result = await functions.get(name)(...args, { address: "Sheet1!A1" });
    return { result };
  } catch (error) {
    return { error: error.code, text: error.message, requests: requests.length - before };
  }
}

let input = "";
for await (const piece of process.stdin) input += piece;
const answers = [];
for (const wanted of JSON.parse(input)) answers.push(await call(wanted));
console.log(JSON.stringify({ functions: [...functions.keys()], answers }));
