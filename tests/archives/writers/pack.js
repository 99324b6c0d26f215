// Packs the files below a folder: node pack.js yazl|archiver|fflate FOLDER ARCHIVE
"use strict";
const fs = require("fs");
const path = require("path");

const [writer, folder, target] = process.argv.slice(2);
const files = fs
  .readdirSync(folder, { recursive: true })
  .map(String)
  .filter((name) => fs.statSync(path.join(folder, name)).isFile());

if (writer === "yazl") {
  const archive = new (require("yazl").ZipFile)();
  for (const name of files) archive.addFile(path.join(folder, name), name);
  archive.outputStream.pipe(fs.createWriteStream(target));
  archive.end();
} else if (writer === "archiver") {
  const made = require("archiver"); // a class since version 8, a function before
  const options = { zlib: { level: 9 } };
  const archive = made.ZipArchive ? new made.ZipArchive(options) : made("zip", options);
  archive.pipe(fs.createWriteStream(target));
  for (const name of files) archive.file(path.join(folder, name), { name });
  archive.finalize();
} else {
  const contents = {};
  for (const name of files) contents[name] = fs.readFileSync(path.join(folder, name));
  fs.writeFileSync(target, require("fflate").zipSync(contents));
}
