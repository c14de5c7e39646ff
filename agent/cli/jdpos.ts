#!/usr/bin/env node
// Imports nothing at the top: what a Node that is too old cannot read must not be read before it is checked.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`jdpos: Node 20.19 or newer is needed; this is ${process.version}. Install a newer Node.`);
  process.exitCode = 2;
} else {
  const { main } = await import('./main.ts');
  process.exitCode = await main(process);
}
