// Makes documents when asked on stdin, one JSON a line; answers with the processor time that each took.
import fs from "node:fs";
import path from "node:path";
import os from "node:os";
import readline from "node:readline";
import { createRequire } from "node:module";

const need = createRequire(import.meta.url);
const data = {};
const read = (name) => (data[name] ??= JSON.parse(fs.readFileSync(name, "utf8")));
const blobs = {};
const blob = (name) => (blobs[name] ??= fs.readFileSync(name));

const makers = {
  docxtemplater: () => {
    const Pizzip = need("pizzip");
    const Docxtemplater = need("docxtemplater");
    return async (template, values) => {
      const document = new Docxtemplater(new Pizzip(blob(template)), { paragraphLoop: true, linebreaks: true });
      document.render(values);
      return document.getZip().generate({ type: "nodebuffer", compression: "DEFLATE" });
    };
  },
  "easy-template-x": () => {
    const { TemplateHandler } = need("easy-template-x");
    return async (template, values) => Buffer.from(await new TemplateHandler().process(blob(template), values));
  },
  carbone: () => {
    const carbone = need("carbone");
    carbone.set({ tempPath: fs.mkdtempSync(path.join(os.tmpdir(), "carbone-")) });
    return (template, values) =>
      new Promise((done, failed) => carbone.render(template, values, {}, (error, made) => (error ? failed(error) : done(made))));
  },
};

const make = makers[process.argv[2]]();
for await (const line of readline.createInterface({ input: process.stdin })) {
  const task = JSON.parse(line);
  const values = read(task.data);
  const before = process.cpuUsage();
  let made;
  for (let turn = 0; turn < task.count; turn++) made = await make(task.template, values);
  const spent = process.cpuUsage(before);
  if (task.out) fs.writeFileSync(task.out, made);
  const peak = Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync("/proc/self/status", "utf8"))?.[1] ?? 0) / 1024;
  process.stdout.write(JSON.stringify({ ms: (spent.user + spent.system) / 1000 / task.count, peak }) + "\n");
}
process.exit(0);
